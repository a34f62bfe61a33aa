// A time that goes while one looks at it: what else there is, said below the times, and only there.
// Returns whether that is so.
window.mourn = (before, after) => {
  const place = part("gone");
  const key = keyOf(after.querySelector("button"));
  if (!place || isMine(after)) return false;
  const isLookedAt = before.matches(":hover") || before.contains(document.activeElement);
  const isLost = before.dataset.status === "free" && after.dataset.status !== "free";
  const isBack = place.dataset.slotId === key && after.dataset.status === "free";
  if (!isBack && !(isLost && isLookedAt)) return false;
  const path = `${place.dataset.slots}/${key}/alternatives?${place.dataset.query}`;
  htmx.ajax("GET", path, { source: place, target: place, swap: "outerMorph" });
  return true;
};

// Tells of times that change while one looks at the list: they stand out for a while, and are announced.
// Announcements are gathered, so that a busy page doesn't talk without end.
(() => {
  const STANDS_OUT_MS = 4_000;
  const SAY_EVERY_MS = 5_000;
  const SAY_AFTER_MS = 500;

  const standing = new Map();
  const changes = { taken: 0, freed: 0 };
  let said = 0;
  let saying = 0;

  // What has just changed can be told from what had changed before one came.
  const stand = ({ id, dataset }) => {
    dataset.changed = "";
    clearTimeout(standing.get(id));
    const sit = () => delete document.getElementById(id)?.dataset.changed;
    standing.set(id, setTimeout(sit, STANDS_OUT_MS));
  };

  const announce = () => {
    const { taken, freed } = changes;
    const parts = [taken && say("taken", taken), freed && say("freed", freed)];
    part("announcement").textContent = parts.filter(Boolean).join(", ");
    changes.taken = changes.freed = 0;
    said = Date.now();
    saying = 0;
  };

  const note = (before, after) => {
    const wasFree = before.dataset.status === "free";
    const isFree = after.dataset.status === "free";
    if (wasFree === isFree || isMine(after)) return;
    changes[isFree ? "freed" : "taken"] += 1;
    if (!saying) saying = setTimeout(announce, Math.max(SAY_AFTER_MS, said + SAY_EVERY_MS - Date.now()));
  };

  // To be called before what is shown makes way for what has come.
  window.tellOfChange = (before, after) => {
    if (before && !mourn(before, after)) note(before, after);
    if (before?.dataset.status !== after.dataset.status) stand(after);
  };
})();

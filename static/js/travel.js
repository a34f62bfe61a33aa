// From page to page, what one has chosen travels along: an expert's portrait and name from the list to
// their page, a time from the list to its form. There the names stand in the styles; here only what
// was chosen gets them, as they are given once a page. Browsers without such transitions go plainly.
addEventListener("pageswap", ({ viewTransition, activation }) => {
  if (!viewTransition || !activation?.entry) return;
  const [, kind, chosen] = new URL(activation.entry.url).pathname.split("/");
  const place = part(kind === "experts" ? "expert" : "slot", chosen);
  for (const found of place?.querySelectorAll("[data-travels-as]") ?? []) {
    found.style.viewTransitionName = found.dataset.travelsAs;
    viewTransition.finished.finally(() => (found.style.viewTransitionName = "")); // one may come back
  }
});

// Results that are filtered by a window of time: fetched anew when the stream says that free times
// in it have changed, and when the clock takes one.
(() => {
  const SPREAD_MS = 500; // a crowd that hears of it at once asks one after the other

  keepFresh({
    parts: ["window"],
    within: ["results"],
    news: [SENT.OPENINGS_CHANGED, SENT.RESYNC],
    wait: () => Math.random() * SPREAD_MS,
  });

  // The fields stand in the page as text until somebody asks for them.
  const question = part("when");
  const unfold = () => {
    const later = question.open && question.querySelector("noscript");
    if (later) later.outerHTML = later.textContent;
  };
  if (question) unfold(); // it may have been opened before this ran
  question?.addEventListener("toggle", unfold);

  // What is wrong with a field is said beside it; the field is marked as well.
  document.addEventListener("htmx:after:swap", () => {
    for (const name of ["on", "to"]) {
      const wrong = part("error", name)?.textContent.trim();
      if (wrong) part("field", name)?.setAttribute("aria-invalid", "true");
      else part("field", name)?.removeAttribute("aria-invalid");
    }
  });
})();

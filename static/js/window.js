// Results that are filtered by a window of time: fetched anew when the stream says that free times
// in it have changed, and when the clock takes one.
(() => {
  const SPREAD_MS = 500; // a crowd that hears of it at once asks one after the other

  keepFresh({
    part: "#window",
    within: "#results",
    news: ["openingsChanged", "resync"],
    wait: () => Math.random() * SPREAD_MS,
  });

  // The fields stand in the page as text until somebody asks for them.
  const question = document.getElementById("when");
  const unfold = () => {
    const later = question.open && question.querySelector("noscript");
    if (later) later.outerHTML = later.textContent;
  };
  if (question) unfold(); // it may have been opened before this ran
  question?.addEventListener("toggle", unfold);

  // What is wrong with a field is said beside it; the field is marked as well.
  document.addEventListener("htmx:after:swap", () => {
    for (const name of ["on", "to"]) {
      const wrong = document.getElementById(`${name}-error`)?.textContent.trim();
      if (wrong) document.getElementById(name)?.setAttribute("aria-invalid", "true");
      else document.getElementById(name)?.removeAttribute("aria-invalid");
    }
  });
})();

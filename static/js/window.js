// Results that are filtered by a window of time: fetched anew when the stream says that free times
// in it have changed, and when the clock takes one. A search that is on its way comes first; what
// came meanwhile is not forgotten.
(() => {
  const SPREAD_MS = 500; // a crowd that hears of it at once asks one after the other
  const RETRY_MS = 5_000;
  const LONGEST_TIMER_MS = 2 ** 31 - 1;

  let missed = false;
  let soon = 0;
  let timer = 0;

  const refresh = () => {
    soon = 0;
    const shown = document.getElementById("window");
    missed = document.querySelector("#results.htmx-request, #window.htmx-request") !== null;
    if (!shown || missed) return;
    htmx.ajax("GET", shown.dataset.results, { source: shown, target: "#results", swap: "outerMorph" });
  };

  const refreshSoon = () => {
    soon ||= setTimeout(refresh, Math.random() * SPREAD_MS);
  };

  const schedule = () => {
    clearTimeout(timer);
    const left = Number(document.getElementById("window")?.dataset.until) - serverNow();
    if (left < LONGEST_TIMER_MS) timer = setTimeout(refreshSoon, left > 0 ? left : RETRY_MS);
  };

  document.addEventListener("openingsChanged", refreshSoon);
  document.addEventListener("htmx:after:swap", schedule);
  document.addEventListener("clockset", schedule);
  schedule();
  document.addEventListener("htmx:finally:request", () => {
    if (missed) setTimeout(refresh);
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

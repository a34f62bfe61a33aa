// Keeps a part of a page as it is at the server: fetches it anew, from the address in its
// `data-refresh`, when the stream brings one of the news given, and at the instant in its `data-until`.
// A request that is on its way comes first; what came meanwhile is not forgotten. What is fetched
// takes the place of the part itself, the first of those named that is there, or of what it stands
// `within`. Returns what to call on other news.
window.keepFresh = ({ parts, within = parts, news, wait }) => {
  const RETRY_MS = 5_000;
  const LONGEST_TIMER_MS = 2 ** 31 - 1;

  let missed = false;
  let soon = 0;
  let timer = 0;

  const find = (names) => names.map((name) => part(name)).find(Boolean);
  const isAsked = () => [...parts, ...within].some((name) => part(name)?.matches(".htmx-request"));

  const refresh = () => {
    soon = 0;
    const shown = find(parts);
    missed = isAsked();
    if (!shown || missed) return;
    htmx.ajax("GET", shown.dataset.refresh, { source: shown, target: find(within), swap: "outerMorph" });
  };

  const refreshSoon = () => {
    if (!soon) soon = setTimeout(refresh, wait());
  };

  const schedule = () => {
    clearTimeout(timer);
    const left = Number(find(parts)?.dataset.until) - serverNow();
    if (left < LONGEST_TIMER_MS) timer = setTimeout(refreshSoon, left > 0 ? left : RETRY_MS);
  };

  stream.on(news, refreshSoon);
  document.addEventListener("htmx:after:swap", schedule);
  document.addEventListener(HAPPENS.CLOCK_SET, schedule);
  document.addEventListener("htmx:finally:request", () => {
    if (missed) setTimeout(refresh);
  });
  schedule();
  return refreshSoon;
};

// The server's time. All that a page says of time goes by it: the visitor's own clock may be wrong.
(() => {
  const WRONG_MS = 2_000; // a `Date` header names whole seconds, and takes its time to arrive
  const [loading] = performance.getEntriesByType("navigation");

  let instant = 0;
  let mark = null;

  // The steady clock stands still while a device sleeps, and the other one can be set.
  const passed = () => Math.max(performance.now() - mark.steady, Date.now() - mark.set);

  const set = (milliseconds, ago = 0) => {
    instant = milliseconds;
    mark = { steady: performance.now() - ago, set: Date.now() - ago };
  };

  window.serverNow = () => instant + passed();

  // What an answer says of the time holds where the page's own word for it is too old. It may say
  // when it was asked for, which with a slow one is long ago.
  const learn = ({ headers }, asked = performance.now()) => {
    const told = Date.parse(headers.get("Date"));
    const took = performance.now() - asked;
    if (!told || Math.abs(told - serverNow()) < WRONG_MS + took) return;
    set(told);
    document.dispatchEvent(new Event(HAPPENS.CLOCK_SET));
  };

  const ago = loading ? performance.now() - loading.responseStart : 0;
  set(Number(document.body.dataset.now), ago);
  document.addEventListener("htmx:before:request", ({ detail }) => {
    detail.ctx.askedAt = performance.now();
  });
  document.addEventListener("htmx:before:response", ({ detail }) => {
    learn(detail.ctx.response, detail.ctx.askedAt);
  });

  // A page out of the browser's cache says what time it was when it was fetched.
  if (loading?.transferSize === 0) {
    const asked = performance.now();
    fetch("/health/live", { cache: "no-store" }).then((answer) => learn(answer, asked), () => {});
  }
})();

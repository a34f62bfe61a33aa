// A booking that waits for its mailed link: its page asks how it stands when its time changes hands,
// and when the hold ends.
(() => {
  const SOON_MS = 100;
  const CHANGES = [SENT.HELD, SENT.BOOKED, SENT.FREED, SENT.FULL];

  const refreshSoon = keepFresh({
    parts: ["request"],
    news: [SENT.RESYNC, SENT.WITHDRAWN],
    wait: () => SOON_MS,
  });
  stream.on(CHANGES, ({ id }) => {
    if (id === idOf("slot", part("request")?.dataset.slotId)) refreshSoon();
  });

  // What the answer leads to takes this page's place in the history: Back would only lead on again.
  document.addEventListener("htmx:before:response", (event) => {
    const onward = event.detail.ctx.hx.redirect;
    if (!onward || event.target !== part("request")) return;
    event.preventDefault();
    location.replace(onward);
  });
})();

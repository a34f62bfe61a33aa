// Whoever is in line asks anew how they stand when a time changes hands, of the day that they look at
// or the one that they are offered; and who looks at a day asks for its line when the last time goes. All who wait hear of it at once: they ask within a second, each
// at a moment of their own.
(() => {
  const CHANGES = [SENT.HELD, SENT.BOOKED, SENT.FREED, SENT.FULL, SENT.PUBLISHED, SENT.WITHDRAWN];
  const AT_LEAST_MS = 100;
  const WITHIN_MS = 1_000;

  let asking = 0;

  const isHere = (id) =>
    document.getElementById(id) || id === idOf("slot", part("holdPanel")?.dataset.slotId ?? "");

  // There is a line for a day on which nothing is free, for the viewer either.
  const isFull = () => !part("days")?.querySelector("[data-status=free], [data-mine]");

  const ask = () => {
    asking = 0;
    const line = part("waitlist");
    if (line && (!("whenFull" in line.dataset) || isFull())) {
      line.dispatchEvent(new CustomEvent(HAPPENS.LINE_CHANGED));
    }
  };

  const askSoon = () => {
    if (asking || !part("waitlist")?.hasAttribute("data-hx-get")) return;
    asking = setTimeout(ask, AT_LEAST_MS + Math.random() * (WITHIN_MS - AT_LEAST_MS));
  };

  const hear = ({ id, times }) => {
    if ([id, ...times.map((time) => time.id)].some(isHere)) askSoon();
  };

  stream.on(CHANGES, hear);
  document.addEventListener(HAPPENS.TIME_CLOSED, askSoon);
})();

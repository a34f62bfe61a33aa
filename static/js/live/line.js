// Whoever is in line asks anew how they stand when a time changes hands, of the day that they look at
// or the one that they are offered. All who wait hear of it at once: they ask within a second, each
// at a moment of their own.
(() => {
  const CHANGES = [
    "slotHeld", "slotBooked", "slotFreed", "slotFull", "slotPublished", "slotWithdrawn",
  ];
  const AT_LEAST_MS = 100;
  const WITHIN_MS = 1_000;

  let asking = 0;

  const byId = (id) => document.getElementById(id);

  const concerns = (id) => byId(id) || id === `slot-${byId("hold-panel")?.dataset.slotId}`;

  const ask = () => {
    asking = 0;
    byId("waitlist")?.dispatchEvent(new CustomEvent("lineChanged"));
  };

  const hear = ({ detail }) => {
    if (asking || !byId("waitlist")?.hasAttribute("hx-get")) return;
    const changed = [...detail.data.matchAll(/ id="((?:slot|day)-[\w-]+)"/g)];
    if (!changed.some(([, id]) => concerns(id))) return;
    asking = setTimeout(ask, AT_LEAST_MS + Math.random() * (WITHIN_MS - AT_LEAST_MS));
  };

  for (const name of CHANGES) document.addEventListener(name, hear);
})();

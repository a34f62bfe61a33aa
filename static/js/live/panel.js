// The panel that says what the viewer holds. It comes and goes without moving what is pointed at.
(() => {
  const canHover = matchMedia("(hover: hover)");
  const isInUse = () => canHover.matches && document.querySelector("main:hover") !== null;

  const ownIn = ({ times }) => {
    const own = part("holdPanel")?.dataset.slotId;
    return own ? times.find(({ id }) => id === idOf("slot", own)) : undefined;
  };

  // What is over is not seen, but keeps its room while one points at what would move into it.
  const end = (panel) => {
    panel.dataset.slotId = "";
    panel.inert = true;
  };
  const leaveRoom = () => {
    const panel = part("holdPanel");
    if (panel?.inert && !isInUse()) panel.hidden = true;
  };

  // A hold of one's own that ended, by time or by booking, is nothing to go on with.
  const forget = (message) => {
    const own = ownIn(message);
    if (!own) return;
    const panel = part("holdPanel");
    const hadFocus = panel.contains(document.activeElement);
    end(panel);
    leaveRoom();
    if (hadFocus) focusOn(document.getElementById(own.id) ?? part("times"));
  };

  // What becomes of the time that one holds may be told by its being another's: the list says more.
  const askAnew = (message) => {
    const own = ownIn(message);
    if (Number(own?.dataset.rev) > Number(part("holdPanel")?.dataset.ownRev)) stream.resync();
  };

  stream.on([SENT.FREED, SENT.BOOKED, SENT.FULL], forget);
  stream.on([SENT.HELD, SENT.PUBLISHED, SENT.WITHDRAWN], askAnew);

  // A hold that is news stays out of sight, where it would move what is pointed at; one that is shown
  // already stays in it, or its room does.
  const keepShown = (panel) => {
    const shown = part("holdPanel");
    if (panel.dataset.slotId) panel.hidden = shown.hidden;
    else if (!shown.hidden && isInUse()) {
      const kept = shown.cloneNode(true);
      end(kept);
      panel.replaceWith(kept);
    }
  };

  document.addEventListener("htmx:before:swap", ({ detail }) => {
    for (const { type, fragment } of detail.tasks ?? []) {
      const panel = type === "oob" && fragment?.querySelector?.(`#${idOf("holdPanel")}`);
      if (panel) keepShown(panel);
    }
  });
  document.addEventListener("pointerover", leaveRoom);
  document.documentElement.addEventListener("pointerleave", leaveRoom);
})();

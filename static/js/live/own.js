// What is the viewer's own. The stream says the same to everyone; which of the times that are on hold is
// one's own, the page knows from the panel beside the list.
(() => {
  const ANSWERED_MS = 8_000;
  let chosen = "";

  // What one has just chosen is one's own before the page says so.
  document.addEventListener("submit", ({ target, submitter }) => {
    if (!target.matches("[data-choose]")) return;
    chosen = idOf("slot", keyOf(submitter) ?? "");
    setTimeout(() => (chosen = ""), ANSWERED_MS); // the answer may have been stopped
  });
  addEventListener("pageshow", () => (chosen = ""));

  window.isMine = ({ id, dataset: { rev } }) => {
    if (id === chosen) return true;
    const own = part("holdPanel")?.dataset;
    if (!own?.slotId || id !== idOf("slot", own.slotId) || Number(rev) > own.ownRev) return false;
    return !own.heldUntil || serverNow() < Number(own.heldUntil);
  };

  window.markMine = (time) => {
    if (time.dataset.status !== "held" || !isMine(time)) return;
    time.dataset.mine = "";
    time.querySelector("button").disabled = false;
    time.querySelector("[data-status-words]").textContent = say("heldForYou");
  };
})();

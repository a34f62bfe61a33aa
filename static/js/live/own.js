// What is the viewer's own. The stream says the same to everyone; which of the times that are on hold is
// one's own, the page knows from the panel beside the list.
(() => {
  let chosen = "";

  // What one has just chosen is one's own before the page says so.
  document.addEventListener("submit", ({ target, submitter }) => {
    if (!target.matches("[data-choose]")) return;
    chosen = idOf("slot", keyOf(submitter) ?? "");
  });
  const forget = () => (chosen = "");
  document.addEventListener(HAPPENS.UNANSWERED, forget);
  addEventListener("pageshow", forget);

  window.isMine = ({ id, dataset: { rev } }) => {
    if (id === chosen) return true;
    const own = part("holdPanel")?.dataset;
    if (!own?.slotId || id !== idOf("slot", own.slotId) || Number(rev) > own.ownRev) return false;
    return !own.heldUntil || serverNow() < Number(own.heldUntil);
  };

  window.markMine = (time) => {
    if (time.dataset.status !== "held" || !isMine(time)) return;
    const button = time.querySelector("button");
    time.dataset.mine = "";
    button.disabled = false;
    if (time.id === chosen) button.setAttribute("aria-busy", "true"); // its form is under way
    time.querySelector("[data-status-words]").textContent = say("heldForYou");
  };
})();

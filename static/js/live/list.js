// Applies what the event stream sends to the list of times. The stream's messages are the same
// for everyone: what is the viewer's own is marked here, and the newest state of a time wins.
(() => {
  const CHANGES = [
    "slotHeld", "slotBooked", "slotFreed", "slotFull", "slotPublished", "slotWithdrawn",
    "dayChanged",
  ];
  const MOVE_TIMES = ["slotPublished", "slotWithdrawn"];
  const SAY_EVERY_MS = 5_000;
  const STANDS_OUT_MS = 4_000;
  const ANSWERED_MS = 8_000;
  const REMEMBERED = 500;

  const canHover = matchMedia("(hover: hover)");
  const byId = (id) => document.getElementById(id);
  const rev = (slot) => Number(slot?.dataset.rev ?? -1);

  // States that came lately, by element id: a list fetched meanwhile may be older than these.
  const recent = new Map();
  const standing = new Map();
  let focused = [];

  const remember = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    for (const slot of template.content.querySelectorAll("[data-rev]")) {
      if (rev(recent.get(slot.id)) > rev(slot)) continue;
      slot.removeAttribute("hx-swap-oob");
      recent.delete(slot.id);
      recent.set(slot.id, slot);
    }
    for (const id of [...recent.keys()].slice(0, -REMEMBERED)) recent.delete(id);
  };

  // What one has just chosen is one's own before the page says so.
  let chosen = "";
  document.addEventListener("submit", ({ target, submitter }) => {
    if (!target.matches(".times__form")) return;
    chosen = `slot-${submitter?.value}`;
    setTimeout(() => (chosen = ""), ANSWERED_MS); // the answer may have been stopped
  });
  addEventListener("pageshow", () => (chosen = ""));

  const isMine = (slot) => {
    if (slot.id === chosen) return true;
    const own = byId("hold-panel")?.dataset;
    if (!own?.slotId || slot.id !== `slot-${own.slotId}` || rev(slot) > own.ownRev) return false;
    return !own.heldUntil || serverNow() < Number(own.heldUntil);
  };

  const markMine = (slot) => {
    if (slot.dataset.status !== "held" || !isMine(slot)) return;
    slot.dataset.mine = "";
    slot.querySelector("button").disabled = false;
    slot.querySelector(".slot__words").textContent = say("heldForYou");
  };

  const settle = (slot, isNews) => {
    const shown = byId(slot.id);
    const known = rev(recent.get(slot.id)) > rev(shown) ? recent.get(slot.id) : shown;
    const newest = rev(known) > rev(slot) ? known.cloneNode(true) : slot;
    markMine(newest);
    if (isNews && shown && !mourn(shown, newest)) note(shown, newest);
    if (isNews && shown?.dataset.status !== newest.dataset.status) stand(newest);
    if (newest !== slot) slot.replaceWith(newest);
  };

  // A time that goes while one looks at it: what else there is, said below the times, and only there.
  const mourn = (before, after) => {
    const place = byId("gone");
    const id = after.id.slice("slot-".length);
    if (!place || isMine(after)) return false;
    const isLookedAt = before.matches(":hover") || before.contains(document.activeElement);
    const isLost = before.dataset.status === "free" && after.dataset.status !== "free";
    const isBack = place.dataset.slotId === id && after.dataset.status === "free";
    if (!isBack && !(isLost && isLookedAt)) return false;
    const path = `/slots/${id}/alternatives?${place.dataset.query}`;
    htmx.ajax("GET", path, { source: place, target: place, swap: "outerMorph" });
    return true;
  };

  // What has just changed can be told from what had changed before one came.
  const stand = (slot) => {
    const { id } = slot;
    slot.dataset.changed = "";
    clearTimeout(standing.get(id));
    standing.set(id, setTimeout(() => delete byId(id)?.dataset.changed, STANDS_OUT_MS));
  };

  // A hold of one's own that ended, by time or by booking, is nothing to go on with.
  const forgetHold = ({ detail }) => {
    const panel = byId("hold-panel");
    const own = panel?.dataset.slotId;
    if (!own || !detail.data.includes(`id="slot-${own}"`)) return;
    const hadFocus = panel.contains(document.activeElement);
    end(panel);
    leaveRoom();
    if (hadFocus) focusOn(byId(`slot-${own}`) ?? byId("times"));
  };

  // What is over is not seen, but keeps its room while one points at what would move into it.
  const end = (panel) => {
    panel.dataset.slotId = "";
    panel.inert = true;
  };
  const isInUse = () => canHover.matches && document.querySelector("main:hover") !== null;
  const leaveRoom = () => {
    const panel = byId("hold-panel");
    if (panel?.inert && !isInUse()) panel.hidden = true;
  };

  // What becomes of the time that one holds may be told by its being another's: the list says more.
  const isNewsOfOwn = (html) => {
    const { slotId, ownRev } = byId("hold-panel")?.dataset ?? {};
    const [, news] = html.match(`id="slot-${slotId}"\\s+data-rev="(\\d+)"`) ?? [];
    return Number(news) > Number(ownRev);
  };

  const focusOn = (place) => {
    if (place.tabIndex < 0) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };

  // A hold that is news stays out of sight, where it would move what is pointed at; one that is shown
  // already stays in it, or its room does.
  const keepShown = (panel) => {
    const shown = byId("hold-panel");
    if (panel?.dataset.slotId) panel.hidden = shown.hidden;
    else if (panel && !shown.hidden && isInUse()) {
      const kept = shown.cloneNode(true);
      end(kept);
      panel.replaceWith(kept);
    }
  };

  const show = ({ target, detail }) =>
    htmx.swap({ sourceElement: target, target, swap: "none", text: detail.data });

  // A list with other times in it moves those that stay: while one points at them it is not shown, and
  // fetched once one has left.
  let isBehind = false;
  const isPointedAt = () => canHover.matches && document.querySelector("#days:hover") !== null;

  const catchUp = () => {
    leaveRoom();
    if (!isBehind || isPointedAt()) return;
    isBehind = false;
    document.dispatchEvent(new Event("resync"));
  };
  document.addEventListener("pointerover", catchUp);
  document.documentElement.addEventListener("pointerleave", catchUp);

  // A day without times has no form either: the first that come are fetched with theirs.
  const isFirstOfDay = (html) => {
    const days = byId("days");
    const day = days?.querySelector(".day")?.id;
    return day && !days.closest("form") && html.includes(`id="${day}"`) && html.includes("data-rev=");
  };

  const apply = (event) => {
    if (["slotFreed", "slotBooked", "slotFull"].includes(event.type)) forgetHold(event);
    else if (isNewsOfOwn(event.detail.data)) document.dispatchEvent(new Event("resync"));
    remember(event.detail.data);
    if (isFirstOfDay(event.detail.data)) document.dispatchEvent(new Event("resync"));
    else if (MOVE_TIMES.includes(event.type) && isPointedAt()) isBehind = true;
    else show(event);
  };
  for (const name of CHANGES) document.addEventListener(name, apply);

  // Every swap comes by here, those of whole lists too.
  document.addEventListener("htmx:before:swap", ({ detail }) => {
    focused = around(document.activeElement);
    for (const task of detail.tasks ?? []) {
      const slots = task.fragment?.querySelectorAll?.("[data-rev]") ?? [];
      for (const slot of slots) settle(slot, task.type === "oob");
      if (task.type === "oob") keepShown(task.fragment?.querySelector?.("#hold-panel"));
    }
  });

  // The ids of what an element is in, from the inside out.
  const around = (element) => {
    const ids = [];
    for (let at = element; at && at !== document.body; at = at.parentElement) at.id && ids.push(at.id);
    return ids;
  };

  // What was taken away under the keyboard leaves the focus on what it was in: its time, its section.
  document.addEventListener("htmx:after:swap", () => {
    const active = document.activeElement;
    if (active !== document.body && !active.disabled) return;
    for (const place of focused.map(byId)) {
      if (!place || place.disabled) continue;
      focusOn(place);
      if (document.activeElement === place) return; // what is not displayed takes none
    }
  });

  // Announcements are gathered, so that a busy page doesn't talk without end.
  const changes = { taken: 0, freed: 0 };
  let said = 0;
  let saying = 0;

  const announce = () => {
    const { taken, freed } = changes;
    const parts = [taken && say("taken", taken), freed && say("freed", freed)];
    const region = byId("live-announcement");
    if (region) region.textContent = parts.filter(Boolean).join(", ");
    changes.taken = changes.freed = 0;
    said = Date.now();
    saying = 0;
  };

  const note = (before, after) => {
    const wasFree = before.dataset.status === "free";
    const isFree = after.dataset.status === "free";
    if (wasFree === isFree || isMine(after)) return;
    changes[isFree ? "freed" : "taken"] += 1;
    if (!saying) saying = setTimeout(announce, Math.max(500, said + SAY_EVERY_MS - Date.now()));
  };
})();

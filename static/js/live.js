// An expert's page, kept live: applies what the event stream sends, says whether it is live, and
// retires times as they pass. The stream's messages are the same for everyone; what is the
// viewer's own is marked here.
(() => {
  const CHANGES = [
    "slotHeld", "slotBooked", "slotFreed", "slotPublished", "slotWithdrawn", "dayChanged",
  ];
  const RETRY_MS = 1_000;
  const LONGEST_RETRY_MS = 10_000;
  const SILENCE_MS = 40_000; // the server pings every 15 s
  const SAY_EVERY_MS = 5_000;
  const REMEMBERED = 500;

  const byId = (id) => document.getElementById(id);
  const isLive = (event) => event.target.id === "live";

  // Slots: the newest state wins, whichever way it came.

  const recent = new Map(); // by element id; a list fetched meanwhile may be older than these
  let focused = "";

  const rev = (slot) => Number(slot?.dataset.rev ?? -1);

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

  const isMine = (slot) => {
    const own = byId("hold-panel")?.dataset;
    if (!own?.slotId || slot.id !== `slot-${own.slotId}`) return false;
    return !own.heldUntil || Date.now() < Number(own.heldUntil);
  };

  const say = (slot, words) => {
    slot.querySelector(".slot__words").textContent = words;
  };

  const markMine = (slot) => {
    if (slot.dataset.status !== "held" || !isMine(slot)) return;
    slot.dataset.mine = "";
    slot.querySelector("button").disabled = false;
    say(slot, "Held for you");
  };

  const settle = (slot, isNews) => {
    const shown = byId(slot.id);
    const known = rev(shown) < rev(recent.get(slot.id)) ? recent.get(slot.id) : shown;
    const newest = rev(known) > rev(slot) ? known.cloneNode(true) : slot;
    markMine(newest);
    if (newest !== slot) slot.replaceWith(newest);
    if (isNews && shown) announceChange(shown, newest);
  };

  const apply = (event) => {
    remember(event.detail.data);
    htmx.swap({
      sourceElement: event.target, target: event.target, swap: "none", text: event.detail.data,
    });
  };
  for (const name of CHANGES) document.addEventListener(name, apply);

  // A hold of one's own that ended, by time or by booking, is nothing to go on with.
  const forgetHold = (event) => {
    const panel = byId("hold-panel");
    if (!panel?.dataset.slotId || !event.detail.data.includes(`id="slot-${panel.dataset.slotId}"`)) return;
    panel.dataset.slotId = "";
    panel.hidden = true;
  };
  for (const name of ["slotFreed", "slotBooked"]) document.addEventListener(name, forgetHold, true);

  document.addEventListener("htmx:before:swap", ({ detail }) => {
    focused = document.activeElement?.closest?.("[data-rev]")?.id ?? "";
    for (const task of detail.tasks ?? []) {
      const slots = task.fragment?.querySelectorAll?.("[data-rev]") ?? [];
      for (const slot of slots) settle(slot, task.type === "oob");
    }
  });

  // A button that was taken away under the keyboard leaves the focus on its time.
  const keepFocus = () => {
    const slot = focused && byId(focused);
    if (!slot || (slot.contains(document.activeElement) && !document.activeElement.disabled)) return;
    slot.tabIndex = -1;
    slot.focus({ preventScroll: true });
  };

  document.addEventListener("htmx:after:swap", () => {
    keepFocus();
    schedule();
  });

  // Announcements: gathered, so that a busy page doesn't talk without end.

  const changes = { taken: 0, freed: 0 };
  let said = 0;
  let saying = 0;

  const announce = () => {
    const { taken, freed } = changes;
    const parts = [
      taken && `${taken} ${taken === 1 ? "time" : "times"} taken`,
      freed && `${freed} ${taken ? "" : freed === 1 ? "time " : "times "}freed`,
    ];
    const region = byId("live-announcement");
    if (region) region.textContent = parts.filter(Boolean).join(", ");
    Object.assign(changes, { taken: 0, freed: 0 });
    said = Date.now();
    saying = 0;
  };

  const announceChange = (before, after) => {
    const was = before.dataset.status === "free";
    const is = after.dataset.status === "free";
    if (was === is || isMine(after)) return;
    changes[is ? "freed" : "taken"] += 1;
    saying ||= setTimeout(announce, Math.max(500, said + SAY_EVERY_MS - Date.now()));
  };

  // Time: what has passed can't be taken, and a day that ends takes the list along.

  let timer = 0;

  const refetch = () => {
    const times = byId("times");
    const path = times?.dataset.refresh;
    if (path) htmx.ajax("GET", path, { source: times, target: "#times", swap: "outerMorph" });
  };

  const retire = (slot) => {
    focused = slot.contains(document.activeElement) ? slot.id : "";
    slot.dataset.status = "closed";
    slot.classList.remove("slot--free", "slot--held");
    slot.classList.add("slot--closed");
    slot.querySelector("button").disabled = true;
    say(slot, "Closed");
    keepFocus();
    const day = slot.closest(".day");
    const count = day && byId(`${day.id}-free`);
    const free = day?.querySelectorAll("[data-status=free]").length;
    if (count) count.textContent = free ? `${free} free` : "None free";
  };

  const pending = () =>
    document.querySelectorAll("#times [data-closes-at]:is([data-status=free], [data-status=held])");

  const tick = () => {
    for (const slot of pending()) if (Number(slot.dataset.closesAt) <= Date.now()) retire(slot);
    if (Number(byId("times")?.dataset.nextMidnight) <= Date.now()) refetch();
    schedule();
  };

  const schedule = () => {
    clearTimeout(timer);
    const midnight = Number(byId("times")?.dataset.nextMidnight);
    const instants = [...pending()].map((slot) => Number(slot.dataset.closesAt));
    if (midnight) instants.push(Math.max(midnight, Date.now() + RETRY_MS));
    if (instants.length) timer = setTimeout(tick, Math.max(0, Math.min(...instants) - Date.now()));
  };

  document.addEventListener("resync", refetch);
  addEventListener("pageshow", (event) => event.persisted && refetch());

  // The connection: the extension reconnects by itself, except where it never connected.

  let connection = null;
  let lastId = "";
  let attempts = 0;
  let watchdog = 0;

  const show = (state) => {
    const status = byId("live-status");
    if (!status || status.dataset.state === state) return;
    status.dataset.state = state;
    status.textContent = state === "live" ? "Live" : "Reconnecting…";
  };

  const connect = () => {
    const live = byId("live");
    if (!live || connection) return;
    const address = new URL(live.getAttribute("hx-sse:connect"), location.href);
    if (lastId) address.searchParams.set("after", lastId);
    htmx.ajax("GET", address.pathname + address.search, { source: live, swap: "none" });
  };

  const connectLater = () => {
    show("reconnecting");
    const wait = Math.min(RETRY_MS * 2 ** attempts++, LONGEST_RETRY_MS);
    setTimeout(connect, wait * (0.7 + Math.random() * 0.6));
  };

  const expectMore = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => connection?.reader?.cancel(), SILENCE_MS);
  };

  const on = (name, react) =>
    document.addEventListener(name, (event) => isLive(event) && react(event.detail));

  on("htmx:sse:before:connection", (detail) => {
    connection = detail.connection;
    connection.config.reconnectMaxDelay = LONGEST_RETRY_MS;
    if (connection.attempt > 0) show("reconnecting");
  });
  on("htmx:sse:after:connection", () => {
    attempts = 0;
    show("live");
    expectMore();
  });
  on("htmx:sse:before:message", ({ message }) => {
    lastId = message.id || lastId;
    expectMore();
  });
  on("htmx:sse:error", () => show("reconnecting"));
  on("htmx:sse:close", ({ reason }) => {
    connection = null;
    if (reason !== "removed") connectLater();
  });
  on("htmx:finally:request", () => connection || connectLater());
  document.addEventListener("liveDown", () => show("reconnecting"));
  document.addEventListener("liveUp", () => show("live"));
  addEventListener("offline", () => connection?.reader?.cancel());
  addEventListener("online", () => (connection ? connection.delayCanceller?.() : connect()));

  schedule();
})();

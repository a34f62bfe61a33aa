// The booking page: counts the hold down, warns before it ends, lets it go on leaving, and says how
// the time stands when that changes. What was typed stays: only what the server says is put anew.
(() => {
  const WARN_MS = 60_000;
  const AGAIN_MS = 2_000;
  const LONGEST_MS = 30_000;
  const ANEW = ["standing", "bookingTitle", "formLast"].map((name) => `#${idOf(name)}:outerMorph`);

  const page = part("booking");
  if (!page) return;

  const region = part("announcement");
  const { slotId, address, holds } = page.dataset;
  const standing = () => part("standing");
  const timer = () => part("holdTimer");
  const piece = (name) => timer().querySelector(`[data-${name}]`);
  const left = () => Number(timer().dataset.heldUntil) - serverNow();
  const isHeld = () => "heldUntil" in timer().dataset;
  // Its page may have been left: then it lapses within that time.
  const isShort = () => isHeld() && left() < Number(timer().dataset.leaving) + 1_000;
  const windows = new BroadcastChannel("holds");
  let sent = false;
  let isAnswered = true;

  // How the time stands

  const ask = (verb, path, values) =>
    htmx.ajax(verb, path, { source: region, swap: "none", selectOOB: ANEW.join(), values });

  // What it says in words, but for the time that is left, and for a refusal: that is an alert itself.
  const told = () => {
    if (isHeld()) return "";
    return piece("hold-words")?.textContent.trim() ?? "";
  };

  // Where the answer leads elsewhere, that page takes this one's place in the history: Back would come
  // here again, and be sent on again.
  region.addEventListener("htmx:before:response", (event) => {
    const onward = event.detail.ctx.hx.redirect;
    if (!onward) return;
    event.preventDefault();
    location.replace(onward);
  });

  const look = async () => {
    const before = told();
    await ask("GET", address);
    if (told() !== before) region.textContent = told();
  };

  const resume = () =>
    ask("POST", `${holds}/resume`, { slot_id: slotId, rev: standing().dataset.slotRev });

  // The clock

  const words = (ms) => {
    const seconds = Math.max(0, Math.ceil(ms / 1000));
    return `, ${say("left", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`)}`;
  };

  const warning = () =>
    say(timer().querySelector("[formaction$='/extend']") ? "ending" : "endingForGood");

  const show = (ms) => {
    piece("left").textContent = words(ms);
    piece("ring").style.strokeDashoffset = 1 - Math.min(1, ms / timer().dataset.heldFor);
    timer().toggleAttribute("data-ending", ms < WARN_MS);
    if (ms < WARN_MS && !piece("warning").textContent) piece("warning").textContent = warning();
  };

  const end = () => {
    delete timer().dataset.heldUntil;
    piece("hold-words").textContent = say("ended");
    look();
  };

  const tick = () => {
    if (!isHeld()) return;
    const ms = left();
    if (ms > 0) show(ms);
    else end();
  };

  // Coming and going

  // Whoever comes back to the page, by whatever way, may find it older than what became of the hold:
  // nothing is claimed before the server has answered, which puts the timer anew.
  const comeBack = async (pause = AGAIN_MS) => {
    delete timer().dataset.heldUntil;
    timer().dataset.asking = "";
    await resume();
    if (!("asking" in timer().dataset)) return tick();
    setTimeout(comeBack, pause, Math.min(2 * pause, LONGEST_MS));
  };

  const [loading] = performance.getEntriesByType("navigation");

  const isReturn = () => {
    const before = document.referrer && new URL(document.referrer).pathname;
    return (loading && loading.type !== "navigate") || before === location.pathname;
  };

  // Sending a form is no leaving: whatever it leads to decides about the hold.
  addEventListener("submit", ({ defaultPrevented }) => {
    if (!defaultPrevented) [sent, isAnswered] = [true, false];
  });
  // The answer may have been stopped, or may still come: the page goes on telling.
  document.addEventListener(HAPPENS.UNANSWERED, () => {
    isAnswered = true;
    look();
  });

  // What was offered to the first in line stays theirs, whatever page they are on.
  addEventListener("pagehide", () => {
    if (sent || !isHeld() || "offered" in timer().dataset) return;
    const { slotRev } = standing().dataset;
    const form = new URLSearchParams({ slot_id: slotId, rev: slotRev });
    navigator.sendBeacon("/holds/leave", form);
    windows.postMessage(slotId);
  });

  // Another window with the same form was left, and this one is still here.
  windows.addEventListener("message", ({ data }) => {
    if (data === slotId && isHeld()) resume();
  });

  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    [sent, isAnswered] = [false, true];
    comeBack();
  });

  // What the stream says of this time

  const hear = ({ id, rev }) => {
    if (id !== idOf("slot", slotId)) return;
    if (isAnswered && rev > Number(standing().dataset.slotRev)) look();
  };
  stream.on([SENT.HELD, SENT.BOOKED, SENT.FREED, SENT.FULL], hear);
  stream.on([SENT.WITHDRAWN, SENT.RESYNC], () => isAnswered && look());

  // A page that says why a form was refused has just come from the server, unless one came back to it:
  // Firefox has kept the answer.
  const isFresh = part("refusal") !== null && loading?.type !== "back_forward";
  const asks = !isFresh && (isReturn() || isShort());
  // The answer to a form has an address that only forms have: loaded again, it is this page's own.
  if (location.pathname + location.search !== address) {
    history.replaceState(history.state, "", address);
  }
  if (asks) comeBack();
  setInterval(tick, 1000);
  tick();
})();

// The list of times and the clock: retires what has passed, and fetches the list anew at the
// viewer's midnight, on return from the back-forward cache, and when too much was missed.
(() => {
  const RETRY_MS = 5_000;
  const SPREAD_MS = 2_000; // a crowd that comes back at once asks one after the other

  let timer = 0;

  const list = () => part("times");

  const WAITING = "[data-closes-at]:is([data-status=free], [data-status=held])";
  const waiting = () => [...(list()?.querySelectorAll(WAITING) ?? [])];

  // Not the list that is kept for all: another process may not have heard yet of what this page has.
  const fetchList = () => {
    const path = list()?.dataset.refresh;
    if (path) htmx.ajax("GET", `${path}&fresh=1`, { source: list(), target: list(), swap: "outerMorph" });
  };

  // In the month only the number is seen: it stands apart from what is read before and after it.
  const spread = (words, number, [before, seen, after]) => {
    const [head, tail] = words.split(number);
    [before.textContent, seen.textContent, after.textContent] = [head, tail && number, tail];
  };

  const recount = (day) => {
    const free = day.querySelectorAll("[data-status=free]").length;
    const inMonth = part("monthFree", day.dataset.day);
    for (const count of [part("dayFree", day.dataset.day), inMonth]) {
      if (!count) continue;
      count.dataset.free = free;
      const words = free ? say("free", free) : say("noneFree");
      if (count !== inMonth) count.textContent = words;
      else spread(words, `${free}`, count.children);
    }
  };

  const retire = (slot) => {
    const hadFocus = slot.contains(document.activeElement);
    slot.dataset.status = "closed";
    slot.querySelector("[data-status-words]").textContent = say("closed");
    slot.querySelector("button").disabled = true;
    if (hadFocus) {
      slot.tabIndex = -1;
      slot.focus({ preventScroll: true });
    }
    recount(slot.closest("[data-day]"));
    document.dispatchEvent(new Event(HAPPENS.TIME_CLOSED));
  };

  const tick = () => {
    for (const slot of waiting()) if (Number(slot.dataset.closesAt) <= serverNow()) retire(slot);
    if (Number(list()?.dataset.nextMidnight) <= serverNow()) fetchList();
    schedule();
  };

  const schedule = () => {
    clearTimeout(timer);
    const instants = waiting().map((slot) => Number(slot.dataset.closesAt));
    const midnight = Number(list()?.dataset.nextMidnight);
    if (midnight) instants.push(Math.max(midnight, serverNow() + RETRY_MS));
    if (instants.length) timer = setTimeout(tick, Math.max(0, Math.min(...instants) - serverNow()));
  };

  document.addEventListener("htmx:after:swap", schedule);
  document.addEventListener(HAPPENS.CLOCK_SET, schedule);
  document.addEventListener("visibilitychange", () => document.hidden || tick()); // after a sleep
  stream.on([SENT.RESYNC], () => setTimeout(fetchList, Math.random() * SPREAD_MS));
  addEventListener("pageshow", (event) => {
    if (event.persisted) fetchList();
  });
  schedule();
})();

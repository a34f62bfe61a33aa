// The list of times and the clock: retires what has passed, and fetches the list anew at the
// viewer's midnight, on return from the back-forward cache, and when too much was missed.
(() => {
  const RETRY_MS = 5_000;
  const SPREAD_MS = 2_000; // a crowd that comes back at once asks one after the other

  let timer = 0;

  const list = () => document.getElementById("times");

  const waiting = () =>
    document.querySelectorAll("#times [data-closes-at]:is([data-status=free], [data-status=held])");

  const fetchList = () => {
    const path = list()?.dataset.refresh;
    if (path) htmx.ajax("GET", path, { source: list(), target: "#times", swap: "outerMorph" });
  };

  const recount = (day) => {
    const free = day?.querySelectorAll("[data-status=free]").length;
    const inMonth = document.getElementById(`month-${day?.id.slice("day-".length)}-free`);
    for (const count of [document.getElementById(`${day?.id}-free`), inMonth]) {
      if (!count) continue;
      count.dataset.free = free;
      const words = free ? say("free", free) : say("noneFree");
      if (count !== inMonth) count.textContent = words;
      else for (const [n, text] of [free || "–", words].entries()) count.children[n].textContent = text;
    }
  };

  const retire = (slot) => {
    const hadFocus = slot.contains(document.activeElement);
    slot.dataset.status = "closed";
    slot.classList.remove("slot--free", "slot--held");
    slot.classList.add("slot--closed");
    slot.querySelector(".slot__words").textContent = say("closed");
    slot.querySelector("button").disabled = true;
    if (hadFocus) {
      slot.tabIndex = -1;
      slot.focus({ preventScroll: true });
    }
    recount(slot.closest(".day"));
  };

  const tick = () => {
    for (const slot of waiting()) if (Number(slot.dataset.closesAt) <= serverNow()) retire(slot);
    if (Number(list()?.dataset.nextMidnight) <= serverNow()) fetchList();
    schedule();
  };

  const schedule = () => {
    clearTimeout(timer);
    const instants = [...waiting()].map((slot) => Number(slot.dataset.closesAt));
    const midnight = Number(list()?.dataset.nextMidnight);
    if (midnight) instants.push(Math.max(midnight, serverNow() + RETRY_MS));
    if (instants.length) timer = setTimeout(tick, Math.max(0, Math.min(...instants) - serverNow()));
  };

  document.addEventListener("htmx:after:swap", schedule);
  document.addEventListener("clockset", schedule);
  document.addEventListener("visibilitychange", () => document.hidden || tick()); // after a sleep
  document.addEventListener("resync", () => setTimeout(fetchList, Math.random() * SPREAD_MS));
  addEventListener("pageshow", (event) => {
    if (event.persisted) fetchList();
  });
  schedule();
})();

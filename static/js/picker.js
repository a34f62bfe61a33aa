// The month by keyboard, as calendars are: one day takes the Tab key, arrows lead to the others.
// Without this script every day is a link of its own.
(() => {
  const table = () => document.querySelector("[data-dates]");
  const dates = () => [...table().querySelectorAll("[data-date]")];

  const letTabReach = (date) => {
    for (const other of dates()) other.tabIndex = other === date ? 0 : -1;
  };

  let revealed = null;

  // Once for each choice: what others book must not move the strip under one's finger.
  const prepare = () => {
    if (!table()) return;
    const chosen = table().querySelector("[aria-current]") ?? dates()[0];
    if (!chosen) return;
    const focused = document.activeElement?.closest("[data-date]");
    letTabReach(focused && table().contains(focused) ? focused : chosen);
    if (chosen !== revealed) reveal(chosen);
    revealed = chosen;
  };

  // On a narrow screen the month is a strip: bring the chosen day into it, and move nothing else.
  const reveal = (date) => {
    const strip = date.closest("tbody");
    if (strip.scrollWidth <= strip.clientWidth) return;
    const { left, width } = date.getBoundingClientRect();
    const frame = strip.getBoundingClientRect();
    strip.scrollLeft += left - frame.left - (frame.width - width) / 2;
  };

  const day = (date) => new Date(`${date.dataset.date}T12:00Z`);

  const byStep = (date, step) => {
    const wanted = day(date);
    wanted.setUTCDate(wanted.getUTCDate() + step);
    return part("date", wanted.toISOString().slice(0, 10));
  };

  const weekday = (date) => (day(date).getUTCDay() + 6) % 7;

  // The ends of a week may lie in another month or in the past: go as far as there are days.
  const edge = (date, direction) => {
    let found = date;
    for (let left = direction < 0 ? weekday(date) : 6 - weekday(date); left > 0; left--) {
      found = byStep(found, direction) ?? found;
    }
    return found;
  };

  let wanted = "";

  const turn = (way, date) => {
    const link = part(way);
    if (!link) return;
    wanted = date.toISOString().slice(0, 10);
    link.click();
  };

  // The same day of the month before or after, or its last.
  const aMonthOn = (date, months) => {
    const found = day(date);
    const wantedDay = found.getUTCDate();
    found.setUTCMonth(found.getUTCMonth() + months, 1);
    const last = new Date(Date.UTC(found.getUTCFullYear(), found.getUTCMonth() + 1, 0));
    found.setUTCDate(Math.min(wantedDay, last.getUTCDate()));
    return found;
  };

  const go = (date) => {
    letTabReach(date);
    date.focus();
  };

  const step = (date, days) => {
    const next = byStep(date, days);
    if (next) return go(next);
    const beyond = day(date);
    beyond.setUTCDate(beyond.getUTCDate() + days);
    turn(days < 0 ? "monthEarlier" : "monthLater", beyond);
  };

  const ACTS = {
    ArrowUp: (date) => step(date, -7),
    ArrowDown: (date) => step(date, 7),
    ArrowLeft: (date) => step(date, isRightToLeft(date) ? 1 : -1),
    ArrowRight: (date) => step(date, isRightToLeft(date) ? -1 : 1),
    Home: (date) => go(edge(date, -1)),
    End: (date) => go(edge(date, 1)),
    PageUp: (date) => turn("monthEarlier", aMonthOn(date, -1)),
    PageDown: (date) => turn("monthLater", aMonthOn(date, 1)),
    Escape: () => go(table().querySelector("[aria-current]") ?? dates()[0]),
  };

  const isRightToLeft = (date) => getComputedStyle(date).direction === "rtl";

  document.addEventListener("keydown", (event) => {
    const date = event.target.closest?.("[data-date]");
    if (!date || !ACTS[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    ACTS[event.key](date);
  });

  let named = "";

  const placeOfName = () => document.querySelector("[data-summary-time]");

  // The summary names the time that one points at or has reached by keyboard.
  const name = (event) => {
    const slot = event.target.closest?.("[data-rev][data-status=free]");
    const place = placeOfName();
    if (!slot || !place) return;
    named = slot.id;
    place.textContent = slot.querySelector("time").textContent;
  };

  // Until somebody else takes it; then the one that one holds.
  const unname = () => {
    const place = placeOfName();
    if (!place || document.getElementById(named)?.dataset.status === "free") return;
    const own = part("times").querySelector("[data-rev][data-mine] time");
    place.textContent = own?.textContent ?? place.dataset.summaryTime;
    named = "";
  };
  document.addEventListener("focusin", name);
  document.addEventListener("pointerover", name);

  // A month that was turned by a key takes the focus along, to the day it was turned for.
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    prepare();
    unname();
    if (!wanted || !table() || detail.ctx?.target?.id !== idOf("times")) return;
    const next = dates().findLast(({ dataset }) => dataset.date <= wanted) ?? dates()[0];
    wanted = "";
    if (next) go(next);
  });

  for (const failure of ["htmx:error", "htmx:response:error"]) {
    document.addEventListener(failure, () => (wanted = ""));
  }

  // A phone that is turned makes a strip of the table.
  matchMedia("(max-width: 40rem)").addEventListener("change", () => revealed && reveal(revealed));

  prepare();
})();

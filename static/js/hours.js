// The week of a desk's hours: a stretch is dragged over a day, or set by keyboard on it. Both fill the
// form below, which does without them. What an answer brings is focused.
(() => {
  const DAY = 24 * 60;
  const STEP = 15;
  const CLICKED = 60; // what a press without a drag chooses

  let weekday = "0";
  let stretch = { opens: 9 * 60, closes: 10 * 60 };
  let grabbed = null;

  const tracks = () => [...(part("hours")?.querySelectorAll("[data-weekday]") ?? [])];
  const isChosen = (track) => track.dataset.weekday === weekday;

  const clock = (minute) => {
    const [hour, rest] = [Math.floor(minute / 60), minute % 60];
    return `${String(hour).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
  };
  const words = () => `${clock(stretch.opens)}–${clock(stretch.closes)}`;

  const describe = (track) => {
    track.tabIndex = isChosen(track) ? 0 : -1;
    track.setAttribute("aria-valuenow", stretch.opens);
    track.setAttribute("aria-valuetext", words());
  };

  const prepare = () => {
    for (const track of tracks()) {
      const about = { role: "slider", "aria-label": track.dataset.name, "aria-orientation": "vertical" };
      const range = { "aria-valuemin": 0, "aria-valuemax": DAY, "aria-describedby": "week-hint" };
      for (const [name, value] of Object.entries({ ...about, ...range })) track.setAttribute(name, value);
      describe(track);
    }
    const hint = part("weekHint");
    if (hint) [hint.textContent, hint.hidden] = [hint.dataset.words, false];
  };

  const erase = () => {
    for (const drawn of document.querySelectorAll("[data-drawn]")) drawn.remove();
  };

  const draw = (track) => {
    erase();
    const drawn = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const place = { class: "track__chosen", "data-drawn": "", x: 0, width: 100, y: stretch.opens };
    const size = { height: stretch.closes - stretch.opens };
    for (const [name, value] of Object.entries({ ...place, ...size })) drawn.setAttribute(name, value);
    track.querySelector("svg").append(drawn);
    const said = document.createElement("span");
    said.className = "track__words";
    said.dataset.drawn = "";
    said.setAttribute("aria-hidden", "true");
    said.textContent = words();
    track.append(said);
    for (const other of tracks()) describe(other);
  };

  const choose = (track, opens, closes) => {
    weekday = track.dataset.weekday;
    stretch = { opens, closes };
    draw(track);
  };

  const fill = () => {
    const { weekday: day, opens, closes } = part("ruleForm").elements;
    day.value = weekday;
    opens.value = clock(stretch.opens);
    closes.value = clock(stretch.closes % DAY);
    part("ruleForm").querySelector("[type=submit]").focus();
  };

  // By keyboard

  const move = (track, by) => {
    const length = stretch.closes - stretch.opens;
    const opens = Math.min(Math.max(stretch.opens + by, 0), DAY - length);
    choose(track, opens, opens + length);
  };

  const extend = (track, by) => {
    const closes = Math.min(Math.max(stretch.closes + by, stretch.opens + STEP), DAY);
    choose(track, stretch.opens, closes);
  };

  const turn = (track, by) => {
    const all = tracks();
    const next = all[all.indexOf(track) + by];
    if (!next) return;
    choose(next, stretch.opens, stretch.closes);
    next.focus();
  };

  const sideways = (track, by) => turn(track, getComputedStyle(track).direction === "rtl" ? -by : by);

  const ACTS = {
    ArrowUp: (track, isLong) => (isLong ? extend : move)(track, -STEP),
    ArrowDown: (track, isLong) => (isLong ? extend : move)(track, STEP),
    ArrowLeft: (track) => sideways(track, -1),
    ArrowRight: (track) => sideways(track, 1),
    Home: (track) => move(track, -DAY),
    End: (track) => move(track, DAY),
    Enter: fill,
  };

  document.addEventListener("keydown", (event) => {
    const track = event.target.closest?.("[data-weekday]");
    if (!track || !ACTS[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    ACTS[event.key](track, event.shiftKey);
  });

  document.addEventListener("focusin", ({ target }) => {
    if (target.matches?.("[data-weekday]") && !grabbed) choose(target, stretch.opens, stretch.closes);
  });

  // By dragging; a finger scrolls the page instead.

  const minuteAt = (track, y) => {
    const { top, height } = track.getBoundingClientRect();
    const step = Math.floor((((y - top) / height) * DAY) / STEP);
    return Math.min(Math.max(step * STEP, 0), DAY - STEP);
  };

  document.addEventListener("pointerdown", (event) => {
    const track = event.target.closest?.("[data-weekday][tabindex]");
    if (!track || event.button || event.pointerType === "touch") return;
    event.preventDefault();
    const from = minuteAt(track, event.clientY);
    grabbed = { track, from, isDragged: false };
    track.setPointerCapture(event.pointerId);
    choose(track, from, Math.min(from + CLICKED, DAY));
  });

  document.addEventListener("pointermove", ({ clientY }) => {
    if (!grabbed) return;
    const { track, from } = grabbed;
    const to = minuteAt(track, clientY);
    grabbed.isDragged ||= to !== from;
    if (grabbed.isDragged) choose(track, Math.min(from, to), Math.max(from, to) + STEP);
  });

  document.addEventListener("pointerup", () => {
    if (grabbed) fill();
    grabbed = null;
  });
  document.addEventListener("pointercancel", () => {
    grabbed = null;
    erase();
  });

  // What a form was answered with

  const focusAnswer = () => {
    const answer = part("hours").querySelector("[aria-invalid], [data-focus]");
    answer?.focus();
    answer?.closest("[data-answer]")?.scrollIntoView({ block: "nearest" });
  };

  // What was saved needs no longer be typed; what was typed into other forms stays.
  const empty = (path) => {
    if (!part("hoursDone")) return;
    for (const form of part("hours").querySelectorAll("form")) {
      if (form.getAttribute("action") === path) form.reset();
    }
  };

  document.addEventListener("htmx:after:swap", ({ detail }) => {
    prepare();
    if (detail.ctx?.target?.id !== "hours") return;
    empty(new URL(detail.ctx.request.action, location.href).pathname);
    focusAnswer();
  });

  prepare();
})();

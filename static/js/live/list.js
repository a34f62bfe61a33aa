// Shows what the stream sends in the list of times. Every other swap of times comes by here as well:
// whatever brings them, the newest state is shown, and what is the viewer's own is marked.
(() => {
  const CHANGES = [SENT.HELD, SENT.BOOKED, SENT.FREED, SENT.FULL, SENT.DAY_CHANGED];
  const MOVE_TIMES = [SENT.PUBLISHED, SENT.WITHDRAWN];

  const canHover = matchMedia("(hover: hover)");

  const show = ({ html }) => {
    const listener = document.querySelector("[data-stream]");
    htmx.swap({ sourceElement: listener, target: listener, swap: "none", text: html });
  };

  // A list with other times in it moves those that stay: while one points at them it is not shown, and
  // fetched once one has left.
  let isBehind = false;
  const isPointedAt = () => canHover.matches && part("days")?.matches(":hover");

  const catchUp = () => {
    if (!isBehind || isPointedAt()) return;
    isBehind = false;
    stream.resync();
  };
  document.addEventListener("pointerover", catchUp);
  document.documentElement.addEventListener("pointerleave", catchUp);

  // A day without times has no form either: the first that come are fetched with theirs.
  const isFirstOfDay = ({ id, times }) => {
    const days = part("days");
    return times.length > 0 && days && !days.closest("form") && id === days.querySelector("[data-day]")?.id;
  };

  // A booking can be rescheduled within its day even when that is full. What the stream says of such
  // a day is for everyone else: the page's own list is fetched.
  const isOfOwnDay = ({ html, times }) => {
    const days = part("times")?.dataset.ownDays?.split(" ");
    if (!days) return false;
    const isFull = times.some(({ dataset }) => dataset.status === "full");
    return isFull || days.some((day) => html.includes(idOf("dayFree", day)));
  };

  const showState = (message) => {
    if (isOfOwnDay(message)) stream.resync();
    else show(message);
  };

  // What has become of the times that stay moves nothing: it is shown even while one points at them.
  const showStates = ({ times }) => {
    for (const time of times) {
      const shown = document.getElementById(time.id);
      if (!(Number(time.dataset.rev) > Number(shown?.dataset.rev))) continue;
      const state = time.cloneNode(true);
      state.setAttribute("data-hx-swap-oob", "outerMorph");
      show({ html: state.outerHTML });
    }
  };

  const showDay = (message) => {
    if (isFirstOfDay(message) || isOfOwnDay(message)) stream.resync();
    else if (!isPointedAt()) show(message);
    else {
      isBehind = true;
      showStates(message);
    }
  };

  stream.on(CHANGES, showState);
  stream.on(MOVE_TIMES, showDay);

  const settle = (time, isNews) => {
    const state = newest(time);
    markMine(state);
    if (isNews) tellOfChange(document.getElementById(time.id), state);
    if (state !== time) time.replaceWith(state);
  };

  document.addEventListener("htmx:before:swap", ({ detail }) => {
    for (const { type, fragment } of detail.tasks ?? []) {
      for (const time of fragment?.querySelectorAll?.("[data-rev]") ?? []) settle(time, type === "oob");
    }
  });
})();

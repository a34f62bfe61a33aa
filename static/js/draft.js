// What was typed into the booking form outlasts a reload, a change of language, a look at the experts and
// their times, and an answer that never came: not every browser cares for that. Any other page forgets it,
// as do ten minutes, and whoever releases the time: the next person at this browser finds an empty form.
(() => {
  const KEY = "draft";
  const LASTS_MS = 10 * 60_000;
  let isReleased = false;
  const fields = () => part("attendee")?.querySelectorAll("[name]") ?? [];

  const isOnTheWay = () => /^\/(experts|$)/.test(location.pathname);

  const take = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
      const isFresh = Date.now() < kept.at + LASTS_MS;
      if (!isFresh || !isOnTheWay()) sessionStorage.removeItem(KEY);
      return isFresh ? kept : {};
    } catch {
      return {}; // storage may be forbidden
    }
  };

  const keep = () => {
    const typed = [...fields()].map(({ name, value }) => [name, value]);
    if (!typed.length || isReleased) return;
    try {
      const { pathname: path } = location;
      sessionStorage.setItem(KEY, JSON.stringify({ path, typed, at: Date.now() }));
    } catch {
      // not kept
    }
  };

  const { path, typed } = take();
  const values = new Map(path === location.pathname ? typed : []);
  for (const field of fields()) field.value ||= values.get(field.name) ?? "";
  addEventListener("pagehide", keep);
  addEventListener("pageshow", ({ persisted }) => persisted && take());
  document.addEventListener("submit", ({ target, defaultPrevented }) => {
    isReleased = !defaultPrevented && target.getAttribute("action")?.endsWith("/holds/release");
  });
})();

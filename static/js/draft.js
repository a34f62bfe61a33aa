// What was typed into the booking form outlasts a reload, and a change of language: not every
// browser cares for that. It is kept for the next page alone.
(() => {
  const KEY = "draft";
  const fields = () => part("attendee")?.querySelectorAll("[name]") ?? [];

  const take = () => {
    try {
      const kept = sessionStorage.getItem(KEY);
      sessionStorage.removeItem(KEY);
      return JSON.parse(kept) ?? {};
    } catch {
      return {}; // storage may be forbidden
    }
  };

  const keep = () => {
    const typed = [...fields()].map(({ name, value }) => [name, value]);
    if (!typed.length) return;
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, typed }));
    } catch {
      // not kept
    }
  };

  const { path, typed } = take();
  const values = new Map(path === location.pathname ? typed : []);
  for (const field of fields()) field.value ||= values.get(field.name) ?? "";
  addEventListener("pagehide", keep);
})();

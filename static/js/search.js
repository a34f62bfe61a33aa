// What was typed or chosen in a search before the scripts came, or what a browser has filled in again, is
// asked for as soon as htmx is ready.
(() => {
  const loaded = (select) => [...select.options].find((option) => option.defaultSelected) ?? select.options[0];

  const isChanged = (field) => {
    const before = field.matches("select") ? loaded(field)?.value : field.defaultValue;
    return before !== undefined && field.value !== before;
  };

  for (const form of document.querySelectorAll("search form[data-hx-get]")) {
    if (![...form.elements].some(isChanged)) continue;
    form.addEventListener("htmx:after:init", ({ target }) => target === form && form.requestSubmit());
  }
})();

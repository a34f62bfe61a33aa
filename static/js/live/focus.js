// What is taken away under the keyboard leaves the focus on what it was in: its time, its section.
(() => {
  let focused = [];

  window.focusOn = (place) => {
    if (place.tabIndex < 0) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };

  // The ids of what an element is in, from the inside out.
  const around = (element) => {
    const ids = [];
    for (let at = element; at && at !== document.body; at = at.parentElement) at.id && ids.push(at.id);
    return ids;
  };

  document.addEventListener("htmx:before:swap", () => {
    focused = around(document.activeElement);
  });

  document.addEventListener("htmx:after:swap", () => {
    const active = document.activeElement;
    if (active !== document.body && !active.disabled) return;
    for (const place of focused.map((id) => document.getElementById(id))) {
      if (!place || place.disabled) continue;
      focusOn(place);
      if (document.activeElement === place) return; // what is not displayed takes none
    }
  });
})();

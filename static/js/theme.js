// Applies the remembered theme before anything is painted, and lets the toggle change it.
(() => {
  const KEY = "theme";
  const root = document.documentElement;
  const prefersLight = matchMedia("(prefers-color-scheme: light)");

  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage may be forbidden: the system's choice holds then
    }
  };
  const shown = () => root.dataset.theme ?? (prefersLight.matches ? "light" : "dark");

  const apply = () => {
    const choice = remembered();
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
  };
  apply();

  const place = () => document.getElementById("theme-place");

  // Without this script there is nothing to switch: so the switch comes with it.
  const build = () => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", id: "theme-toggle", className: "theme-toggle" });
    place().append(button);
    return button;
  };

  const label = () => {
    const words = place().dataset[shown() === "dark" ? "light" : "dark"];
    place().firstElementChild.setAttribute("aria-label", words);
  };

  const toggle = () => {
    root.dataset.theme = shown() === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, root.dataset.theme);
    } catch {
      // not remembered, but shown
    }
    label();
  };

  document.addEventListener("DOMContentLoaded", () => {
    build().addEventListener("click", toggle);
    prefersLight.addEventListener("change", label);
    label();
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted) return;
      apply(); // it may have been changed on another page
      label();
    });
  });
})();

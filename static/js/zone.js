// Tells the server the browser's time zone once, and has times shown in it; changes zone on choice.
(() => {
  const COOKIE = "zone";
  const YEAR_S = 365 * 86400;

  const chosen = () => document.cookie.split("; ").some((pair) => pair.startsWith(`${COOKIE}=`));

  // To ask the browser for its zone takes a phone some milliseconds: only where it is of use.
  const own = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

  const zone = chosen() ? "" : own();
  if (zone) {
    document.cookie = `${COOKIE}=${zone}; path=/; max-age=${YEAR_S}; samesite=lax`;
    const here = new URL(location.href);
    const isInAZone = document.querySelector("time, [name=zone], #when") !== null;
    if (chosen() && isInAZone && !here.searchParams.has(COOKIE)) location.reload();
  }

  // Where another zone was chosen before, the browser's own is still the first to go back to.
  const offer = (name, select) => {
    const listed = [...select.options].find((option) => option.value === name);
    const label = name.split("/").at(-1).replaceAll("_", " ");
    if (name) select.querySelector("optgroup").append(listed ?? new Option(label, name));
  };

  // By pointer to choose is to want; by keyboard every arrow chooses, and the button says when.
  const form = document.getElementById("zone-form");
  if (form) {
    const select = form.querySelector("select");
    const button = form.querySelector("button");
    button.hidden = !select.matches(":focus-visible");
    offer(own(), select);
    select.addEventListener("focus", () => (button.hidden &&= !select.matches(":focus-visible")));
    select.addEventListener("keydown", () => (button.hidden = false));
    select.addEventListener("change", () => button.hidden && form.requestSubmit());
    form.addEventListener("submit", () => {
      form.elements.day.value = document.getElementById("times").dataset.first;
    });
    addEventListener("pageshow", ({ persisted }) => persisted && form.reset());
  }
})();

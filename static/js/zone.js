// Tells the server the browser's time zone once, and has times shown in it; changes zone on choice.
(() => {
  const COOKIE = "zone";
  const YEAR_S = 365 * 86400;
  const WITH_TIMES = [
    "results", "times", "holdPanel", "zoneForm", "moving", "bookingSummary", "standing",
    "bookingList", "bookingDetails", "bookingDeadlines", "history", "mails", "waitlistEntry",
  ];

  const chosen = () => document.cookie.split("; ").some((pair) => pair.startsWith(`${COOKIE}=`));

  // To ask the browser for its zone takes a phone some milliseconds: only where it is of use.
  const own = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

  const zone = chosen() ? "" : own();
  if (zone) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${COOKIE}=${zone}; path=/; max-age=${YEAR_S}; samesite=lax${secure}`;
    const here = new URL(location.href);
    if (chosen() && !here.searchParams.has(COOKIE)) adopt(here);
  }

  // Puts what has times into the browser's zone, and nothing else: what is typed, focus and scroll
  // stay. The stream is another element then, and goes on from the instant of the new answer.
  function adopt(here) {
    const parts = WITH_TIMES.filter((name) => part(name));
    const question = part("when");
    question?.addEventListener("toggle", preselect);
    if (question?.open) preselect();
    if (!parts.length) return;
    const swaps = parts.map((name) => `#${idOf(name)}:outerMorph`);
    if (part("listener")) swaps.push(`#${idOf("listener")}:outerHTML`);
    here.searchParams.set(COOKIE, zone);
    const source = part("announcement");
    const overtaken = letOthersOvertake(source);
    htmx
      .ajax("GET", here.pathname + here.search, {
        source, swap: "none", select: "main", selectOOB: swaps.join(),
      })
      .finally(() => {
        overtaken.abort();
        hideButton();
      });
  }

  // A search or a day that is asked for meanwhile comes in the new zone already, and stays.
  function letOthersOvertake(source) {
    const until = new AbortController();
    const asked = new Set();
    const on = (name, react) =>
      document.addEventListener(name, ({ detail }) => react(detail), { signal: until.signal });
    on("htmx:before:request", ({ ctx }) => {
      if (ctx.sourceElement === source || ctx.sourceElement.matches("[data-stream]")) return;
      asked.add(ctx.target?.id);
      ctx.request.action = inZone(ctx.request.action);
      if (ctx.push) ctx.push = inZone(ctx.push);
    });
    on("htmx:before:swap", ({ ctx, tasks }) => {
      if (ctx?.sourceElement !== source) return;
      const kept = tasks.filter(({ fragment }) => ![...asked].some((id) => has(fragment, id)));
      tasks.splice(0, tasks.length, ...kept);
    });
    return until;
  }

  function has(fragment, id) {
    return [...(fragment?.children ?? [])].some((element) => element.id === id);
  }

  function inZone(address) {
    return address.replace(/\bzone=[^&]*/, `zone=${encodeURIComponent(zone)}`);
  }

  // The search is asked for the visitor's zone where they have not chosen one.
  function preselect() {
    const select = part("when").querySelector("[name=zone]");
    if (!select || select.dataset.own) return;
    offer(zone, select);
    select.dataset.own = select.value = zone;
  }

  // Where another zone was chosen before, the browser's own is still the first to go back to.
  function offer(name, select) {
    const listed = [...select.options].find((option) => option.value === name);
    const label = name.split("/").at(-1).replaceAll("_", " ");
    if (name) select.querySelector("optgroup").append(listed ?? new Option(label, name));
  }

  // By pointer to choose is to want; by keyboard every arrow chooses, and the button says when.
  function hideButton() {
    const { select, button } = controls();
    if (button) button.hidden = !select.matches(":focus-visible");
  }

  function controls() {
    const form = part("zoneForm");
    return { form, select: form?.querySelector("select"), button: form?.querySelector("button") };
  }

  const { form, select, button } = controls();
  hideButton();
  if (form) {
    offer(own(), select);
    select.addEventListener("focus", () => (button.hidden &&= !select.matches(":focus-visible")));
    select.addEventListener("keydown", () => (button.hidden = false));
    select.addEventListener("change", () => button.hidden && form.requestSubmit());
    form.addEventListener("submit", () => {
      form.elements.day.value = part("times").dataset.first;
    });
    form.addEventListener(HAPPENS.UNSENT, () => form.reset());
    addEventListener("pageshow", ({ persisted }) => persisted && form.reset());
  }
})();

// The agenda, and the board of an absence: fetched anew when the expert's stream says that a time has
// changed, and when a session begins or ends. The stream names nobody: whose session it is stands in
// the page, and is said from it.
(() => {
  const PARTS = ["agenda", "board"];
  const NEWS = [SENT.BOOKED, SENT.FREED, SENT.HELD, SENT.WITHDRAWN, SENT.RESYNC, SENT.LIVE_UP];
  const SOON_MS = 200; // a move frees one time and takes another

  const refreshSoon = keepFresh({ parts: PARTS, news: NEWS, wait: () => SOON_MS });
  addEventListener("pageshow", ({ persisted }) => persisted && refreshSoon());

  const sessions = () => {
    const shown = PARTS.flatMap((name) => [...(part(name)?.querySelectorAll("[data-said]") ?? [])]);
    return new Map(shown.map(({ id, dataset }) => [id, { ...dataset }]));
  };

  let known = sessions();

  const announce = () => {
    const now = sessions();
    const news = [...now].filter(([id, { said }]) => known.get(id)?.said !== said).map(([, { said }]) => said);
    const gone = [...known].filter(([id]) => !now.has(id)).map(([, { gone }]) => gone);
    known = now;
    const region = part("announcement");
    if (region && news.length + gone.length) region.textContent = [...news, ...gone].join(". ");
  };

  document.addEventListener("htmx:after:swap", announce);
})();

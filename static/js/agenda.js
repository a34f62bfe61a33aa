// The agenda, and the board of an absence: fetched anew when the expert's stream says that a time has
// changed, and when a session begins or ends. The stream names nobody: whose session it is stands in
// the page, and is said from it.
(() => {
  const PART = ":is(#agenda, #board)";
  const NEWS = ["slotBooked", "slotFreed", "slotHeld", "slotWithdrawn", "resync", "liveUp"];
  const SOON_MS = 200; // a move frees one time and takes another

  const refreshSoon = keepFresh({ part: PART, news: NEWS, wait: () => SOON_MS });
  addEventListener("pageshow", ({ persisted }) => persisted && refreshSoon());

  const sessions = () =>
    new Map([...document.querySelectorAll(`${PART} [data-said]`)].map(({ id, dataset }) => [id, { ...dataset }]));

  let known = sessions();

  const announce = () => {
    const now = sessions();
    const news = [...now].filter(([id, { said }]) => known.get(id)?.said !== said).map(([, { said }]) => said);
    const gone = [...known].filter(([id]) => !now.has(id)).map(([, { gone }]) => gone);
    known = now;
    const region = document.getElementById("live-announcement");
    if (region && news.length + gone.length) region.textContent = [...news, ...gone].join(". ");
  };

  document.addEventListener("htmx:after:swap", announce);
})();

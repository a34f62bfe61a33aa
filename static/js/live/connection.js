// The connection to the event stream: says whether the page is live, and connects again where
// the SSE extension doesn't: after a first attempt that failed, and when a connection falls silent.
(() => {
  const RETRY_MS = 1_000;
  const LONGEST_RETRY_MS = 10_000;
  const SILENCE_MS = 40_000; // the server pings every 15 s

  let connection = null;
  let lastId = "";
  let attempts = 0;
  let watchdog = 0;
  let retry = 0;
  let isAsking = false;

  const show = (state) => {
    const status = part("status");
    if (!status || status.dataset.state === state) return;
    status.dataset.state = state;
    status.textContent = say(state);
    if (state === "live") document.dispatchEvent(new Event(HAPPENS.GO_LIVE));
  };

  const connect = () => {
    clearTimeout(retry);
    const live = document.querySelector("[data-stream]");
    if (!live || connection || isAsking) return;
    isAsking = true;
    const address = new URL(live.getAttribute("data-hx-sse:connect"), location.href);
    if (lastId) address.searchParams.set("after", lastId);
    htmx
      .ajax("GET", address.pathname + address.search, { source: live, swap: "none" })
      .finally(() => (isAsking = false));
  };

  const connectLater = () => {
    show("reconnecting");
    const wait = Math.min(RETRY_MS * 2 ** attempts++, LONGEST_RETRY_MS);
    clearTimeout(retry);
    retry = setTimeout(connect, wait * (0.7 + Math.random() * 0.6));
  };

  const expectMore = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => connection?.reader?.cancel(), SILENCE_MS);
  };

  const on = (name, react) =>
    document.addEventListener(name, (event) => {
      if (event.target.matches?.("[data-stream]")) react(event.detail);
    });

  on("htmx:before:request", () => {
    if (part("status")?.dataset.state === "off") show("connecting");
  });
  on("htmx:sse:before:connection", (detail) => {
    isAsking = false;
    connection = detail.connection;
    connection.config.reconnectMaxDelay = LONGEST_RETRY_MS;
    if (connection.attempt > 0) show("reconnecting");
  });
  on("htmx:sse:after:connection", () => {
    attempts = 0;
    show("live");
    expectMore();
  });
  stream.on(Object.values(SENT), ({ position }) => {
    if (position === null) return; // it came from the page itself
    lastId = position || lastId;
    expectMore();
  });
  on("htmx:sse:error", () => show("reconnecting"));
  on("htmx:sse:close", ({ reason }) => {
    connection = null;
    if (reason !== "removed" && reason !== "cleanup") connectLater();
  });
  on("htmx:finally:request", () => {
    if (!connection) connectLater();
  });

  // The server has lost its own source of changes, and found it again.
  stream.on([SENT.LIVE_DOWN], () => show("reconnecting"));
  stream.on([SENT.LIVE_UP], () => show("live"));

  addEventListener("offline", () => {
    show("reconnecting");
    connection?.reader?.cancel();
  });
  addEventListener("online", () => {
    if (connection) connection.delayCanceller?.();
    else connect();
  });
})();

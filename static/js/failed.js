// A list that could not be loaded: the page says so, and asks again, by itself once it can.
(() => {
  const SOON_MS = 60_000;
  let failedSource = null;
  let failedAt = 0;

  // Of these the page's settings for htmx show nothing.
  const isNotSwapped = (status) => status === 429 || status >= 500;

  const notice = () => document.querySelector("[data-failed]");

  // To try again is to ask for the list that was wanted, not for the one that the page began with.
  const wanted = (asked) => {
    const isList = /\/(slots|experts)$/.test(asked.pathname);
    const shown = part("times")?.dataset.refresh ?? location.href;
    return (isList ? asked : new URL(shown, location.href)).searchParams;
  };

  // A search or a day is asked for as it was the first time, on the same page.
  const repeat = (source) => {
    if (!source?.isConnected || !source.matches("form[data-hx-get], a")) return false;
    if (source.matches("a")) source.click();
    else source.requestSubmit();
    return true;
  };

  const tryAgain = () => {
    const failed = notice();
    if (!repeat(failedSource)) return false;
    if (failed.contains(document.activeElement)) focusOn(part("times") ?? part("results"));
    failed.hidden = true;
    return true;
  };

  const fail = ({ target, detail }) => {
    const failed = notice();
    if (!failed || target.matches?.("[data-stream]")) return; // of the stream is told elsewhere
    failedSource = detail.ctx.sourceElement;
    failedAt = Date.now();
    const way = document.createElement("a");
    way.href = failed.dataset.address;
    way.search = wanted(new URL(detail.ctx.request.action, location.href));
    way.textContent = failed.dataset.again;
    way.addEventListener("click", (event) => tryAgain() && event.preventDefault());
    const words = document.createElement("p");
    words.append(failed.dataset.failed, " ", way);
    failed.replaceChildren(words);
    failed.hidden = false;
  };

  document.addEventListener("htmx:error", fail);
  document.addEventListener("htmx:response:error", (event) => {
    if (isNotSwapped(event.detail.ctx.response.status)) fail(event);
  });
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    if (detail.ctx?.target?.id === idOf("times") && detail.ctx.swap !== "none") notice().hidden = true;
  });

  // A page that is live again, or back online, shows no list that could not be loaded. After a while another
  // list would come as a surprise, under the pointer: then the one that is shown is brought up to date.
  const recover = (isWanted) => {
    if (notice()?.hidden === false && !(isWanted && tryAgain())) stream.resync();
  };
  document.addEventListener(HAPPENS.GO_LIVE, () => recover(Date.now() < failedAt + SOON_MS));
  document.addEventListener(HAPPENS.BACK_ONLINE, () => recover(true));
})();

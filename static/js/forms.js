// Forms: a button that cannot be pressed twice, focus on what needs mending, a list that says it failed.
(() => {
  const ANSWERED_MS = 8_000;

  const letSendAgain = (forms) => {
    for (const form of forms) {
      delete form.dataset.sent;
      for (const control of form.elements) control.removeAttribute("aria-busy");
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    // Whoever stopped the answer from coming can send it again: the server takes a form once.
    setTimeout(() => {
      letSendAgain([form]);
      form.dispatchEvent(new Event(HAPPENS.UNANSWERED, { bubbles: true }));
    }, ANSWERED_MS);
  });

  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) letSendAgain(document.querySelectorAll("form[data-sent]"));
  });

  const firstWrong = document.querySelector("[aria-invalid]") ?? part("refusal");
  firstWrong?.focus();

  // Of these the page's settings for htmx show nothing.
  const isNotSwapped = (status) => status === 429 || status >= 500;

  const notice = () => document.querySelector("[data-failed]");

  // To try again is to ask for the list that was wanted, not for the one that the page began with.
  const wanted = (asked) => {
    const isList = /\/(slots|experts)$/.test(asked.pathname);
    const shown = part("times")?.dataset.refresh ?? location.href;
    return (isList ? asked : new URL(shown, location.href)).searchParams;
  };

  const fail = ({ target, detail }) => {
    const failed = notice();
    if (!failed || target.matches?.("[data-stream]")) return; // of the stream is told elsewhere
    const way = document.createElement("a");
    way.href = failed.dataset.address;
    way.search = wanted(new URL(detail.ctx.request.action, location.href));
    way.textContent = failed.dataset.again;
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

  // A page that is live again shows no list that could not be loaded.
  document.addEventListener(HAPPENS.GO_LIVE, () => {
    if (notice()?.hidden === false) stream.resync();
  });
})();

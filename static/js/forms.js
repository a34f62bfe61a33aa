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
      form.dispatchEvent(new Event("unanswered", { bubbles: true }));
    }, ANSWERED_MS);
  });

  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) letSendAgain(document.querySelectorAll("form[data-sent]"));
  });

  const firstWrong = document.querySelector("[aria-invalid]") ?? document.getElementById("refusal");
  firstWrong?.focus();

  // Of these the page's settings for htmx show nothing.
  const isNotSwapped = (status) => status === 429 || status >= 500;

  const sayFailed = (isFailed) => {
    const failed = document.querySelector("[data-failed]");
    if (failed) failed.hidden = !isFailed;
  };

  // That the stream is cut off is said elsewhere.
  const fail = ({ target }) => target.matches?.("[data-stream]") || sayFailed(true);

  document.addEventListener("htmx:error", fail);
  document.addEventListener("htmx:response:error", (event) => {
    if (isNotSwapped(event.detail.ctx.response.status)) fail(event);
  });
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    if (detail.ctx?.target?.id === "times" && detail.ctx.swap !== "none") sayFailed(false);
  });
})();

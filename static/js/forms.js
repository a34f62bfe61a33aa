// Forms: a button that cannot be pressed twice, focus on what needs mending, a list that says it failed.
(() => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
  });

  // A page that comes back from the back-forward cache can be sent again.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  });

  const firstWrong = document.querySelector("[aria-invalid]") ?? document.getElementById("refusal");
  firstWrong?.focus();

  // That the stream is cut off is said elsewhere.
  document.addEventListener("htmx:error", (event) => {
    const failed = document.querySelector("[data-failed]");
    if (failed && event.target.id !== "live") failed.hidden = false;
  });
})();

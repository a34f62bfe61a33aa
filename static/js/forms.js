// Forms: a button that cannot be pressed twice, and focus on what needs mending.
(() => {
  const ANSWERED_MS = 8_000;

  const letSendAgain = (forms) => {
    for (const form of forms) {
      clearTimeout(form.dataset.sent);
      delete form.dataset.sent;
      for (const control of form.elements) control.removeAttribute("aria-busy");
    }
  };

  // To press another time is to want that one instead.
  const isUnderWay = ({ target: form, submitter }) =>
    form.matches("[data-choose]") ? submitter?.hasAttribute("aria-busy") : form.dataset.sent;

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once], form[data-choose]") || event.defaultPrevented) return;
    if (isUnderWay(event)) {
      event.preventDefault();
      return;
    }
    letSendAgain([form]);
    event.submitter?.setAttribute("aria-busy", "true");
    // Whoever stopped the answer from coming can send it again: the server takes a form once.
    form.dataset.sent = setTimeout(() => {
      letSendAgain([form]);
      form.dispatchEvent(new Event(HAPPENS.UNANSWERED, { bubbles: true }));
    }, ANSWERED_MS);
  });

  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) letSendAgain(document.querySelectorAll("form[data-sent]"));
  });

  // Somebody may be typing already: on a slow line this script comes late.
  const firstWrong = document.querySelector("[aria-invalid]") ?? part("refusal");
  if (!document.activeElement?.matches("input, select, textarea")) firstWrong?.focus();
})();

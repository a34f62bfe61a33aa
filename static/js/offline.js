// While the browser is offline the page says so, and sends no form: the browser would put a page of its own
// in this one's place, and what was typed would be lost. Lists may be asked for: they say that they failed.
(() => {
  const ANSWERED_MS = 3_000;
  const TRIES_MS = [0, 2_000, 4_000, 8_000];

  const show = (words) => {
    part("offline").textContent = words;
  };

  // A browser without a network says that it is offline, and still reaches a server on its own machine.
  const isCutOff = async () => {
    const signal = AbortSignal.timeout(ANSWERED_MS);
    const asked = fetch("/health/live", { method: "HEAD", cache: "no-store", signal });
    return asked.then(() => false, () => !navigator.onLine);
  };

  let reaching = null;

  const send = (form, submitter) => {
    reaching = form;
    form.requestSubmit(submitter?.isConnected ? submitter : null);
    reaching = null;
  };

  const holdBack = async (event) => {
    const { target: form, submitter } = event;
    if (navigator.onLine || form === reaching || form.matches("[data-hx-get]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.hasAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    const isKept = await isCutOff();
    form.removeAttribute("aria-busy");
    if (!isKept) return send(form, submitter);
    show(say("unsent"));
    form.dispatchEvent(new Event(HAPPENS.UNSENT));
  };

  const tell = async () => {
    if (!navigator.onLine && (await isCutOff())) show(say("offline"));
  };

  // A picture that could not be fetched stays broken until it is asked for again.
  const fetchPictures = () => {
    for (const image of document.images) {
      if (image.complete && !image.naturalWidth) image.setAttribute("src", image.getAttribute("src"));
    }
  };

  addEventListener("submit", holdBack, { capture: true }); // before whoever takes it for sent
  addEventListener("offline", tell);
  document.addEventListener(HAPPENS.BACK_ONLINE, fetchPictures);
  // A browser says that it is online before it has an address, or can look one up.
  addEventListener("online", () => {
    show("");
    for (const ms of TRIES_MS) setTimeout(() => document.dispatchEvent(new Event(HAPPENS.BACK_ONLINE)), ms);
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    show("");
    tell();
  });
  tell();
})();

// The booking page: counts the hold down, warns before it ends, and gives the time up on leaving.
(() => {
  const WARN_MS = 60_000;
  const timer = document.getElementById("hold-timer");
  const until = Number(timer?.dataset.heldUntil);
  if (!until) return;

  const whole = Number(timer.dataset.heldFor);
  const left = timer.querySelector("[data-left]");
  const ring = timer.querySelector("[data-ring]");
  const warning = timer.querySelector("[data-warning]");
  let leaving = false;

  const words = (ms) => {
    const seconds = Math.max(0, Math.ceil(ms / 1000));
    return `, ${say("left", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`)}`;
  };

  const tick = () => {
    const ms = until - serverNow();
    left.textContent = words(ms);
    ring.style.strokeDashoffset = 1 - Math.min(1, Math.max(0, ms / whole));
    timer.classList.toggle("hold-timer--ending", ms < WARN_MS);
    if (ms < WARN_MS && ms > 0 && !warning.textContent) {
      warning.textContent = say("ending");
    }
    if (ms <= 0) {
      clearInterval(clock);
      left.textContent = "";
      timer.querySelector(".hold-timer__text").textContent =
        say("ended");
    }
  };
  const clock = setInterval(tick, 1000);
  tick();

  // What was offered to the first in line stays theirs; all else is given up on leaving.
  // Sending a form is no leaving: whatever it leads to decides about the hold.
  addEventListener("submit", () => {
    leaving = false;
    timer.dataset.sent = "yes";
  });

  addEventListener("pagehide", () => {
    if (timer.dataset.sent || leaving || "offered" in timer.dataset) return;
    leaving = true;
    const token = document.querySelector("#booking-form [name=_csrf_token]").value;
    const form = new URLSearchParams({ _csrf_token: token, slot_id: timer.dataset.slotId });
    navigator.sendBeacon("/holds/release", form);
  });

  // Back from the back-forward cache the time may no longer be kept: ask the server.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
})();

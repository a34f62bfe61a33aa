// The newest state of a time wins: a list that is fetched may be older than what the stream has brought
// meanwhile. So what it brought lately is kept, by the time's id.
(() => {
  const REMEMBERED = 500;
  const recent = new Map();

  const rev = (time) => Number(time?.dataset.rev ?? -1);

  const remember = ({ times }) => {
    for (const time of times) {
      if (rev(recent.get(time.id)) > rev(time)) continue;
      time.removeAttribute("data-hx-swap-oob");
      recent.delete(time.id);
      recent.set(time.id, time);
    }
    for (const id of [...recent.keys()].slice(0, -REMEMBERED)) recent.delete(id);
  };

  stream.on([SENT.HELD, SENT.BOOKED, SENT.FREED, SENT.FULL, SENT.PUBLISHED, SENT.WITHDRAWN], remember);

  // Returns what to show in place of a time that has come: itself, unless a newer state is known.
  window.newest = (time) => {
    const shown = document.getElementById(time.id);
    const kept = recent.get(time.id);
    const known = rev(kept) > rev(shown) ? kept : shown;
    return rev(known) > rev(time) ? known.cloneNode(true) : time;
  };
})();

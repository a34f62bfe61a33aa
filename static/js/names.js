// What scripts and the rest of the program have to agree on: the names of what the streams send, of
// what happens within a page, and the ids of the parts of pages that scripts look for.
(() => {
  // As in `web/live/names.py`.
  window.SENT = Object.freeze({
    HELD: "slotHeld",
    BOOKED: "slotBooked",
    FREED: "slotFreed",
    FULL: "slotFull",
    PUBLISHED: "slotPublished",
    WITHDRAWN: "slotWithdrawn",
    DAY_CHANGED: "dayChanged",
    RESYNC: "resync",
    OPENINGS_CHANGED: "openingsChanged",
    CAUGHT_UP: "caughtUp",
    LIVE_DOWN: "liveDown",
    LIVE_UP: "liveUp",
    PING: "ping",
  });

  // Events on the document, or on the part they are about.
  window.HAPPENS = Object.freeze({
    BACK_ONLINE: "backonline", // the browser is online again: what failed is worth another try
    CLOCK_SET: "clockset", // the server's time is known better than before
    GO_LIVE: "golive", // the page shows that it is live, which it was not
    LINE_CHANGED: "lineChanged", // how one stands in line has to be asked anew
    TIME_CLOSED: "timeclosed", // the clock has taken a time that was shown
    UNANSWERED: "unanswered", // a form was sent, and no answer came
    UNSENT: "unsent", // a form was not sent: the browser is offline
  });

  const IDS = {
    agenda: "agenda",
    announcement: "live-announcement",
    attendee: "attendee-fields",
    board: "board",
    booking: "booking",
    bookingDeadlines: "booking-deadlines",
    bookingDetails: "booking-details",
    bookingForm: "booking-form",
    bookingList: "booking-list",
    bookingSummary: "book-summary",
    bookingTitle: "booking-title",
    days: "days",
    formLast: "form-last",
    gone: "gone",
    history: "history",
    holdPanel: "hold-panel",
    holdTimer: "hold-timer",
    hours: "hours",
    hoursDone: "hours-done",
    listener: "live",
    mails: "mails",
    monthEarlier: "month-earlier",
    monthLater: "month-later",
    moving: "moving",
    offline: "offline",
    waitlistEntry: "waitlist-entry",
    refusal: "refusal",
    request: "booking-request",
    results: "results",
    ruleForm: "rule-form",
    standing: "standing",
    status: "live-status",
    times: "times",
    waitlist: "waitlist",
    weekHint: "week-hint",
    when: "when",
    window: "window",
    words: "script-words",
    zoneForm: "zone-form",
  };
  // Parts that there are many of, by what each is about.
  const IDS_OF = {
    date: (on) => `date-${on}`,
    dayFree: (on) => `day-${on}-free`,
    error: (field) => `${field}-error`,
    expert: (slug) => `expert-${slug}`,
    field: (name) => name,
    monthFree: (on) => `month-${on}-free`,
    slot: (key) => `slot-${key}`,
  };

  // The key of the time that a button is for, which stands in its name.
  window.keyOf = (button) => button?.name.slice("slot_id.".length);

  window.idOf = (name, about) => (about === undefined ? IDS[name] : IDS_OF[name](about));
  window.part = (name, about) => document.getElementById(idOf(name, about));
})();

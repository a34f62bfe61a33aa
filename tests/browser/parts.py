"""The parts of pages that tests look at, by name: only this file knows how each is found.

What people find by its role and its words, tests find so too (`get_by_role`, `get_by_label`). For
the rest a part has a `data-testid`, or the id or attribute by which scripts find it.
"""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page


@dataclass(frozen=True)
class Parts:
    """The parts of a page, or of a part of it."""

    whole: Page | Locator

    def _at(self, selector: str) -> Locator:
        return self.whole.locator(selector)

    def _test(self, name: str) -> Locator:
        return self.whole.get_by_test_id(name)

    # Everywhere

    @property
    def agree_error(self) -> Locator:
        """That one has to agree to the site's texts first."""
        return self._at("#agree-error")

    @property
    def announcement(self) -> Locator:
        """What screen readers are told of changes."""
        return self._at("#live-announcement")

    @property
    def live_status(self) -> Locator:
        """Whether the page is live."""
        return self._at("#live-status")

    @property
    def listener(self) -> Locator:
        """The connection to a stream."""
        return self._at("[data-stream]")

    @property
    def offline(self) -> Locator:
        """That the browser is offline."""
        return self._at("#offline")

    @property
    def refusal(self) -> Locator:
        """Why a form was refused."""
        return self._at("#refusal")

    @property
    def theme(self) -> Locator:
        """The switch between light and dark."""
        return self._at("#theme-toggle")

    # Finding an expert

    @property
    def query(self) -> Locator:
        """The field for words."""
        return self._at("#q")

    @property
    def count(self) -> Locator:
        """How many experts match."""
        return self._test("count")

    @property
    def loading_results(self) -> Locator:
        """The results while others are asked for."""
        return self._at("#results.htmx-request")

    @property
    def cards(self) -> Locator:
        """The experts that are shown."""
        return self._test("card")

    @property
    def card_names(self) -> Locator:
        """Their names."""
        return self._test("card-name")

    @property
    def card_links(self) -> Locator:
        """The ways to their pages."""
        return self.card_names.get_by_role("link")

    @property
    def categories(self) -> Locator:
        """Their fields."""
        return self._test("category")

    @property
    def card_times(self) -> Locator:
        """Their lists of free times within a window."""
        return self._test("openings")

    @property
    def openings(self) -> Locator:
        """The free times in these lists."""
        return self.card_times.get_by_role("link")

    @property
    def window(self) -> Locator:
        """The window of time that the results are within, in words."""
        return self._at("#window")

    @property
    def window_error(self) -> Locator:
        """What is wrong with the window."""
        return self._at("#to-error")

    # An expert's times

    @property
    def expert_name(self) -> Locator:
        """Whose page it is."""
        return self._test("expert-name")

    @property
    def times(self) -> Locator:
        """The month and the times of a day."""
        return self._at("#times")

    @property
    def loading_times(self) -> Locator:
        """The same while others are asked for."""
        return self._at("#times.htmx-request")

    @property
    def days(self) -> Locator:
        """The list of times."""
        return self._at("#days")

    @property
    def day(self) -> Locator:
        """The day whose times are shown."""
        return self._at("[data-day]")

    @property
    def choice(self) -> Locator:
        """The form by which a time is chosen."""
        return self._at("[data-choose]")

    @property
    def slots(self) -> Locator:
        """The times."""
        return self._at("[data-rev]")

    @property
    def free_slots(self) -> Locator:
        """The times that can be chosen."""
        return self._at("[data-rev][data-status=free]")

    @property
    def closed_slots(self) -> Locator:
        """The times that the page itself has closed."""
        return self._at("[data-rev][data-status=closed]")

    @property
    def dates(self) -> Locator:
        """The days of the month that can be picked."""
        return self._at("[data-date]")

    @property
    def other_dates(self) -> Locator:
        """The same without the day that is picked."""
        return self._at("[data-date]:not([aria-current])")

    @property
    def free_dates(self) -> Locator:
        """Those of them that have free times."""
        some = self.whole.locator("[data-free]:not([data-free='0'])")
        return self.other_dates.filter(has=some)

    @property
    def later_month(self) -> Locator:
        """The way to the next month."""
        return self._at("#month-later")

    @property
    def strip(self) -> Locator:
        """What the month is on a phone: a strip that scrolls sideways."""
        return self._at("[data-dates] tbody")

    @property
    def summary(self) -> Locator:
        """What is about to be chosen."""
        return self._at("#summary")

    @property
    def gone(self) -> Locator:
        """What else there is once a time went."""
        return self._at("#gone")

    @property
    def hold_panel(self) -> Locator:
        """What the viewer holds of the expert."""
        return self._at("#hold-panel")

    @property
    def waitlist(self) -> Locator:
        """The place in line, and the way into it."""
        return self._at("#waitlist")

    @property
    def zone(self) -> Locator:
        """The choice of the zone that times are written in."""
        return self._at("#zone")

    @property
    def zone_button(self) -> Locator:
        """What sends that choice where nothing else does."""
        return self._at("#zone-form button")

    # Booking

    @property
    def hold_timer(self) -> Locator:
        """How the time of the form stands."""
        return self._at("#hold-timer")

    @property
    def hold_words(self) -> Locator:
        """The same in words."""
        return self._at("#hold-timer [data-hold-words]")

    @property
    def time_left(self) -> Locator:
        """How long the hold lasts."""
        return self._at("#hold-timer [data-left]")

    @property
    def warning(self) -> Locator:
        """What screen readers are told before a hold ends."""
        return self._at("#hold-timer [data-warning]")

    @property
    def ending_hold(self) -> Locator:
        """A hold in its last minute."""
        return self._at("#hold-timer[data-ending]")

    @property
    def asking_hold(self) -> Locator:
        """A hold of which the page has yet to learn."""
        return self._at("#hold-timer[data-asking]")

    @property
    def booking_form(self) -> Locator:
        """The form."""
        return self._at("#booking-form")

    @property
    def name(self) -> Locator:
        """The field for the name."""
        return self._at("#name")

    @property
    def email(self) -> Locator:
        """The field for the address."""
        return self._at("#email")

    @property
    def confirm(self) -> Locator:
        """The button that books, or moves."""
        return self._test("confirm")

    @property
    def zone_name(self) -> Locator:
        """The zone in which the time is written."""
        return self._test("zone-name")

    @property
    def alternatives(self) -> Locator:
        """The nearest free times where one is gone."""
        return self._at("#alternatives").get_by_role("button")

    @property
    def overlaps(self) -> Locator:
        """The viewer's own bookings at the same time."""
        return self._at("#overlaps")

    # Bookings and their mail

    @property
    def ticket(self) -> Locator:
        """A booking."""
        return self._test("ticket")

    @property
    def ticket_mark(self) -> Locator:
        """The mark that celebrates a new one."""
        return self._test("ticket-mark")

    @property
    def reference(self) -> Locator:
        """The booking's reference."""
        return self._test("reference")

    @property
    def steps(self) -> Locator:
        """What has become of the booking so far."""
        return self._test("step")

    @property
    def message(self) -> Locator:
        """What the expert wrote when cancelling."""
        return self._test("message")

    @property
    def cancel(self) -> Locator:
        """What asks before it cancels."""
        return self._at("#cancel summary")

    @property
    def offers(self) -> Locator:
        """The times that an attendee is offered in place of another."""
        return self._test("offer")

    @property
    def mails(self) -> Locator:
        """What was mailed about a booking."""
        return self._at("#mails")

    @property
    def kept_mails(self) -> Locator:
        """The mails that lie in the outbox."""
        return self._test("mail-kept")

    @property
    def waiting_mails(self) -> Locator:
        """The mails that are about to."""
        return self._test("mail-waiting")

    @property
    def letters(self) -> Locator:
        """The letters in the outbox."""
        return self._test("letter")

    @property
    def subject(self) -> Locator:
        """What a letter is about."""
        return self._test("subject")

    # The desk

    @property
    def preview(self) -> Locator:
        """What a form would do."""
        return self._at("#preview")

    @property
    def saved(self) -> Locator:
        """What a form has done."""
        return self._at("#hours-done")

    @property
    def state(self) -> Locator:
        """How a session stands."""
        return self._test("state")

    @property
    def tracks(self) -> Locator:
        """The days of the week, each to be drawn on."""
        return self._at("[data-weekday]")

    @property
    def rules(self) -> Locator:
        """The hours of the week."""
        return self._test("rule")

    @property
    def session_minutes(self) -> Locator:
        """The field for the length of a session."""
        return self._at("#limits-session_minutes")

    @property
    def exception_first(self) -> Locator:
        """The field for the first day of an exception."""
        return self._at("#exception-first")

    @property
    def first_steps(self) -> Locator:
        """What an expert whom nobody can book yet has still to do."""
        return self._at("#first-steps section")

    @property
    def moved(self) -> Locator:
        """The sessions that an absence has moved."""
        return self._at("#board-moved")

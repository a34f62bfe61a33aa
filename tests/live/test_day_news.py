"""What is told of days as a whole, when many of them change at once."""

from datetime import datetime, timedelta

from domain.rules.events import SlotEvent
from domain.store.core.database import Database, Key
from tests.live.support import LONDON, TinyRenderer, add_slots
from tests.waiting import until
from web.http import clock
from web.live.day_news import DayNews, Note
from web.live.hub import QUEUE, Hub

DAYS = QUEUE + 10
DAY = timedelta(days=1)


def noon(ahead: int) -> datetime:
    return clock.now().replace(hour=12, minute=0, second=0) + ahead * DAY


async def test_who_takes_a_year_of_days_slowly_is_not_cut_off(database: Database):
    hub, renderer, expert_id = Hub(), TinyRenderer(), Key()
    news = DayNews(hub, database, renderer, clock=clock.now)

    with hub.subscribe(expert_id, LONDON) as slow:
        for ahead in range(DAYS):
            news.note(expert_id, Note(noon(ahead), SlotEvent.PUBLISHED, clock.now()))
        await until(lambda: len(renderer.asked) >= DAYS)
        taken = await slow.take()
        await news.stop()

    assert taken.count(b"event: slotPublished") == DAYS


async def test_each_day_shows_its_own_times(database: Database):
    hub, expert_id = Hub(), Key()
    news = DayNews(hub, database, TinyRenderer(), clock=clock.now)
    slots = [(await add_slots(database, expert_id, starts_at=noon(n)))[0] for n in (2, 3)]

    with hub.subscribe(expert_id, LONDON) as ann:
        for slot in slots:
            news.note(expert_id, Note(slot.starts_at, SlotEvent.PUBLISHED, slot.changed_at))
        taken = (await ann.take()).decode()
        await news.stop()

    for day, slot in zip(taken.split("</section>"), slots, strict=False):
        assert [other for other in slots if str(other.id) in day] == [slot]


async def test_counts_come_also_to_who_has_been_sent_the_lists_already(database: Database):
    hub, expert_id = Hub(), Key()
    news = DayNews(hub, database, TinyRenderer(), clock=clock.now)
    (published,) = await add_slots(database, expert_id, starts_at=noon(2))

    with hub.subscribe(expert_id, LONDON) as ann:
        ann.shown = {str(published.id): published.rev}
        news.note(expert_id, Note(published.starts_at, SlotEvent.PUBLISHED, clock.now()))
        news.note(expert_id, Note(noon(3), SlotEvent.HELD, clock.now()))
        taken = await ann.take()
        await news.stop()

    assert (taken.count(b"slotPublished"), taken.count(b"dayChanged")) == (0, 1)

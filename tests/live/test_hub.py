import asyncio

from bson import ObjectId

from tests.live.support import LONDON, TOKYO
from tests.waiting import PATIENCE_S
from web.live.hub import Hub
from web.live.messages import Message

NEWS = Message(b"news")


async def test_a_message_goes_to_those_alike_and_to_nobody_else():
    hub, expert = Hub(), ObjectId()

    with (
        hub.subscribe(expert, LONDON) as ann,
        hub.subscribe(expert, TOKYO) as kei,
        hub.subscribe(ObjectId(), LONDON) as olga,
    ):
        hub.send(expert, LONDON, NEWS)
        hub.send_all(Message(b"up"))

        assert await ann.take() == b"newsup"
        assert await kei.take() == b"up"
        assert await olga.take() == b"up"


async def test_a_listener_too_far_behind_is_ended_and_its_queue_emptied():
    hub, expert = Hub(queue=3), ObjectId()

    with hub.subscribe(expert, LONDON) as slow, hub.subscribe(expert, LONDON) as quick:
        for _ in range(4):
            hub.send(expert, LONDON, NEWS)
            assert await quick.take() == NEWS.data

        assert await slow.take() == b""


async def test_the_end_lets_listeners_take_what_waits():
    hub, expert = Hub(), ObjectId()

    with hub.subscribe(expert, LONDON) as ann:
        hub.send(expert, LONDON, NEWS)
        hub.end()
        hub.send(expert, LONDON, NEWS)

        assert await ann.take() == NEWS.data
        assert await ann.take() == b""


async def test_who_subscribes_after_the_end_is_ended():
    hub = Hub()
    hub.end()

    with hub.subscribe(ObjectId(), LONDON) as late:
        assert await asyncio.wait_for(late.take(), PATIENCE_S) == b""


async def test_nothing_is_kept_of_listeners_that_left():
    hub, expert = Hub(), ObjectId()

    with hub.subscribe(expert, LONDON):
        with hub.subscribe(expert, LONDON):
            assert (len(hub), hub.nobody.is_set()) == (2, False)
        assert list(hub.audiences(expert)) == [LONDON]

    assert (len(hub), list(hub.experts), hub.nobody.is_set()) == (0, [], True)

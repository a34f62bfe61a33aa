"""Messages: a fragment rendered and encoded once, the same bytes for every listener alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from sse_starlette import ServerSentEvent

from domain.rules.events import SlotEvent
from domain.rules.instants import to_milliseconds
from domain.store.documents import Slot
from web.live.names import Word
from web.live.rendering import Audience, FragmentRenderer

LINE = "\n"
"""One character, so that no chunk can end in the middle of a line's end."""


@dataclass(frozen=True)
class Message:
    """Bytes for the stream, and which states they carry."""

    data: bytes
    revs: Mapping[str, int] = field(default_factory=dict)
    """The `rev` of every slot in it, by key."""

    @cached_property
    def chunk(self) -> bytes:
        """The message as one chunk of a body; an empty one is the last (RFC 9112, section 7.1)."""
        return b"%x\r\n%b\r\n" % (len(self.data), self.data) if self.data else b""

    def is_news_after(self, sent: Mapping[str, int]) -> bool:
        """Say whether the message holds a state that a listener hasn't been sent."""
        if not sent or not self.revs:
            return True
        return any(rev > sent.get(key, 0) for key, rev in self.revs.items())


def encode(event: str, data: str, at: datetime | None = None) -> bytes:
    """Encode one message; its id is the instant, in milliseconds, up to which all has been sent."""
    event_id = None if at is None else str(to_milliseconds(at))
    return ServerSentEvent(data, event=event, id=event_id, sep=LINE).encode()


OPENINGS_CHANGED = Message(encode(Word.OPENINGS_CHANGED, "look again"))


def caught_up(at: datetime) -> Message:
    """Tell a listener that it has been sent every change up to an instant.

    A stream begins with it where nothing was missed: until something comes, a proxy that compresses
    keeps the answer's head back.
    """
    return Message(encode(Word.CAUGHT_UP, "", at))


def live_up(at: datetime) -> Message:
    """Tell listeners that changes arrive again; those up to an instant have been sent."""
    return Message(encode(Word.LIVE_UP, "live", at))


def live_down(at: datetime) -> Message:
    """Tell listeners that no changes arrive; those up to an instant have been sent."""
    return Message(encode(Word.LIVE_DOWN, "reconnecting", at))


def ping(at: datetime | None) -> bytes:
    """Encode a ping, which scripts can see: so a page notices a connection that fell silent."""
    return encode(Word.PING, "", at)


def _revs(slots: Iterable[Slot]) -> dict[str, int]:
    return {str(slot.id): slot.rev for slot in slots}


def join(messages: Iterable[Message]) -> Message:
    """Make one message of several."""
    messages = list(messages)
    revs: dict[str, int] = {}
    for message in messages:
        for key, rev in message.revs.items():
            revs[key] = max(rev, revs.get(key, 0))
    return Message(b"".join(message.data for message in messages), revs)


class Press:
    """Makes messages for one kind of audience, as of one instant."""

    def __init__(self, renderer: FragmentRenderer, audience: Audience, now: datetime) -> None:
        self._renderer = renderer
        self._zone = audience.zone
        self._language = audience.language
        self._now = now

    def slot(self, event: SlotEvent, slot: Slot, at: datetime) -> Message:
        """Tell what happened to one slot, and show it."""
        html = self._render(self._renderer.slot, slot)
        return Message(encode(event.value, html, at), _revs([slot]))

    def day(
        self, events: Iterable[SlotEvent], on: date, slots: Sequence[Slot], at: datetime
    ) -> Message:
        """Tell what happened to the list of a day, and show the day."""
        html = self._render(self._renderer.day, on, slots)
        data = b"".join(encode(event.value, html, at) for event in sorted(events))
        return Message(data, _revs(slots))

    def day_count(self, on: date, slots: Sequence[Slot], at: datetime) -> Message:
        """Tell how many of a day's times are free."""
        return Message(
            encode(Word.DAY_CHANGED, self._render(self._renderer.day_count, on, slots), at)
        )

    def resync(self, slots: Sequence[Slot], at: datetime) -> Message:
        """Show the whole list to a listener whose position was of no use."""
        return Message(
            encode(Word.RESYNC, self._render(self._renderer.times, slots), at), _revs(slots)
        )

    def _render(self, template: Callable[..., str], *content: object) -> str:
        return template(*content, zone=self._zone, language=self._language, now=self._now)

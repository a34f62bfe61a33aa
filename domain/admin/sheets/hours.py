"""Hours in one cell: a line for each weekly rule or exception, as people can read and type it.

`mon 09:00-12:00`, `thu 13:00-17:00 every second week from 2027-01-07`,
`2027-12-24/2027-12-31 closed`, `2027-05-03 instead 10:00-12:00`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from domain.desk.working_hours.changes import (
    Change,
    add_exception,
    add_rule,
    content_of,
    with_hours,
)
from domain.desk.working_hours.forms import ExceptionForm, RuleForm
from domain.rules.absences import EXCEPTION_PREFIX
from domain.rules.errors import Code, Refusal, Sentence
from domain.store.documents import Expert
from domain.store.documents.hours import KeptException, KeptRule

Kept = TypeVar("Kept", KeptRule, KeptException)

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SECOND = "every second week"
_STRETCH = r"(?P<opens>[0-9:]+) ?- ?(?P<closes>[0-9:]+)"
_RULE = re.compile(rf"(?P<day>\w+) {_STRETCH}(?P<second> {_SECOND})?( from (?P<since>[0-9-]+))?")
_EXCEPTION = re.compile(
    rf"(?P<first>[0-9-]+)( ?/ ?(?P<last>[0-9-]+))? (?P<kind>[a-z]+)( {_STRETCH})?"
)


class BadHours(Refusal):
    """FORM_INVALID for a column of hours, with the line that can't be used."""

    def __init__(self, column: str, line: str, why: Refusal) -> None:
        super().__init__(Code.FORM_INVALID, fields={column: next(iter(why.fields.values()))})
        self.line = line


def rules_text(expert: Expert) -> str:
    """Return an expert's weekly hours."""
    return "\n".join(_rule_text(rule) for rule in expert.hours.rules)


def _rule_text(rule: KeptRule) -> str:
    text = f"{_DAYS[rule.weekday]} {rule.opens}-{rule.closes}"
    second = f" {_SECOND}" if rule.every > 1 else ""
    since = f" from {rule.since}" if rule.since else ""
    return f"{text}{second}{since}"


def exceptions_text(expert: Expert) -> str:
    """Return an expert's exceptions, but for those of absences."""
    own = [one for one in expert.hours.exceptions if not _is_of_absence(one)]
    return "\n".join(_exception_text(one) for one in own)


def _exception_text(one: KeptException) -> str:
    days = one.first_on if one.first_on == one.last_on else f"{one.first_on}/{one.last_on}"
    hours = f" {one.opens}-{one.closes}" if one.opens else ""
    return f"{days} {one.kind.value}{hours}"


def _is_of_absence(one: KeptException) -> bool:
    return one.key.startswith(EXCEPTION_PREFIX)


def with_rules(expert: Expert, text: str) -> Expert:
    """Return an expert with these weekly hours instead.

    Raises:
        BadHours: In the column `hours`.
    """
    changed = with_hours(expert, has_hours=True, rules=[])
    for line in _lines(text):
        changed = _done("hours", line, _rule_in, changed)
    return with_hours(changed, rules=_as_kept(changed.hours.rules, expert.hours.rules))


def with_exceptions(expert: Expert, text: str) -> Expert:
    """Return an expert with these exceptions instead; those of absences stay.

    Raises:
        BadHours: In the column `exceptions`.
    """
    stays = [one for one in expert.hours.exceptions if _is_of_absence(one)]
    changed = with_hours(expert, has_hours=True, exceptions=stays)
    for line in _lines(text):
        changed = _done("exceptions", line, _exception_in, changed)
    kept = _as_kept(changed.hours.exceptions, expert.hours.exceptions)
    return with_hours(changed, exceptions=kept)


def _lines(text: str) -> Iterator[str]:
    """Yield what stands on lines of their own, or behind semicolons."""
    for line in re.split("[\n;]", text.lower()):
        if words := " ".join(line.split()):
            yield words


def _done(column: str, line: str, read: Callable[[str], Change], expert: Expert) -> Expert:
    try:
        return read(line)(expert)
    except Refusal as refusal:
        raise BadHours(column, line, refusal) from refusal


def _rule_in(line: str) -> Change:
    found = _RULE.fullmatch(line)
    if found is None or found["day"] not in _DAYS:
        said = Sentence("Write hours like this: mon 09:00-12:00.")
        raise Refusal(Code.FORM_INVALID, fields={"weekday": said})
    typed = {
        "weekday": str(_DAYS.index(found["day"])),
        "opens": found["opens"],
        "closes": found["closes"],
        "every": "2" if found["second"] else "1",
        "from": found["since"] or "",
    }
    return add_rule(RuleForm.read(typed))


def _exception_in(line: str) -> Change:
    found = _EXCEPTION.fullmatch(line)
    if found is None:
        said = Sentence("Write exceptions like this: 2027-12-24/2027-12-31 closed.")
        raise Refusal(Code.FORM_INVALID, fields={"first": said})
    typed = {name: text or "" for name, text in found.groupdict().items()}
    return add_exception(ExceptionForm.read(typed))


def _as_kept(new: Sequence[Kept], former: Sequence[Kept]) -> list[Kept]:
    """Return hours with the keys that they have already, where they stay as they are."""
    known = {content_of(one): one for one in former}
    return [known.get(content_of(one), one) for one in new]

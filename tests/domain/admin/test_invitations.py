"""Invitations: from a pasted list to experts at their desks, who then wait for approval."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.account import sign_in
from domain.admin import invitations, listing
from domain.admin.invitations import LINK_LIFETIME
from domain.admin.invitees import MOST_AT_ONCE, LinesRefused, read_people
from domain.desk import applications, desks
from domain.desk.applications import UNANSWERED_FOR, ApplicationForm
from domain.desk.newcomers import Beginnings
from domain.rules.errors import Code, Refusal
from domain.rules.log import OPERATOR, Action
from domain.rules.notices import Kind
from domain.rules.request_limits import Asker
from domain.store.core.database import Database
from domain.store.documents import Expert, SignInLink
from domain.store.documents.log import LogEntry
from domain.store.documents.mails import Mail
from domain.store.documents.profiles import ExpertStatus
from tests.domain.support import DAY, MS, refused
from tests.factories import make_expert

ADA = "Ada Ames <Ada@Example.org>"
ADDRESS = "ada@example.org"
MINUTE = timedelta(minutes=1)


async def invite(database: Database, now: datetime, people: str = ADA) -> int:
    begins = Beginnings("Europe/Berlin", "de")
    return await invitations.invite(
        database, read_people(people), "Legal", begins, by=OPERATOR, now=now
    )


async def all_of(database: Database, model: type[Any], **query: object) -> list[Any]:
    return await database.engine.find(model, query)


async def link(database: Database) -> SignInLink:
    """The one link that there is."""
    (found,) = await all_of(database, SignInLink)
    assert isinstance(found, SignInLink)
    return found


def bad_lines(people: str) -> list[tuple[int, str, str]]:
    with pytest.raises(LinesRefused) as caught:
        read_people(people)
    return [(line.number, line.text, str(line.said)) for line in caught.value.lines]


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [
        (ADA, "Ada Ames", "Ada@example.org"),
        ('"Ames, Ada" <ada@example.org>,', "Ames, Ada", "ada@example.org"),
        ("<ada@example.org>;", "Ada", "ada@example.org"),
        ("  ada.van-ames@example.org", "Ada Van Ames", "ada.van-ames@example.org"),
    ],
)
def test_a_line_names_somebody_by_name_and_address_or_by_address_alone(line, name, email):
    (invitee,) = read_people(f"\n\n{line}\r\n")

    assert (invitee.name, invitee.email, invitee.line) == (name, email, 3)


def test_each_line_that_cannot_be_used_is_named_with_the_reason():
    assert bad_lines(f"{ADA}\n\nBea\nada@example.org\nCid <cid@>") == [
        (3, "Bea", "Enter an e-mail address like ann@example.org."),
        (4, "ada@example.org", "This address is on the list twice."),
        (5, "Cid <cid@>", "Enter an e-mail address like ann@example.org."),
    ]


@pytest.mark.parametrize("count", [0, MOST_AT_ONCE + 1])
def test_a_list_names_somebody_and_not_too_many(count: int):
    with pytest.raises(Refusal) as caught:
        read_people("\n".join(f"ann{number}@example.org" for number in range(count)))

    assert list(caught.value.fields) == ["people"]


async def test_who_is_invited_comes_to_a_desk_and_waits_for_approval(database: Database, now):
    assert await invite(database, now) == 1
    sent = await link(database)
    assert await desks.experts_at(database, {ADDRESS: now}) == []

    spent = await sign_in.spend_link(database, sent.key, "ada", now=now + 13 * DAY)
    await applications.follow(database, spent, now=now)

    (expert,) = await desks.experts_at(database, {ADDRESS: now})
    assert (expert.name, expert.slug, expert.category) == ("Ada Ames", "ada-ames", "Legal")
    assert (expert.status, expert.languages) == (ExpertStatus.PENDING, ["de"])
    assert await listing.approve(database, "ada-ames", by=OPERATOR, now=now, anyway=True)
    (mail,) = await all_of(database, Mail, kind=Kind.INVITATION.value)
    assert mail.expert_id == expert.id
    (entry,) = await all_of(database, LogEntry, action=Action.EXPERT_INVITED.value)
    assert entry.subject_key == str(expert.id)


async def test_inviting_again_sends_another_link_and_the_former_no_longer_counts(database, now):
    await invite(database, now)
    former = await link(database)

    assert await invite(database, now + MINUTE, "Ada Baker <ada@example.org>") == 1

    assert (await link(database)).key != former.key
    (invited,) = await all_of(database, Expert)
    assert invited.name == "Ada Baker"
    assert await all_of(database, Mail, expert_id=invited.id, kind=Kind.INVITATION.value) != []


async def test_a_form_that_arrives_twice_invites_once(database: Database, now):
    assert await invite(database, now) == 1
    assert await invite(database, now + MS) == 0
    assert len(await all_of(database, Mail)) == 1


async def test_nobody_is_invited_as_long_as_one_of_them_is_an_expert(database: Database, now):
    await make_expert(database, name="Bea Byrd", email="bea@example.org")

    with pytest.raises(LinesRefused) as caught:
        await invite(database, now, f"{ADA}\n\nBEA@example.org")

    ((number, _, said),) = caught.value.lines
    assert (number, str(said)) == (3, "Bea Byrd is an expert already.")
    assert await all_of(database, SignInLink) == []


async def test_an_application_by_another_hand_takes_no_invitation_away(database: Database, now):
    """Anybody can apply with an address that is not theirs."""
    await invite(database, now)
    sent = await link(database)
    form = ApplicationForm.read({"name": "Eve", "email": ADDRESS, "category": "Legal"})
    await applications.apply(
        database, form, Asker("there"), zone="UTC", language="en", now=now + MINUTE
    )

    await applications.follow(database, sent, now=now)

    assert [one.name for one in await desks.experts_at(database, {ADDRESS: now})] == ["Ada Ames"]


async def test_a_link_counts_for_two_weeks_and_an_invitation_is_forgotten_later(database, now):
    await invite(database, now)
    sent = await link(database)
    late = sign_in.look_at_link(database, sent.key, now=now + LINK_LIFETIME)
    assert await refused(late) is Code.LINK_SPENT

    assert await applications.forget_unproven(database, now=now + UNANSWERED_FOR) == 0
    assert await applications.forget_unproven(database, now=now + UNANSWERED_FOR + MS) == 1
    assert await all_of(database, Expert) == []

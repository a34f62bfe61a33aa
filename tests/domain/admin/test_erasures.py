"""Who was erased after a backup was made stays erased when it is restored."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain.account import personal_data
from domain.admin import removal
from domain.admin.erasures import erase_again
from domain.booking import cancelling
from domain.rules.instants import EPOCH
from domain.rules.log import OPERATOR
from domain.rules.notices import Kind
from domain.store import erasures, sign_outs
from domain.store.audit import audit
from domain.store.backup.erasures import append_erasures, read_erasures
from domain.store.backup.files import FileUnusable
from domain.store.core.database import Database, Key, connect
from domain.store.documents import Booking, BookingStatus, Expert
from domain.store.documents.erasures import ErasedDocument, ErasedFrom
from domain.store.documents.mails import Mail, MailState
from domain.store.documents.profiles import ExpertStatus
from tests.backups import backed_up, restore
from tests.domain.account.test_personal_data import ADDRESS, everything, settle_mail
from tests.domain.support import ANN, DAY, book
from tests.factories import make_expert, make_slot, make_wait

BEN = "ben@elsewhere.example"


async def test_who_was_erased_since_a_backup_is_erased_again(
    database: Database, database_uri: str, empty_uri: str, now: datetime, tmp_path: Path
):
    soon, later, bens = [await make_slot(database, starts_at=now + n * DAY) for n in (1, 9, 1)]
    past = await book(database, soon, now=now)
    cancelled = await book(database, later, now=now)
    stays = await book(database, bens, "ben", email=BEN, now=now)
    await make_wait(database, await make_expert(database), starts_at=now + 5 * DAY, address=ADDRESS)
    await _letter_about_no_booking(database, now)
    await settle_mail(database)
    for address in (ADDRESS, BEN):
        await sign_outs.note(database, address, now=now, until=now + DAY)
    backed_up(database_uri, tmp_path / "backup.zip")
    await cancelling.cancel(database, cancelled.reference, ANN, now=now)
    await settle_mail(database)
    over = past.ends_at
    await personal_data.erase(database, {ADDRESS}, now=over)
    erased = await erasures.since(database, EPOCH)
    append_erasures(tmp_path / "erasures", erased)

    restore(tmp_path / "backup.zip", empty_uri)
    restored = connect(empty_uri)
    named_again = await everything(restored)
    await erase_again(restored, read_erasures(tmp_path / "erasures"), now=over)

    assert ADDRESS in named_again
    assert ADDRESS not in await everything(restored)
    assert BEN in await everything(restored)
    assert [one.address for one in await sign_outs.everyones(restored)] == [BEN]
    assert await audit(restored) == []
    kept = {one.id: one for one in await restored.engine.find(Booking)}
    assert kept[past.id].status is BookingStatus.CONFIRMED
    assert kept[cancelled.id].status is BookingStatus.CANCELLED
    assert {kept[one.id].erased_at for one in (past, cancelled)} == {over}
    assert kept[stays.id] == await database.engine.find_one(Booking, {"_id": stays.id})
    assert {one.of for one in erased} == {*ErasedFrom} - {ErasedFrom.EXPERT}
    remembered = await erasures.since(restored, EPOCH)
    assert {one.id for one in remembered} == {one.id for one in erased}
    await restored.close()


async def test_an_expert_who_was_removed_since_a_backup_is_removed_again(
    database: Database, database_uri: str, empty_uri: str, now: datetime, tmp_path: Path
):
    ada = await make_expert(database, name="Ada Ames")
    backed_up(database_uri, tmp_path / "backup.zip")
    await removal.remove(database, ada, message="", by=OPERATOR, now=now)

    restore(tmp_path / "backup.zip", empty_uri)
    restored = connect(empty_uri)
    await erase_again(restored, await erasures.since(database, EPOCH), now=now)

    found = await restored.engine.find_one(Expert, {"_id": ada.id})
    assert found is not None
    assert (found.status, found.name) == (ExpertStatus.REMOVED, "erased")
    assert await audit(restored) == []
    await restored.close()


async def _letter_about_no_booking(database: Database, now: datetime) -> None:
    due: dict[str, Any] = dict.fromkeys(("created_at", "due_at", "kept_until"), now)
    letter = Mail(key="letter", kind=Kind.SIGN_IN, to=ADDRESS, state=MailState.KEPT, **due)
    await database.engine.save(letter)


def an_erasure(now: datetime) -> ErasedDocument:
    return ErasedDocument(id=Key(), of=ErasedFrom.BOOKING, at=now)


def test_a_list_of_erasures_grows_and_names_nothing_twice(now: datetime, tmp_path: Path):
    path = tmp_path / "erasures"
    first, second = an_erasure(now), an_erasure(now + DAY)

    counts = [append_erasures(path, some) for some in ([first], [first, second], [first, second])]

    assert counts == [1, 1, 0]
    assert read_erasures(path) == [first, second]
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_left_of_a_line_that_was_being_written_is_no_line(now: datetime, tmp_path: Path):
    path = tmp_path / "erasures"
    first, second = an_erasure(now), an_erasure(now)
    append_erasures(path, [first, second])
    path.write_bytes(path.read_bytes()[:-9])

    assert read_erasures(path) == [first]
    assert append_erasures(path, [first, second]) == 1
    assert read_erasures(path) == [first, second]


@pytest.mark.parametrize("line", ["anything", "2031-07-08T00:00:00+00:00 booking x", "a b c d"])
def test_another_file_is_no_list_of_erasures_and_is_left_alone(tmp_path: Path, line: str):
    path = tmp_path / "letter"
    path.write_text(f"{line}\n")

    with pytest.raises(FileUnusable, match="is no list of erasures: see line 1"):
        append_erasures(path, [])

    assert path.read_text() == f"{line}\n"

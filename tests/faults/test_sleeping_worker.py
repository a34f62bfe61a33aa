"""A worker that is stopped in the middle of claims changes nothing any more when it wakes."""

from contextlib import nullcontext

import pytest

from tests.faults.asleep import ASLEEP_S, play_asleep
from tests.faults.play import LONG_MAIL_S, MAIL_S
from tests.faults.scene import SHORT
from tests.faults.site import Site
from tests.faults.stopped import short_transactions
from tests.soak import LONG, drawn, sampled

pytestmark = sampled


@pytest.mark.timeout(drawn(400, 600))
async def test_a_worker_that_slept_through_its_claims_takes_nobodys_time(place: Site):
    with nullcontext() if LONG else short_transactions(place.set):
        found, verdict = await play_asleep(
            place,
            size=SHORT,
            seconds=ASLEEP_S if LONG else 0,
            mail_patience_s=LONG_MAIL_S if LONG else MAIL_S,
        )

    assert verdict.wrong == {}
    assert found.claims.acknowledged

"""The database fails in every way in which a replica set does, and nothing of it is lost."""

import pytest

from tests.faults.breaks import KILLED, LAGGING, LOST, SILENT, STEPS_DOWN, Fault
from tests.faults.play import play_long, play_short
from tests.faults.site import Site
from tests.soak import LONG, drawn, sampled

pytestmark = sampled

FAULTS = [KILLED, SILENT, LOST, *([STEPS_DOWN, LAGGING] if LONG else [])]
"""A step-down and a majority that lags are the long form's: all but how they begin is the same."""


@pytest.mark.timeout(drawn(400, 600))
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_nothing_is_lost_nobody_is_misled_and_all_works_again(place: Site, fault: Fault):
    found, verdict = await (play_long if LONG else play_short)(place, fault)

    assert verdict.wrong == {}
    assert found.claims.acknowledged

"""Promises about lateness: an essay is never late by a day on which its unit still owes one."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import EssaySubmitted, ObligationFulfilled
from tests.scoring.campaign import sample_snapshot
from tests.scoring.in_memory import InMemory
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.submissions.test_board import MOVES, WAIVERS, move, waiver
from tests.support.announcing import announcement

PROMISED = """
  - id: E1
    title: {vi: "Gửi bài dự thi", en: "Send an essay"}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - id: E1
        by: essay-submitted
        counted_by: received
        due: {date: 2020-04-30, included: true}
"""


def with_essays(text: str) -> str:
    """The plan of 2020 as a contest until 30 April, which every department and district joins."""
    ends = "    ends: {date: 2020-06-11"
    assert ends in text
    text = text.replace(ends, "    ends: {date: 2020-04-30")
    return text.rstrip() + "\n" + PROMISED.strip("\n") + "\n"


@pytest.fixture
async def contest(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """One replica with that plan, on 1 May: the day after the last one."""
    async with running_replica(
        settings_of(dsn, issuer), issuer, announcement(edit=with_essays)
    ) as one:
        yield one


async def points_in_time(one: Replica, unit: str) -> Any:
    """How many essays of the unit scoring counts as in time."""
    counted = InMemory(sample_snapshot().rules, {})
    counted.take(await one.events())
    assert counted.truth(unit) == counted.tallies[unit]
    return counted.tallies[unit].get("essays_on_time", 0)


async def test_an_essay_in_time_by_the_moved_obligation_is_in_time_for_its_points_too(
    contest: Replica,
) -> None:
    late = await contest.taken("/essays", essay())
    assert (late["last_day"], late["days_late"]) == ("2020-04-30", 1)
    assert await points_in_time(contest, "SNV") == 0
    taken = await contest.taken(MOVES, move("E1", "2020-05-15", included=True), role="board")
    assert taken["essays_reassessed"] == 1
    fulfilled = [f for f in await contest.facts(ObligationFulfilled) if f.obligation == "E1"]
    assert fulfilled[-1].days_late == 0
    newest = (await contest.facts(EssaySubmitted))[-1]
    assert (newest.late, newest.days_late, newest.version) == (False, 0, 2)
    assert await points_in_time(contest, "SNV") == 1


async def test_of_several_essay_obligations_the_latest_day_counts_and_no_move_makes_one_late(
    contest: Replica,
) -> None:
    await contest.at("2020-06-18")
    taken = await contest.taken("/essays", essay())  # first essays (D5) until 19 June
    assert (taken["last_day"], taken["days_late"]) == ("2020-06-19", 0)
    await contest.taken(MOVES, move("E1", "2020-07-15", included=True), role="board")
    await contest.at("2020-07-01")
    taken = await contest.taken("/essays", essay())
    assert (taken["last_day"], taken["days_late"]) == ("2020-07-15", 0)
    moved = await contest.taken(MOVES, move("D5", "2020-06-25", included=True), role="board")
    assert moved["essays_reassessed"] == 0
    back = await contest.taken(MOVES, move("E1", "2020-07-01", included=True), role="board")
    assert back["essays_reassessed"] == 0
    newest = {fact.essay_id: fact.days_late for fact in await contest.facts(EssaySubmitted)}
    assert set(newest.values()) == {0}


async def test_who_is_released_from_sending_an_essay_has_its_day_too(contest: Replica) -> None:
    await contest.taken(WAIVERS, waiver("E1"), role="board")
    await contest.taken(MOVES, move("E1", "2020-05-15", included=True), role="board")
    taken = await contest.taken("/essays", essay())
    assert (taken["last_day"], taken["days_late"]) == ("2020-05-15", 0)

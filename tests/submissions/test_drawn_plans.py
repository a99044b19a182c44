"""Promises about any plan and any acts under it, in any order, through HTTP and PostgreSQL: what
the services keep step by step is what the oracle finds of all acts at once."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import date
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from infra.local.issuer import Issuer
from services.contracts.envelope import Event
from services.contracts.events import DeadlineApproaching, DeadlineMissed, ObligationFact
from tests.submissions.drawn.oracle import State
from tests.submissions.drawn.plans import LASTS, UNITS, Drawn, drawn_plan
from tests.submissions.drawn.played import Played, announced_plan
from tests.submissions.drawn.points import digest_as_found, digest_as_published, rules_of
from tests.submissions.replica import Replica, running_replica, settings_of


@pytest.fixture
async def blank(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """One replica, to which nothing was announced."""
    async with running_replica(settings_of(dsn, issuer), issuer) as one:
        yield one


async def states(played: Played) -> dict[tuple[str, str], State]:
    """As the service answers; the last days are those of the oracle."""
    found, owed = {}, {one["id"]: one for one in played.oracle.obligations}
    for unit in UNITS:
        answer = await played.replica.read("/obligations", {"unit": unit})
        for each in answer.raise_for_status().json()["obligations"]:
            planned = owed[each["obligation"]]
            assert each["last_days"] == played.oracle.last_days(unit, planned), each
            counted = each["counted_day"]
            state = State(each["status"])
            if each["status"] == "fulfilled":
                day = date.fromisoformat(counted)
                state = State(each["status"], day, each["days_late"])
            found[unit, each["obligation"]] = state
    return found


def truth(played: Played) -> dict[tuple[str, str], State]:
    """As the oracle finds it."""
    return {
        (unit, each["id"]): played.oracle.state(unit, each)
        for unit in UNITS
        for each in played.oracle.owed_by(unit)
    }


drawing = settings(
    max_examples=4,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a seed does not shrink
    suppress_health_check=list(HealthCheck),
)
seeds = st.integers(0, 2**32)


@drawing
@given(seeds.map(drawn_plan))
async def test_any_plan_and_acts_in_any_order_give_what_all_of_them_give_at_once(
    blank: Replica, drawn: Drawn
) -> None:
    await holds(blank, drawn)


@drawing
@given(seeds.map(partial(drawn_plan, after=True)))
async def test_a_day_after_what_a_unit_does_is_known_exactly_while_that_is_done(
    blank: Replica, drawn: Drawn
) -> None:
    await holds(blank, drawn)


async def holds(blank: Replica, drawn: Drawn) -> None:
    """What is stored and published is the truth, and each miss was right when it came."""
    played = await announced_plan(blank, drawn)
    missed = Counter[tuple[str, str, int]]()
    published: list[Event] = []
    for minute, act in enumerate(drawn.acts):
        await played.at(act.day, minute)
        await played.do(act)
        published += await looked_at(played, missed)
        if act.verb == "tick":
            assert await states(played) == truth(played)
    await played.at(LASTS + 1, 0)
    await played.tick()
    published += await looked_at(played, missed)
    found = truth(played)
    assert await states(played) == found
    assert set(missed.values()) <= {1}, "exactly one a version"
    for versions in versions_of(published).values():
        assert versions == list(range(2, len(versions) + 2))
    if not played.oracle.released_and_not_owed(found):
        rules = rules_of([each["id"] for each in played.oracle.obligations])
        digest = digest_as_published(published, rules, seed=len(published))
        assert digest == digest_as_found(played.oracle, found, rules)


def versions_of(published: list[Event]) -> dict[str, list[int]]:
    """Of each obligation of each unit, in the order in which they were published."""
    found = defaultdict[str, list[int]](list)
    for event in published:
        fact = event.data
        if isinstance(fact, ObligationFact) and not isinstance(fact, DeadlineApproaching):
            found[fact.status_of].append(fact.version)
    return found


async def looked_at(played: Played, missed: Counter[tuple[str, str, int]]) -> list[Event]:
    """What was published since the last look; each miss of it is right today."""
    events = await played.events()
    for event in events:
        fact = event.data
        if isinstance(fact, DeadlineMissed):
            planned = next(one for one in played.oracle.obligations if one["id"] == fact.obligation)
            ends = played.oracle.reporting_ends(fact.unit, planned)
            assert (ends or date.max) < played.oracle.today, "before its day"
            assert played.oracle.state(fact.unit, planned).status != "waived"
            missed[fact.unit, fact.obligation, fact.deadline_version] += 1
    return events

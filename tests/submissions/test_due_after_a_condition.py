"""Promises about last days that come after what the unit does, of what is owed on a condition: none
is over before it is known whether it is owed."""

from collections.abc import AsyncIterator

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import DeadlineMissed
from tests.submissions.awaiting import CONTEST, held, moves
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.submissions.test_conditions import MEASURES
from tests.support.announcing import announcement

EXPLAIN = """
  - id: F1
    title: {vi: "Giải trình", en: "Explain"}
    source: Văn bản mô phỏng
    levels: [upper]
    only_if: {on: 2020-08-01, when: {measure: essays, is: "0"}}
    options:
      - {id: F1, by: contest-reported, counted_by: received, due: {days: 5, after: D2}}
"""


def explaining(plan: str) -> str:
    """The plan of 2020: who has no essay by August explains, some days after its conference."""
    measures = MEASURES.replace("obligation: E0", "obligation: D7").rstrip()
    plan = plan.replace("\ntimezone:", f"{measures}\ntimezone:")
    plan = plan[: plan.index("  - id: D6\n")] + plan[plan.index("  - id: D7\n") :]
    return plan.rstrip() + EXPLAIN


@pytest.fixture
async def one(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    announced = announcement(edit=explaining, rules=False)
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as replica:
        yield replica


async def missed(one: Replica) -> list[tuple[str, str]]:
    """By whom, and the last day."""
    facts = await one.facts(DeadlineMissed)
    return [(fact.unit, str(fact.last_day)) for fact in facts if fact.obligation == "F1"]


async def test_an_early_conference_makes_nobody_late_for_what_was_not_known_to_be_owed(
    one: Replica,
) -> None:
    await one.taken("/essays", essay("STP"))
    await one.at("2020-06-12")
    await one.taken("/conference-reports", held("2020-06-10"))
    await one.taken("/conference-reports", held("2020-06-10", "STP"))
    assert (await one.owed("SNV", "F1"))["last_days"] == {"F1": "2020-08-06"}
    assert await moves(one, "SNV", "F1") == [("9999-12-31", "2020-08-06", "2020-06-10")]
    await one.at("2020-08-06 23:59:59")
    await one.fire()
    assert (await one.owed("SNV", "F1"))["status"] == "open"
    assert await missed(one) == []
    await one.at("2020-08-07 00:00:00")
    await one.fire()
    assert await missed(one) == [("SNV", "2020-08-06")]
    await one.taken("/contest-reports", CONTEST)
    assert (await one.owed("SNV", "F1"))["days_late"] == 1


async def test_a_later_conference_counts_from_its_own_day(one: Replica) -> None:
    await one.at("2020-08-12")
    await one.fire()
    await one.taken("/conference-reports", held("2020-08-10"))
    assert (await one.owed("SNV", "F1"))["last_days"] == {"F1": "2020-08-15"}

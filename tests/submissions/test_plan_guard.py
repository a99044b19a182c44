"""Promise: a campaign that is announced over rows of a season must ask what they say; another plan
is refused with all reasons, and changes nothing.

So it is once for a database from before campaigns were announced.
"""

from datetime import date
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.deadlines import Deadline
from services.contracts.campaign.obligation_plan import ObligationPlan, OnlyIf
from services.contracts.campaign.plan import Plan
from tests.submissions.replica import Replica, announced, running_replica, settings_of
from tests.submissions.test_campaigns import announcement_of


def edited(campaign: Campaign, planned: ObligationPlan) -> Campaign:
    """The campaign with another plan for that obligation."""
    plans = tuple(planned if each.id == planned.id else each for each in campaign.plan.obligations)
    plan = campaign.plan.model_copy(update={"obligations": plans})
    return Campaign(plan, campaign.units)


def with_grace(planned: ObligationPlan, option_id: str, days: int) -> ObligationPlan:
    """The obligation with another grace for reporting on one option."""
    options = tuple(
        option.model_copy(update={"reporting_grace_days": days})
        if option.id == option_id
        else option
        for option in planned.options
    )
    return planned.model_copy(update={"options": options})


def with_condition(planned: ObligationPlan, day: str | None) -> ObligationPlan:
    """The obligation with another `only_if`, or without one."""
    only_if = OnlyIf(no_essays_by=date.fromisoformat(day)) if day else None
    return planned.model_copy(update={"only_if": only_if})


def with_deadline(plan: Plan, option: str, day: str) -> Plan:
    """The plan with another day for that option."""
    edited = Deadline(date=date.fromisoformat(day), included=False)
    return plan.with_deadlines({option: edited})


async def forget_announcements(replica: Replica) -> None:
    """As a database of a season that began before campaigns were announced."""
    async with replica.chassis.database.transaction() as tx:
        await tx.execute("DELETE FROM campaign_versions")
        await tx.execute("DELETE FROM campaigns")
    replica.campaigns.stale(replica.campaign)


async def refusal(dsn: str, issuer: Issuer, campaign: Campaign, other: Campaign) -> str:
    """How the other plan is refused over the rows of the first one."""
    settings = settings_of(dsn, issuer)
    async with running_replica(settings, issuer, announced(campaign)) as replica:
        await forget_announcements(replica)
        body = announcement_of(announced(other))
        problem = await replica.refused(422, "/v1/campaigns", body, role="board")
        assert {fault["rule"] for fault in problem["faults"]} == {"campaigns.same-plan"}
        assert {fault["pointer"] for fault in problem["faults"]} == {"/files/plan.yaml"}
        return " ".join(fault["en"] for fault in problem["faults"])


async def test_a_season_is_announced_again_over_its_rows_and_goes_on(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    settings = settings_of(dsn, issuer)
    async with running_replica(settings, issuer, announced(campaign)) as replica:
        document: dict[str, Any] = {"document": "Thông báo mẫu 01", "reason": "Gia hạn"}
        body = {"option": "D6", "date": "2020-07-15", "included": False, **document}
        await replica.taken("/deadline-moves", body, role="board")
        before = await replica.rows()
        await forget_announcements(replica)
        assert (await replica.read("/obligations", {"unit": "SNV"})).status_code == 404
        await replica.at("2020-06-30")
        assert await replica.fire() == [], "it waits for its plan"
        again = announcement_of(announced(campaign))
        accepted = await replica.taken("/v1/campaigns", again, role="board")
        assert accepted["owed"] == 0
        after = await replica.rows()
        assert {name for name in before if before[name] != after[name]} <= {
            "event_log", "outbox", "idempotency_keys", "simulated_clock",
        }  # fmt: skip
        assert (await replica.owed("SNV", "D6"))["last_days"] == {"D6": "2020-07-14"}
        assert await replica.fire() != []


async def test_another_grace_is_refused_by_name(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    planned = with_grace(campaign.plan.obligation("D7"), "D7", 10)
    message = await refusal(dsn, issuer, campaign, edited(campaign, planned))
    assert "(D7) has 3 days for reporting, by the file 10 days" in message
    assert "D2" not in message


@pytest.mark.parametrize(
    ("day", "now"),
    [
        ("2020-06-08", "by the file if no essay came by the end of 8 June 2020"),
        (None, "by the file without a condition"),
    ],
)
async def test_another_condition_is_refused_by_name(
    dsn: str, issuer: Issuer, campaign: Campaign, day: str | None, now: str
) -> None:
    planned = with_condition(campaign.plan.obligation("D5"), day)
    message = await refusal(dsn, issuer, campaign, edited(campaign, planned))
    assert f"(D5) is owed if no essay came by the end of 5 June 2020, {now}" in message
    assert "D6" not in message


async def test_another_day_and_a_lost_obligation_are_refused_by_name_at_once(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    plan = with_deadline(campaign.plan, "D3", "2020-09-11")
    kept = tuple(each for each in plan.obligations if each.id != "D6")
    other = Campaign(plan.model_copy(update={"obligations": kept}), campaign.units)
    message = await refusal(dsn, issuer, campaign, other)
    assert "(D3) until 31 August 2020, by the file until 10 September 2020" in message
    assert "Units owe D6 (D6), which the file does not have" in message

"""Promise: what plan.yaml said at the first start holds; an edit is refused by name, with the way
that a change may take."""

from datetime import date

import pytest

from infra.local.issuer import Issuer
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.plan import ObligationPlan, OnlyIf
from services.submissions.obligations.plan_guard import PlanChangedError
from tests.submissions.replica import running_replica, settings_of


def edited(campaign: Campaign, planned: ObligationPlan) -> Campaign:
    """The campaign after somebody edited that obligation in plan.yaml."""
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


async def refusal(dsn: str, issuer: Issuer, campaign: Campaign, planned: ObligationPlan) -> str:
    """How a start with the edited plan is refused, after one with the plan; it changes nothing."""
    settings = settings_of(dsn, issuer)
    async with running_replica(settings, issuer, campaign) as first:
        before = await first.rows()
    with pytest.raises(PlanChangedError) as refused:
        async with running_replica(settings, issuer, edited(campaign, planned)):
            pass
    async with running_replica(settings, issuer, campaign) as restored:
        assert await restored.rows() == before
    message = str(refused.value)
    assert "Restore" in message
    assert "deadline move" in message
    assert "waiver" in message
    return message


async def test_a_grace_edited_after_the_first_start_is_refused_by_name(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    planned = with_grace(campaign.plan.obligation("D7"), "D7", 10)
    message = await refusal(dsn, issuer, campaign, planned)
    assert "D7 (D7) with reporting_grace_days 3, by the plan with 10" in message
    assert "D2" not in message


@pytest.mark.parametrize(
    ("day", "now"),
    [("2020-06-08", "only_if no_essays_by 2020-06-08"), (None, "without only_if")],
)
async def test_a_condition_edited_after_the_first_start_is_refused_by_name(
    dsn: str, issuer: Issuer, campaign: Campaign, day: str | None, now: str
) -> None:
    planned = with_condition(campaign.plan.obligation("D5"), day)
    message = await refusal(dsn, issuer, campaign, planned)
    assert f"D5 only_if no_essays_by 2020-06-05, by the plan {now}" in message
    assert "D6" not in message


async def test_a_condition_added_after_the_first_start_is_refused_by_name(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    planned = with_condition(campaign.plan.obligation("D6"), "2020-06-05")
    message = await refusal(dsn, issuer, campaign, planned)
    assert "D6 without only_if, by the plan only_if no_essays_by 2020-06-05" in message

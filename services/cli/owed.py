"""What a campaign's files ask, as lines to lay beside the printed document."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.chassis.language import speak
from services.contracts.campaign import Campaign
from services.contracts.campaign.deadlines import DueAfter
from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.wording import count_en, day_en, day_vi, number_vi

_NAMED_UNITS = 5
"""Codes that are listed; of more units it says how many."""


def owed_lines(campaign: Campaign) -> Iterator[str]:
    """Each obligation: its id and title, then the days of each option, and who owes it."""
    for planned in campaign.plan.obligations:
        yield f"{planned.id}  {speak(planned.title.vi, planned.title.en)}"
        for option in planned.options:
            named = f"{option.id}: " if len(planned.options) > 1 else ""
            yield f"    {named}{_days(option)}"
        yield f"    {_whom(planned, _owing(campaign, planned))}"


def _days(option: Option) -> str:
    if isinstance(option.due, DueAfter):
        days, after = option.due.days, option.due.after
        return speak(
            f"trong vòng {number_vi(days)} ngày sau khi hoàn thành {after}",
            f"within {count_en(days, 'day')} after {after}",
        )
    first, last = option.due.from_, option.due.last_day
    until = speak(f"đến hết ngày {day_vi(last)}", f"until {day_en(last)}")
    if first is None:
        return until
    return speak(f"từ ngày {day_vi(first)} ", f"from {day_en(first)} ") + until


def _owing(campaign: Campaign, planned: ObligationPlan) -> list[str]:
    """The codes of those who are asked, as they are on the last day."""
    last: date = min(planned.last_option.until, campaign.plan.closes)
    codes = dict.fromkeys(row.code for row in campaign.units.rows)
    opens = campaign.plan.opens
    return [code for code in codes if campaign.units.is_asked(code, planned, opens, last)]


def _whom(planned: ObligationPlan, codes: Sequence[str]) -> str:
    listed = f": {', '.join(codes)}" if len(codes) <= _NAMED_UNITS else ""
    units = speak(f"{number_vi(len(codes))} đơn vị", count_en(len(codes), "unit")) + listed
    if planned.only_if is None:
        return units
    on = planned.only_if.day
    return units + speak(
        f"; chỉ khi đúng điều kiện, xét đến hết ngày {day_vi(on)}",
        f"; only where its condition holds at the end of {day_en(on)}",
    )

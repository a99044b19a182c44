"""The units that report to one: their conferences, and the sums that its own report carries.

All of them are listed, also those that no plan asks for a conference; the sums are of those asked.

Source: Notice 251/BTĐ-NV2: who assesses in writing sends it to the unit above, "để tổng hợp chung,
báo cáo Thành phố". Who that is, the campaign's tree says, at any depth.
"""

from datetime import date

from sqlmodel import col, select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.units import Unit
from services.contracts.events import CommuneSummary
from services.submissions.context import CampaignContext
from services.submissions.models import ConferenceReport
from services.submissions.obligations import queries as obligation_queries
from services.submissions.obligations.owing import is_asked
from services.submissions.reports.schemas import ConferenceBelowOut, ConferencesBelowOut

CONFERENCE = "conference-reported"


def conferences_owed_below(
    context: CampaignContext, unit: str, day: date
) -> list[tuple[Unit, ObligationPlan | None]]:
    """The units below this one on that day, and what each owes of conferences; None: nothing."""
    found = []
    for child in context.campaign.units.children(unit, day):
        planned = next(
            (
                each
                for each in context.plan.obligations
                if each.is_by(CONFERENCE) and is_asked(context.campaign, each, child.code)
            ),
            None,
        )
        found.append((child, planned))
    return found


async def summary_of(
    tx: Transaction, context: CampaignContext, unit: str, day: date
) -> CommuneSummary | None:
    """The sums of the units that report to it, at this moment; None where none owes one."""
    below = conferences_owed_below(context, unit, day)
    codes = [child.code for child, planned in below if planned]
    if not codes:
        return None
    return _summary(len(codes), await _reports(tx, context, codes, day))


async def aggregate_of(
    tx: Transaction, context: CampaignContext, unit: Unit, day: date
) -> ConferencesBelowOut:
    """Every unit that reports to this one, with its report and its lateness."""
    below = conferences_owed_below(context, unit.code, day)
    codes = [child.code for child, _ in below]
    asked = [child.code for child, planned in below if planned]
    reports = await _reports(tx, context, codes, day)
    found = await obligation_queries.of_units(tx, context, codes)
    obligations = {(each.unit, each.id): each for each in found}
    listed = []
    for child, planned in below:
        report = reports.get(child.code)
        obligation = obligations.get((child.code, planned.id)) if planned else None
        done = obligation.fulfilment if obligation else None
        listed.append(
            ConferenceBelowOut(
                unit=child.code,
                name=child.name,
                form=report.form if report else None,
                held_on=report.held_on if report else None,
                reported_at=report.reported_at if report else None,
                status=obligation.status if obligation else "not-owed",
                days_late=done.days_late if done else None,
            )
        )
    return ConferencesBelowOut(
        unit=unit.code,
        name=unit.name,
        units=listed,
        summary=_summary(len(asked), {code: reports[code] for code in asked if code in reports}),
        late=sum(1 for one in listed if one.days_late),
        missed=sum(1 for one in listed if one.status == "missed"),
    )


def _summary(units: int, reports: dict[str, ConferenceReport]) -> CommuneSummary:
    held = sum(1 for report in reports.values() if report.form == "held")
    written = len(reports) - held
    return CommuneSummary(held=held, written=written, none=units - held - written)


async def _reports(
    tx: Transaction, context: CampaignContext, codes: list[str], day: date
) -> dict[str, ConferenceReport]:
    """By unit its report, or else the first of those that it took over by that day."""
    holders = {one: code for code in codes for one in context.with_predecessors(code, day)}
    asked = select(ConferenceReport).where(
        ConferenceReport.campaign == context.plan.campaign,
        col(ConferenceReport.unit).in_(list(holders)),
    )
    found: dict[str, ConferenceReport] = {}
    for report in await tx.session.exec(asked.order_by(col(ConferenceReport.reported_at).desc())):
        code = holders[report.unit]
        if report.unit == code or code not in found or found[code].unit != code:
            found[code] = report
    return found

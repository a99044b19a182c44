"""A district's communes: their conferences, and the sums that its own report carries.

All of them are listed, also those that no plan asks for a conference; the sums are of those asked.

Source: Notice 251/BTĐ-NV2: communes send their assessment to the district, "để tổng hợp chung, báo
cáo Thành phố". A district is any unit below which others owe a conference, at any depth of the
tree.
"""

from datetime import date

from sqlmodel import col, select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.plan import ObligationPlan
from services.contracts.campaign.units import Unit
from services.contracts.events import CommuneSummary
from services.submissions.context import CampaignContext
from services.submissions.models import ConferenceReport
from services.submissions.obligations import queries as obligation_queries
from services.submissions.obligations.owing import is_asked
from services.submissions.reports.schemas import CommuneOut, CommunesOut

CONFERENCE = "conference-reported"


def communes_of(
    context: CampaignContext, unit: str, day: date
) -> list[tuple[Unit, ObligationPlan | None]]:
    """The units below this one on that day, and what each owes of conferences; None: nothing."""
    found = []
    for child in context.campaign.units.children(unit, day):
        plans = context.plan.obligations_of(child)
        planned = next(
            (
                each
                for each in plans
                if any(option.by == CONFERENCE for option in each.options)
                and is_asked(context.campaign, each, child.code)
            ),
            None,
        )
        found.append((child, planned))
    return found


async def summary_of(
    tx: Transaction, context: CampaignContext, unit: str, day: date
) -> CommuneSummary | None:
    """The sums of its communes at this moment; None for a unit that has none."""
    codes = [commune.code for commune, planned in communes_of(context, unit, day) if planned]
    if not codes:
        return None
    return _summary(len(codes), await _reports(tx, context, codes, day))


async def aggregate_of(
    tx: Transaction, context: CampaignContext, unit: Unit, day: date
) -> CommunesOut:
    """Every commune of a district with its report and its lateness."""
    communes = communes_of(context, unit.code, day)
    codes = [commune.code for commune, _ in communes]
    asked = [commune.code for commune, planned in communes if planned]
    reports = await _reports(tx, context, codes, day)
    found = await obligation_queries.of_units(tx, context, codes)
    obligations = {(each.unit, each.id): each for each in found}
    listed = []
    for commune, planned in communes:
        report = reports.get(commune.code)
        obligation = obligations.get((commune.code, planned.id)) if planned else None
        done = obligation.fulfilment if obligation else None
        listed.append(
            CommuneOut(
                unit=commune.code,
                name=commune.name,
                form=report.form if report else None,
                held_on=report.held_on if report else None,
                reported_at=report.reported_at if report else None,
                status=obligation.status if obligation else "not-owed",
                days_late=done.days_late if done else None,
            )
        )
    return CommunesOut(
        unit=unit.code,
        name=unit.name,
        communes=listed,
        summary=_summary(len(asked), {code: reports[code] for code in asked if code in reports}),
        late=sum(1 for commune in listed if commune.days_late),
        missed=sum(1 for commune in listed if commune.status == "missed"),
    )


def _summary(communes: int, reports: dict[str, ConferenceReport]) -> CommuneSummary:
    held = sum(1 for report in reports.values() if report.form == "held")
    written = len(reports) - held
    return CommuneSummary(held=held, written=written, none=communes - held - written)


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

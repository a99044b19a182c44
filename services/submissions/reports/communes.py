"""A district's communes: their conferences, and the sums that its own report carries.

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
from services.submissions.reports.schemas import CommuneOut, CommunesOut

CONFERENCE = "conference-reported"


def communes_of(
    context: CampaignContext, unit: str, day: date
) -> list[tuple[Unit, ObligationPlan]]:
    """The units that report their conference to this one on that day, and what each owes."""
    found = []
    for child in context.campaign.units.children(unit, day):
        plans = context.plan.obligations_of(child)
        planned = next(
            (d for d in plans if any(option.by == CONFERENCE for option in d.options)), None
        )
        if planned:
            found.append((child, planned))
    return found


async def summary_of(
    tx: Transaction, context: CampaignContext, unit: str, day: date
) -> CommuneSummary | None:
    """The sums of its communes at this moment; None for a unit that has none."""
    communes = communes_of(context, unit, day)
    if not communes:
        return None
    reports = await _reports(tx, context, [commune.code for commune, _ in communes])
    return _summary(len(communes), reports)


async def aggregate_of(
    tx: Transaction, context: CampaignContext, unit: Unit, day: date
) -> CommunesOut:
    """Every commune of a district with its report and its lateness."""
    communes = communes_of(context, unit.code, day)
    codes = [commune.code for commune, _ in communes]
    reports = await _reports(tx, context, codes)
    found = await obligation_queries.of_units(tx, context, codes)
    obligations = {(each.unit, each.id): each for each in found}
    listed = []
    for commune, planned in communes:
        report = reports.get(commune.code)
        obligation = obligations.get((commune.code, planned.id))
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
        summary=_summary(len(communes), reports),
        late=sum(1 for commune in listed if commune.days_late),
        missed=sum(1 for commune in listed if commune.status == "missed"),
    )


def _summary(communes: int, reports: dict[str, ConferenceReport]) -> CommuneSummary:
    held = sum(1 for report in reports.values() if report.form == "held")
    written = len(reports) - held
    return CommuneSummary(held=held, written=written, none=communes - held - written)


async def _reports(
    tx: Transaction, context: CampaignContext, codes: list[str]
) -> dict[str, ConferenceReport]:
    asked = select(ConferenceReport).where(
        ConferenceReport.campaign == context.plan.campaign, col(ConferenceReport.unit).in_(codes)
    )
    return {report.unit: report for report in await tx.session.exec(asked)}

"""A district's communes: how their conferences stand, and the sums that its own report carries.

Source: Notice 251/BTĐ-NV2: communes send their assessment to the district, "để tổng hợp chung, báo
cáo Thành phố". A district is any unit below which others owe a conference, at any depth of the
tree.
"""

from datetime import date
from typing import Any

from services.chassis.storage.database import Transaction
from services.contracts.campaign.plan import ObligationPlan
from services.contracts.campaign.units import Unit
from services.contracts.events import CommuneSummary
from services.submissions.desk.answers import CommuneOut, CommunesOut
from services.submissions.desk.desk import Desk

CONFERENCE = "conference-reported"


def communes_of(desk: Desk, unit: str, day: date) -> list[tuple[Unit, ObligationPlan]]:
    """The units that report their conference to this one on that day, and what each owes."""
    found = []
    for child in desk.campaign.units.children(unit, day):
        duties = desk.plan.obligations_of(child)
        duty = next(
            (d for d in duties if any(option.by == CONFERENCE for option in d.options)), None
        )
        if duty:
            found.append((child, duty))
    return found


async def summary_of(tx: Transaction, desk: Desk, unit: str, day: date) -> CommuneSummary | None:
    """The sums of its communes at this moment; None for a unit that has none."""
    communes = communes_of(desk, unit, day)
    if not communes:
        return None
    reports = await _reports(tx, desk, [commune.code for commune, _ in communes])
    return _summary(len(communes), reports)


async def aggregate_of(tx: Transaction, desk: Desk, unit: Unit, day: date) -> CommunesOut:
    """Every commune of a district with its report and its lateness."""
    communes = communes_of(desk, unit.code, day)
    codes = [commune.code for commune, _ in communes]
    reports = await _reports(tx, desk, codes)
    states = {(state.unit, state.id): state for state in await desk.obligations.of_units(tx, codes)}
    listed = []
    for commune, duty in communes:
        report = reports.get(commune.code)
        state = states.get((commune.code, duty.id))
        done = state.fulfilment if state else None
        listed.append(
            CommuneOut(
                unit=commune.code,
                name=commune.name,
                form=report["form"] if report else None,
                held_on=report["held_on"] if report else None,
                reported_at=report["reported_at"] if report else None,
                status=state.status if state else "not-owed",
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


def _summary(communes: int, reports: dict[str, Any]) -> CommuneSummary:
    held = sum(1 for report in reports.values() if report["form"] == "held")
    written = len(reports) - held
    return CommuneSummary(held=held, written=written, none=communes - held - written)


async def _reports(tx: Transaction, desk: Desk, codes: list[str]) -> dict[str, Any]:
    rows = await tx.fetch(
        """
        SELECT unit, form, held_on, reported_at FROM conference_reports
         WHERE campaign = $1 AND unit = ANY($2::text[])
        """,
        desk.plan.campaign,
        codes,
    )
    return {row["unit"]: row for row in rows}

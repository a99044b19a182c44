"""Declared reports in the database: the one of a unit, kind and period, its versions, pages."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select, tuple_

from services.chassis.storage.database import Transaction
from services.submissions.models import DeclaredReport, PersonalAnswers, ReportVersion


async def claim(tx: Transaction, report: DeclaredReport) -> bool:
    """Store the first version of a report; False where there is one of its unit, kind and period.

    SQL by hand: of two at the same time the second waits for the first, and is no error.
    """
    row = await tx.fetchval(
        """
        INSERT INTO declared_reports (report_id, campaign, unit, kind, period, version, receiver,
                                      returned, counted_at, acted_on, reported_at, simulated)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (campaign, unit, kind, period) DO NOTHING RETURNING report_id
        """,
        report.report_id,
        report.campaign,
        report.unit,
        report.kind,
        report.period,
        report.version,
        report.receiver,
        report.returned,
        report.counted_at,
        report.acted_on,
        report.reported_at,
        report.simulated,
    )
    return row is not None


async def lock_of(
    tx: Transaction, campaign: str, unit: str, kind: str, period: str
) -> DeclaredReport:
    """The report of a unit, kind and period that is there, locked."""
    asked = select(DeclaredReport).where(
        DeclaredReport.campaign == campaign,
        DeclaredReport.unit == unit,
        DeclaredReport.kind == kind,
        DeclaredReport.period == period,
    )
    return (await tx.session.exec(asked.with_for_update())).one()


async def find(
    tx: Transaction, campaign: str, kind: str, report_id: UUID, *, lock: bool = False
) -> DeclaredReport | None:
    """The report of that id, if it is of the campaign and kind."""
    asked = select(DeclaredReport).where(
        DeclaredReport.report_id == report_id,
        DeclaredReport.campaign == campaign,
        DeclaredReport.kind == kind,
    )
    return (await tx.session.exec(asked.with_for_update() if lock else asked)).first()


async def versions_of(tx: Transaction, report_id: UUID) -> Sequence[ReportVersion]:
    """Its versions, the first one first, without what is personal."""
    asked = select(ReportVersion).where(ReportVersion.report_id == report_id)
    return (await tx.session.exec(asked.order_by(col(ReportVersion.version)))).all()


async def personal_of(tx: Transaction, report_id: UUID) -> dict[int, PersonalAnswers]:
    """What is personal in its versions, by version."""
    asked = select(PersonalAnswers).where(PersonalAnswers.report_id == report_id)
    return {row.version: row for row in await tx.session.exec(asked)}


async def page_of(
    tx: Transaction,
    campaign: str,
    units: Sequence[str],
    *,
    received: bool,
    kind: str | None,
    after: tuple[str, str, str],
    limit: int,
) -> Sequence[DeclaredReport]:
    """At most `limit` reports that units sent or, if `received`, that went to them, by kind, period
    and unit, those behind `after`."""
    whose = col(DeclaredReport.receiver) if received else col(DeclaredReport.unit)
    place = col(DeclaredReport.kind), col(DeclaredReport.period), col(DeclaredReport.unit)
    asked = select(DeclaredReport).where(DeclaredReport.campaign == campaign, whose.in_(units))
    if kind is not None:
        asked = asked.where(DeclaredReport.kind == kind)
    asked = asked.where(tuple_(*place) > tuple_(*after)).order_by(*place).limit(limit)
    return (await tx.session.exec(asked)).all()

"""Figures: numbers that a criterion counts and no other report carries, kept and read.

Of one unit, name and period the last report stands; its version is one higher than that before.
"""

from services.chassis.problems import FAULTY, Faults
from services.chassis.storage.database import Transaction
from services.contracts.events import FigureReported
from services.submissions.desk.answers import FigureOut, FigurePage, FigureTaken, plain
from services.submissions.desk.commands import FigureIn
from services.submissions.desk.desk import Desk, Receipt


async def report_figure(
    tx: Transaction, desk: Desk, body: FigureIn, receipt: Receipt
) -> tuple[int, FigureTaken]:
    """Keep a figure; one of the same unit, name and period is replaced. Raises Refusal.

    Of two at the same time the second waits for the first: no version is said twice.
    """
    faults = Faults()
    desk.check_sender(faults, body, body.unit, receipt)
    faults.refuse_as(FAULTY)
    version: int = await tx.fetchval(
        """
        INSERT INTO figures AS f (campaign, unit, name, period, version, value, target, evidence,
                                  reported_at, simulated)
        VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9)
        ON CONFLICT (campaign, unit, name, period) DO UPDATE
           SET version = f.version + 1, value = excluded.value, target = excluded.target,
               evidence = excluded.evidence, reported_at = excluded.reported_at,
               simulated = excluded.simulated
        RETURNING version
        """,
        desk.plan.campaign,
        body.unit,
        body.name,
        body.period,
        body.value,
        body.target,
        body.evidence,
        receipt.at,
        body.simulated,
    )
    await tx.publish(
        FigureReported(
            campaign=desk.plan.campaign,
            unit=body.unit,
            simulated=body.simulated,
            version=version,
            figure=f"{body.name}:{body.period}",
            name=body.name,
            period=body.period,
            value=body.value,
            target=body.target,
            evidence=body.evidence,
            reported_at=receipt.at,
        )
    )
    return 201, FigureTaken(
        unit=body.unit,
        name=body.name,
        period=body.period,
        version=version,
        reported_at=receipt.at,
    )


async def figures_of(
    tx: Transaction, desk: Desk, unit: str, *, limit: int, after: str | None
) -> FigurePage:
    """At most `limit` of a unit's figures as they stand, by name and period, those behind `after`.

    `after` is `name:period`, of a figure that need not exist.
    """
    name, _, period = (after or ":").partition(":")
    rows = await tx.fetch(
        """
        SELECT name, period, version, value, target, evidence, reported_at, simulated FROM figures
         WHERE campaign = $1 AND unit = $2 AND (name, period) > ($3, $4)
         ORDER BY name, period LIMIT $5
        """,
        desk.plan.campaign,
        unit,
        name,
        period,
        limit + 1,
    )
    figures = [
        FigureOut(
            **{
                **row,
                "value": plain(row["value"]),
                "target": plain(row["target"]),
                "reported_at": row["reported_at"].astimezone(desk.zone),
            }
        )
        for row in rows[:limit]
    ]
    last = figures[-1] if len(rows) > limit else None
    return FigurePage(
        unit=unit, figures=figures, next=f"{last.name}:{last.period}" if last else None
    )

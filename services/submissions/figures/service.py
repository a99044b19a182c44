"""Figures: numbers that a criterion counts and no other report carries, kept and read.

Of one unit, name and period the last report counts; its version is one higher than the one before.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from sqlmodel import col, select, tuple_

from services.campaigns.ended import ended_out
from services.chassis.problems import FAULTY, Faults
from services.chassis.storage.database import Transaction
from services.contracts.campaign.asked_acts import FIGURE_REPORTED
from services.contracts.campaign.figures import FigureKey, replaced
from services.contracts.events import FigureReported
from services.contracts.reading import read_decimal, read_moment
from services.contracts.wording import Bilingual, number_en, number_vi, period_title, without_zeros
from services.submissions.context import CampaignContext, Receipt
from services.submissions.figures.rules import check_figure
from services.submissions.figures.schemas import (
    EarlierFigureOut,
    FigureAccepted,
    FigureIn,
    FigureOut,
    FigurePage,
)
from services.submissions.models import Figure
from services.submissions.obligations.counting import EVER, ActChanged
from services.submissions.obligations.known_days import set_known_days
from services.submissions.obligations.settle import lock_counting, settle_and_publish
from services.submissions.obligations.spans import not_counted
from services.submissions.obligations.submission import Submission, figure_id


async def report_figure(
    tx: Transaction, context: CampaignContext, body: FigureIn, receipt: Receipt
) -> tuple[int, FigureAccepted]:
    """Keep a figure; one of the same unit, name and period is replaced. Raises Refusal.

    Of two at the same time the second waits for the first: no version is published twice. By a
    correction an obligation may be owed again (`settle`).
    """
    faults = Faults()
    unit = context.check_sender(faults, body, body.unit, receipt)
    check_figure(faults, context.campaign, body, unit, receipt.day)
    faults.refuse_as(FAULTY)
    owed = await lock_counting(tx, context, body.unit, FIGURE_REPORTED, receipt.day)
    was = await _reported(tx, context, body) if owed else None
    # SQL by hand: one statement, so that of two at the same time neither version is lost.
    version: int = await tx.fetchval(
        """
        INSERT INTO figures AS f (campaign, unit, name, period, version, value, target, evidence,
                                  reported_at, simulated)
        VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9)
        ON CONFLICT (campaign, unit, name, period) DO UPDATE
           SET version = f.version + 1,
               earlier = f.earlier || jsonb_build_array(jsonb_build_array(f.value::text,
                                                                          f.reported_at)),
               value = excluded.value, target = excluded.target,
               evidence = excluded.evidence, reported_at = excluded.reported_at,
               simulated = excluded.simulated
        RETURNING version
        """,
        context.plan.campaign,
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
            campaign=context.plan.campaign,
            unit=body.unit,
            simulated=body.simulated,
            version=version,
            figure=_key(body.name, body.period),
            name=body.name,
            period=body.period,
            value=body.value,
            target=body.target,
            evidence=body.evidence,
            reported_at=receipt.at,
        )
    )
    changed = ActChanged(
        EVER,
        "figure-corrected",
        f"Số liệu được sửa thành {number_vi(body.value)}",
        simulated=body.simulated,
        was=None if was is None else _submission(context, body, was, receipt),
        now=_submission(context, body, body.value, receipt),
        replaces_others=len(context.with_predecessors(body.unit, receipt.day)) > 1,
    )
    await settle_and_publish(tx, context, owed, receipt.at, changed)
    facts = await set_known_days(tx, context, owed, receipt.at, simulated=body.simulated)
    await tx.publish_all(facts)
    return 201, FigureAccepted(
        unit=body.unit,
        name=body.name,
        period=body.period,
        title=_title(context, body.name),
        period_title=period_title(body.period),
        version=version,
        value=body.value,
        target=body.target,
        understood=_understood(body),
        reported_at=receipt.at,
        not_counted=not_counted(
            owed, _submission(context, body, body.value, receipt), context.zone
        ),
    )


async def _reported(tx: Transaction, context: CampaignContext, body: FigureIn) -> Decimal | None:
    """What the unit had reported before, if it had; what it owes is locked."""
    value: Decimal | None = await tx.fetchval(
        "SELECT value FROM figures WHERE campaign = $1 AND unit = $2 AND name = $3 AND period = $4",
        context.id,
        body.unit,
        body.name,
        body.period,
    )
    return value


def _submission(
    context: CampaignContext, body: FigureIn, value: Decimal, receipt: Receipt
) -> Submission:
    return Submission(
        "figure-reported",
        figure_id(context.id, body.unit, body.name, body.period),
        receipt.at,
        simulated=body.simulated,
        figure=body.name,
        period=body.period,
        value=value,
    )


async def page_of_figures(
    tx: Transaction,
    context: CampaignContext,
    unit: str,
    day: date,
    *,
    limit: int,
    after: str | None,
) -> FigurePage:
    """At most `limit` figures of a unit and of those that it took over by a local day, by name,
    period and unit, those behind `after`.

    `after` is `name:period:unit`, of a figure that need not exist.
    """
    name, period, of_unit = [*(after or "").split(":", 2), "", ""][:3]
    asked = select(Figure).where(
        Figure.campaign == context.plan.campaign,
        col(Figure.unit).in_(context.with_predecessors(unit, day)),
    )
    place = col(Figure.name), col(Figure.period), col(Figure.unit)
    asked = asked.where(tuple_(*place) > tuple_(name, period, of_unit))
    asked = asked.order_by(*place).limit(limit + 1)
    rows = (await tx.session.exec(asked)).all()
    gone = await _replaced(tx, context, unit, day) if rows else frozenset()
    figures = [
        _figure_out(
            context, figure, counted=(figure.unit, _key(figure.name, figure.period)) not in gone
        )
        for figure in rows[:limit]
    ]
    last = figures[-1] if len(rows) > limit else None
    return FigurePage(
        unit=unit,
        ended=ended_out(context.campaign.units, unit, day),
        figures=figures,
        next=f"{last.name}:{last.period}:{last.unit}" if last else None,
    )


async def _replaced(
    tx: Transaction, context: CampaignContext, unit: str, day: date
) -> Collection[FigureKey]:
    """Of the figures that count for a unit, or for who took over from it, those that do not, since
    a successor reported its own."""
    holder = context.campaign.units.holder(unit, day)
    codes = context.with_predecessors(holder.code if holder else unit, day)
    if len(codes) == 1:
        return frozenset()
    asked = select(Figure.unit, Figure.name, Figure.period, Figure.reported_at).where(
        Figure.campaign == context.id, col(Figure.unit).in_(codes)
    )
    reports = {
        (code, _key(name, period)): context.day(reported_at)
        for code, name, period, reported_at in await tx.session.exec(asked)
    }
    return replaced(context.campaign.units, day, reports)


def _key(name: str, period: str) -> str:
    return f"{name}:{period}"


def _figure_out(context: CampaignContext, figure: Figure, *, counted: bool) -> FigureOut:
    return FigureOut(
        unit=figure.unit,
        name=figure.name,
        period=figure.period,
        title=_title(context, figure.name),
        period_title=period_title(figure.period),
        version=figure.version,
        value=without_zeros(figure.value),
        target=without_zeros(figure.target),
        evidence=figure.evidence,
        counted=counted,
        reported_at=figure.reported_at.astimezone(context.zone),
        simulated=figure.simulated,
        earlier=[
            EarlierFigureOut(
                value=without_zeros(read_decimal(value)),
                reported_at=read_moment(reported_at).astimezone(context.zone),
            )
            for value, reported_at in figure.earlier
        ],
    )


def _title(context: CampaignContext, name: str) -> Bilingual:
    figure = context.plan.figures.get(name)
    return Bilingual(name, name) if figure is None else figure.title


def _understood(body: FigureIn) -> Bilingual:
    vi, en = number_vi(body.value), number_en(body.value)
    if body.target is None:
        return Bilingual(vi, en)
    return Bilingual(
        f"{vi} (chỉ tiêu: {number_vi(body.target)})", f"{en} (target: {number_en(body.target)})"
    )

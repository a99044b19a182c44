"""What units sent before an obligation came, which fulfils it as if it had been there.

SQL by hand: the first essay of each unit.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.deadlines import start_of
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.units import UnitTree
from services.contracts.reading import read_decimal, read_moment
from services.submissions.context import CampaignContext
from services.submissions.models import (
    CeremonyReport,
    CommendationProposal,
    ConferenceReport,
    ContestReport,
    DeclaredReport,
    Figure,
)
from services.submissions.obligations.figures_together import figures_together
from services.submissions.obligations.submission import Cause, Submission, figure_id

Report = TypeVar("Report", ConferenceReport, ContestReport, CeremonyReport)


async def stored_submissions(
    tx: Transaction,
    campaign: str,
    planned: ObligationPlan,
    zone: ZoneInfo,
    *,
    units: Sequence[str] | None = None,
) -> dict[str, list[Submission]]:
    """By unit, what goes one of the options, in the order in which it came. `units`: None: of all.

    Of essays all that count, or the first where that is enough: one that was withdrawn does not,
    nor one that came while the condition's day still ran.
    """
    events = {part.by for option in planned.options for part in option.parts}
    found: dict[str, list[Submission]] = defaultdict(list)
    sent: list[tuple[str, Submission]] = []
    if "conference-reported" in events:
        sent += await _reports(tx, campaign, "conference-reported", ConferenceReport, zone)
    if "contest-reported" in events:
        sent += await _reports(tx, campaign, "contest-reported", ContestReport, zone)
    if "ceremony-reported" in events:
        sent += await _reports(tx, campaign, "ceremony-reported", CeremonyReport, zone)
    if "report-submitted" in events:
        sent += await _declared_reports(tx, campaign, zone)
    if "commendation-proposed" in events:
        sent += await _proposals(tx, campaign, zone)
    if "figure-reported" in events:
        sent += await _figures(tx, campaign, zone)
    if "essay-submitted" in events:
        which = _essays if planned.counts_acts else _first_essays
        sent += await which(tx, campaign, planned, zone, units)
    for unit, submission in sent:
        if (units is None or unit in units) and submission.option_of(planned):
            found[unit].append(submission)
    for submissions in found.values():
        submissions.sort(key=lambda one: (one.known_at, one.by_id))
    return found


async def acts_of(
    tx: Transaction,
    context: CampaignContext,
    planned: ObligationPlan,
    units: Sequence[str],
    day: date,
) -> list[Submission]:
    """The same of some units together, as one is the other's on a local day, in the order in which
    it came."""
    sent = await stored_submissions(tx, context.id, planned, context.zone, units=units)
    return acts_together(sent, context.campaign.units, day, context.zone)


def acts_together(
    sent: Mapping[str, Sequence[Submission]], units: UnitTree, day: date, zone: ZoneInfo
) -> list[Submission]:
    """The same of what they sent, by unit."""
    return sorted(
        figures_together(sent, units, day, zone), key=lambda one: (one.known_at, one.by_id)
    )


async def acts_by_holder(
    tx: Transaction, campaign: Campaign, planned: ObligationPlan, day: date
) -> dict[str, list[Submission]]:
    """The same of all units, by who holds on a local day what they did."""
    plan, units = campaign.plan, campaign.units
    sent = await stored_submissions(tx, plan.campaign, planned, plan.zone)
    of_holders: dict[str, dict[str, list[Submission]]] = defaultdict(dict)
    for unit, submissions in sent.items():
        holder = units.holder(unit, day)
        of_holders[holder.code if holder else unit][unit] = submissions
    return {
        unit: acts_together(theirs, units, day, plan.zone) for unit, theirs in of_holders.items()
    }


async def exempt_units(
    tx: Transaction, campaign: str, planned: ObligationPlan, zone: ZoneInfo
) -> set[str]:
    """Whom “no essay by a day” frees: who had an essay, of a contest whose essays
    fulfil it, by the end of its day, and did not take it back by then."""
    day = planned.only_if.no_essays_by if planned.only_if else None
    if day is None:
        return set()
    rows = await tx.fetch(
        """
        SELECT DISTINCT unit FROM essays
         WHERE campaign = $1 AND submitted_at < $2
           AND (withdrawn_at IS NULL OR withdrawn_at >= $2)
           AND ($3::text[] IS NULL OR contest = ANY($3))
        """,
        campaign,
        start_of(day + timedelta(days=1), zone),
        planned.essay_contests,
    )
    return {row["unit"] for row in rows}


async def _reports(
    tx: Transaction, campaign: str, event: Cause, table: type[Report], zone: ZoneInfo
) -> Iterable[tuple[str, Submission]]:
    rows = (await tx.session.exec(select(table).where(table.campaign == campaign))).all()
    return [
        (
            row.unit,
            Submission(
                event,
                row.report_id,
                row.reported_at.astimezone(zone),
                form=getattr(row, "form", None),
                acted_on=getattr(row, "held_on", None),
                simulated=row.simulated,
            ),
        )
        for row in rows
    ]


async def _declared_reports(
    tx: Transaction, campaign: str, zone: ZoneInfo
) -> Iterable[tuple[str, Submission]]:
    """Reports of the kinds of the plan, by the day that counts; none that was returned."""
    asked = select(DeclaredReport).where(
        DeclaredReport.campaign == campaign, col(DeclaredReport.returned).is_(False)
    )
    rows = await tx.session.exec(asked)
    return [(row.unit, submission_of(row, row.counted_at.astimezone(zone))) for row in rows]


def submission_of(report: DeclaredReport, received_at: datetime) -> Submission:
    """A report of a kind of the plan, as what may fulfil an obligation."""
    return Submission(
        "report-submitted",
        report.report_id,
        received_at,
        simulated=report.simulated,
        report=report.kind,
        period=report.period or None,
        acted_on=report.acted_on,
    )


async def _proposals(
    tx: Transaction, campaign: str, zone: ZoneInfo
) -> Iterable[tuple[str, Submission]]:
    asked = select(CommendationProposal).where(CommendationProposal.campaign == campaign)
    return [
        (
            row.unit,
            Submission(
                "commendation-proposed",
                row.proposal_id,
                row.proposed_at.astimezone(zone),
                simulated=row.simulated,
            ),
        )
        for row in await tx.session.exec(asked)
    ]


async def _figures(
    tx: Transaction, campaign: str, zone: ZoneInfo
) -> Iterable[tuple[str, Submission]]:
    asked = select(Figure).where(Figure.campaign == campaign)
    return [
        (
            row.unit,
            Submission(
                "figure-reported",
                figure_id(campaign, row.unit, row.name, row.period),
                row.reported_at.astimezone(zone),
                simulated=row.simulated,
                period=row.period,
                figure=row.name,
                value=row.value,
                earlier=tuple(
                    (read_decimal(value), read_moment(at).astimezone(zone))
                    for value, at in row.earlier
                ),
            ),
        )
        for row in await tx.session.exec(asked)
    ]


async def _essays(
    tx: Transaction,
    campaign: str,
    planned: ObligationPlan,
    zone: ZoneInfo,
    units: Sequence[str] | None,
) -> Iterable[tuple[str, Submission]]:
    rows = await tx.fetch(
        """
        SELECT unit, essay_id, contest, submitted_at, acted_on, simulated, form, mark, judged_at
          FROM essays
         WHERE campaign = $1 AND withdrawn_at IS NULL
           AND ($2::timestamptz IS NULL OR submitted_at >= $2)
           AND ($3::text[] IS NULL OR unit = ANY($3))
        """,
        campaign,
        _since(planned, zone),
        units,
    )
    by_mark = any(part.mark is not None for option in planned.options for part in option.parts)
    return [
        (
            row["unit"],
            Submission(
                "essay-submitted",
                row["essay_id"],
                row["submitted_at"].astimezone(zone),
                form=row["form"],
                acted_on=row["acted_on"],
                contest=row["contest"],
                simulated=row["simulated"],
                mark=row["mark"],
                judged_at=row["judged_at"].astimezone(zone)
                if by_mark and row["judged_at"]
                else None,
            ),
        )
        for row in rows
    ]


def _since(planned: ObligationPlan, zone: ZoneInfo) -> datetime | None:
    """From when essays count; None: always."""
    day = planned.only_if.no_essays_by if planned.only_if else None
    return start_of(day + timedelta(days=1), zone) if day else None


async def _first_essays(
    tx: Transaction,
    campaign: str,
    planned: ObligationPlan,
    zone: ZoneInfo,
    units: Sequence[str] | None,
) -> Iterable[tuple[str, Submission]]:
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (unit) unit, essay_id, contest, submitted_at, acted_on, simulated
          FROM essays
         WHERE campaign = $1 AND withdrawn_at IS NULL
           AND ($2::timestamptz IS NULL OR submitted_at >= $2)
           AND ($3::text[] IS NULL OR unit = ANY($3))
         ORDER BY unit, submitted_at, essay_id
        """,
        campaign,
        _since(planned, zone),
        units,
    )
    return [
        (
            row["unit"],
            Submission(
                "essay-submitted",
                row["essay_id"],
                row["submitted_at"].astimezone(zone),
                acted_on=row["acted_on"],
                contest=row["contest"],
                simulated=row["simulated"],
            ),
        )
        for row in rows
    ]

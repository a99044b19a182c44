"""Figures of a unit and of those from which it took over, as one act each. Pure.

They count in an obligation as in points: what a unit reports from the day on which it took over
takes the place of what its predecessors reported; what it reported before, and theirs where it
reports nothing, are added up (docs/decisions/0058-figures-after-a-merger.md).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from services.contracts.campaign.deadlines import local_day
from services.contracts.campaign.figures import replaced
from services.contracts.campaign.units import UnitTree
from services.submissions.obligations.submission import Submission


def figures_together(
    sent: Mapping[str, Sequence[Submission]], units: UnitTree, day: date, zone: ZoneInfo
) -> list[Submission]:
    """What these units sent, of each figure and period one act with what it is in sum on a local
    day; what is no figure as it is."""
    acts: list[Submission] = []
    figures: dict[str, dict[str, Submission]] = defaultdict(dict)
    for unit, submissions in sent.items():
        for act in submissions:
            if act.figure is None:
                acts.append(act)
            else:
                figures[f"{act.figure}:{act.period}"][unit] = act
    return acts + [_sum(figure, of, units, day, zone) for figure, of in figures.items()]


def _sum(
    figure: str, reported: Mapping[str, Submission], units: UnitTree, day: date, zone: ZoneInfo
) -> Submission:
    """With what it was after each report."""
    if len(reported) == 1:
        return next(iter(reported.values()))
    reports = sorted(
        (at, unit, value)
        for unit, act in reported.items()
        for value, at in (*act.earlier, (act.value or Decimal(0), act.received_at))
    )
    values: dict[str, Decimal] = {}
    days: dict[tuple[str, str], date] = {}
    sums: list[tuple[Decimal, datetime]] = []
    for at, unit, value in reports:
        values[unit], days[unit, figure] = value, local_day(at, zone)
        gone = replaced(units, day, days)
        counted = (each for code, each in values.items() if (code, figure) not in gone)
        sums.append((sum(counted, Decimal(0)), at))
    *earlier, (value, at) = sums
    last = max(reported.values(), key=lambda act: (act.received_at, act.by_id))
    return replace(last, value=value, received_at=at, earlier=tuple(earlier))

"""What a figure that a unit reports after it took over means for those of the units before.

Pure, and the one rule of it, for points and for lists. A figure is of a name and a period, as
`documents:2025-H1`. What a unit reports from the day on which it took over is about all that it now
is, also for a period before: its report takes the place of those of its predecessors about the same
figure. They can report no more themselves, so that is also how theirs are corrected. What it
reported earlier was about itself alone, and theirs are added to it; and so they are where it
reports nothing (docs/decisions/0058-figures-after-a-merger.md).
"""

from collections.abc import Mapping
from datetime import date

from services.contracts.campaign.units import UnitTree

FigureKey = tuple[str, str]
"""Unit and figure."""


def takes_the_place(reported_on: date, ended: date) -> bool:
    """Whether a report takes the place of that of a predecessor.

    `reported_on`: its local day; `ended`: the first on which the predecessor was no more.
    """
    return reported_on >= ended


def replaced(units: UnitTree, day: date, reports: Mapping[FigureKey, date]) -> set[FigureKey]:
    """Reports in whose place, on a local day, another one counts. `reports`: all, with the local
    day of each."""
    found: set[FigureKey] = set()
    for unit, figure in reports:
        ended = units.ended(unit, day)
        while ended is not None and ended.successor is not None:
            own = reports.get((ended.successor, figure))
            if own is not None and takes_the_place(own, ended.day):
                found.add((unit, figure))
            ended = units.ended(ended.successor, day)
    return found

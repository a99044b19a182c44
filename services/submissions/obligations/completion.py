"""Whether an option of an obligation is complete, on which day it was, or how much is missing.

Pure, and the one place that counts (docs/decisions/0090-how-much-is-owed.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from services.contracts.campaign.asked_acts import FIGURE_REPORTED, AskedAct
from services.contracts.campaign.obligation_plan import Option
from services.submissions.obligations.submission import Submission


@dataclass(frozen=True, slots=True)
class PartDone:
    """How much of one part is there."""

    part: AskedAct
    needed: Decimal | int | None
    """How many acts, or what the figure must reach; None: it must be reported."""
    there: Decimal | int | None
    """None: the figure was not reported."""
    day: date | None
    """The day that counts, of the act by which it was complete."""

    @property
    def missing(self) -> Decimal | int | None:
        """How much is missing; None where that is no number: the figure was not reported."""
        if self.day is not None:
            return 0
        return None if self.needed is None or self.there is None else self.needed - self.there


@dataclass(frozen=True, slots=True)
class Completion:
    """How much of an option is there."""

    option: Option
    parts: tuple[PartDone, ...]

    @property
    def counted_day(self) -> date | None:
        """The day that counts: of the part that was complete last; None: not all is there."""
        days = [part.day for part in self.parts if part.day is not None]
        return max(days) if len(days) == len(self.parts) else None


def completion(
    option: Option, acts: Sequence[Submission], unit: str, kind: str, zone: ZoneInfo
) -> Completion:
    """How much of the option these acts of the unit make; of several acts the day of the last that
    it takes counts, in the order of the days that count."""
    parts = []
    for part in option.parts:
        needed: Decimal | int | None
        there: Decimal | int | None
        counted = [act for act in acts if act.counts_for(part)]
        if part.by == FIGURE_REPORTED:
            needed = part.how_much(unit, kind)
            values = [act.value for act in counted if act.value is not None]
            there = max(values, default=None)
            many = 1
            counted = [act for act in counted if _reaches(act, needed)]
        else:
            many = part.how_many(unit, kind)
            needed, there = many, len(counted)
        days = sorted(act.counted_day(option, zone) for act in counted)
        parts.append(PartDone(part, needed, there, days[many - 1] if len(days) >= many else None))
    return Completion(option, tuple(parts))


def _reaches(act: Submission, needed: Decimal | int | None) -> bool:
    return needed is None or (act.value is not None and act.value >= needed)

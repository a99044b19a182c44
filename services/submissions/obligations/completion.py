"""Whether an option of an obligation is complete, on which day it was, or how much is missing.

Pure, and the one place that counts (docs/decisions/0090-how-much-is-owed.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from services.contracts.campaign.asked_acts import FIGURE_REPORTED, AskedAct
from services.contracts.campaign.deadlines import local_day
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
    acts = as_counted(option, acts, unit, kind, zone)
    parts = []
    for part in option.parts:
        needed: Decimal | int | None
        there: Decimal | int | None
        counted = [act for act in acts if act.counts_for(part)]
        enough = counted
        if part.by == FIGURE_REPORTED:
            needed = part.how_much(unit, kind)
            values = [act.value for act in counted if act.value is not None]
            there = max(values, default=None)
            many = 1
            enough = [act for act in counted if fulfils_part(act, part, unit, kind)]
        else:
            many = part.how_many(unit, kind)
            needed, there = many, len(counted)
        days = sorted(act.counted_day(option, zone) for act in enough)
        parts.append(PartDone(part, needed, there, days[many - 1] if len(days) >= many else None))
    return Completion(option, tuple(parts))


def as_counted(
    option: Option, acts: Sequence[Submission], unit: str, kind: str, zone: ZoneInfo
) -> list[Submission]:
    """What goes the option and was done on a day on which that counts, by when it came, and a
    figure by when it reached what is asked: one that was corrected and reaches it as before has it
    since then."""
    counted = []
    for each in acts:
        act = _begun(each, option, zone)
        reached = [
            act.reached_at(part.how_much(unit, kind))
            for part in option.parts
            if part.by == FIGURE_REPORTED and fulfils_part(act, part, unit, kind)
        ]
        if reached:
            act = replace(act, received_at=max(reached), earlier=())
        elif not act.goes(option):
            continue
        if option.takes_day(act.counted_day(option, zone)):
            counted.append(act)
    return sorted(counted, key=lambda act: (act.received_at, act.by_id))


def _begun(act: Submission, option: Option, zone: ZoneInfo) -> Submission:
    """An act without what a figure was before the option's first day."""
    first = option.first_day
    if first is None or not act.earlier:
        return act
    return replace(
        act, earlier=tuple(one for one in act.earlier if local_day(one[1], zone) >= first)
    )


def fulfils_part(act: Submission, part: AskedAct, unit: str, kind: str) -> bool:
    """Whether it counts for the part, and is as much as that asks of the unit."""
    if not act.counts_for(part):
        return False
    needed = part.how_much(unit, kind) if part.by == FIGURE_REPORTED else None
    return needed is None or (act.value is not None and act.value >= needed)

"""Values of measures, read out of a tally."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from services.contracts.campaign.rules import DaysLateMeasure, Measure
from services.scoring.engine.tally import Tally, slot

State = Literal["fulfilled", "missed", "waived", "open"]


@dataclass(frozen=True, slots=True)
class DaysLate:
    """How an obligation stands; `days` late when fulfilled, else 0."""

    state: State
    days: int = 0


Value = Decimal | DaysLate


def value_of(name: str, measure: Measure, tally: Tally) -> Value:
    """The value of a measure. An obligation that no fact speaks of is open."""
    if not isinstance(measure, DaysLateMeasure):
        return Decimal(tally.get(name, 0))
    if tally.get(slot(name, "fulfilled")):
        return DaysLate("fulfilled", int(tally.get(slot(name, "days"), 0)))
    if tally.get(slot(name, "missed")):
        return DaysLate("missed")
    if tally.get(slot(name, "waived")):
        return DaysLate("waived")
    return DaysLate("open")


def values_of(
    names: Iterable[str], measures: Mapping[str, Measure], tally: Tally
) -> dict[str, Value]:
    """The values of some measures of a rule set for one unit."""
    return {name: value_of(name, measures[name], tally) for name in names}

"""Obligations that lie in another part of a unit's year: nobody is asked for them twice."""

from collections.abc import Iterable, Mapping

from services.contracts.campaign.measuring.conditions import STATES
from services.contracts.rules import DaysLateMeasure, Measure
from services.measuring.periods import of_periods
from services.measuring.slots import Tally, slot
from services.scoring.engine.parts import YearPart, of_part


def lying_elsewhere(
    names: Iterable[str],
    measures: Mapping[str, Measure],
    tally: Tally,
    part: YearPart,
    *,
    last: bool,
) -> frozenset[str]:
    """The measures of obligations whose last day lies in another part than this one.

    One that no fact speaks of is of the last part.
    """
    if part.periods is None:
        return frozenset()
    obligations = [name for name in names if isinstance(measures[name], DaysLateMeasure)]
    here, anywhere = of_part(tally, part), of_periods(tally, None)
    return frozenset(
        name for name in obligations if not _has(name, here) and (not last or _has(name, anywhere))
    )


def _has(name: str, tally: Tally) -> bool:
    return any(slot(name, state) in tally for state in STATES)


def is_of_another_part(
    names: Iterable[str], measures: Mapping[str, Measure], elsewhere: frozenset[str]
) -> bool:
    """Whether what reads these measures asks for obligations, and all of them lie elsewhere."""
    if not elsewhere:
        return False
    asked = {name for name in names if isinstance(measures[name], DaysLateMeasure)}
    return bool(asked) and asked <= elsewhere

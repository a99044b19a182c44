"""What can be proven of conditions: whether one can hold or fail, and whether others cover it.

Nothing is claimed that is not proven, so proofs may be given up: when one has too many worlds, or
when those of one file have taken long enough together.
"""

from collections.abc import Mapping, Sequence

from services.contracts.campaign.measuring import Comparison, Condition, Measure, comparisons
from services.contracts.campaign.measuring.conditions import measures_in
from services.contracts.campaign.measuring.evaluate import holds
from services.contracts.campaign.measuring.proving.measure_values import MeasureValues, ValuesOf
from services.contracts.campaign.measuring.proving.worlds import InWorld, World, worlds

MOST_LOOKS = 500_000
"""Conditions looked at in worlds, in one file: about a second. Tables that are in use take a few
thousand."""


class Proofs:
    """Proofs about conditions on these measures."""

    def __init__(self, measures: Mapping[str, Measure], looks: int = MOST_LOOKS) -> None:
        self.measures = measures
        self._values = ValuesOf(measures)
        self._looks = looks

    def truth(self, condition: Condition) -> set[bool]:
        """Whether it can hold, and whether it can fail; both where nothing is proven."""
        known = self._known([condition])
        all_worlds = self._worlds([condition], known)
        if known is None or all_worlds is None:
            return {True, False}
        return {holds(condition, InWorld(world, known)) for world in all_worlds}

    def covered(self, when: Condition, before: Sequence[Condition]) -> bool:
        """Whether one of the others holds whenever this one does."""
        known = self._known([when, *before])
        all_worlds = self._worlds([when, *before], known)
        if known is None or all_worlds is None:
            return False
        return not any(
            holds(when, case) and not any(holds(one, case) for one in before)
            for case in (InWorld(world, known) for world in all_worlds)
        )

    def _worlds(
        self, conditions: Sequence[Condition], known: Mapping[str, MeasureValues] | None
    ) -> list[World] | None:
        if known is None or self._looks <= 0:
            return None
        found = worlds(conditions, known)
        self._looks -= len(found or ()) * len(conditions)
        return found if self._looks > 0 else None

    def _known(self, conditions: Sequence[Condition]) -> dict[str, MeasureValues] | None:
        """What the measures can be; None where one, or how it is asked, was reported as wrong."""
        known = {}
        for condition in conditions:
            for _, name in measures_in(condition):
                values = self._values.measure(name)
                if values is None:
                    return None
                known[name] = values
            for _, one in comparisons(condition):
                if not asks(one) or not has_state(one, self.measures[one.measure]):
                    return None
        return known


def asks(comparison: Comparison) -> bool:
    """Whether it compares with anything."""
    return bool(comparison.bounds) or (comparison.equals, comparison.given) != (None, None)


def has_state(comparison: Comparison, measure: Measure) -> bool:
    """Whether its measure has the state that it asks for, if it asks for one."""
    return measure.kind == "days-late" or not isinstance(comparison.equals, str)

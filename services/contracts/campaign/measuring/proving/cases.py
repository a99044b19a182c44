"""Which cases a list of conditions leaves to none of them, and what each case gives.

The constants of the conditions cut what each measure can be into pieces; one piece of each measure
is a situation. Situations that fall to none are put together into cases: a few pieces of some of
the measures, whatever the others are. Comparisons with another measure have no constants to cut
at: of conditions with one nothing is claimed.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise, product
from typing import NamedTuple

from services.contracts.campaign.measuring import (
    Comparison,
    Condition,
    Measure,
    MeasureOperand,
    comparisons,
)
from services.contracts.campaign.measuring.conditions import STATES
from services.contracts.campaign.measuring.evaluate import holds
from services.contracts.campaign.measuring.proving.intervals import HIGHEST, LOWEST, Cut, Interval
from services.contracts.campaign.measuring.proving.measure_values import (
    MeasureValues,
    ValuesOf,
    is_part_of,
)
from services.contracts.campaign.measuring.proving.proofs import asks, has_state
from services.contracts.campaign.measuring.proving.worlds import InWorld, World

MOST_SITUATIONS = 5_000
"""Of one criterion; above it nothing is claimed. Printed tables have some dozens."""
MOST_LOOKS = 200_000
"""Conditions looked at in situations, in one file: less than half a second."""


class Piece(NamedTuple):
    """A part of what a measure can be within which no comparison changes."""

    numbers: Interval | None = None
    """Of an obligation: its days late, fulfilled."""
    state: str | None = None
    """Of an obligation that is not fulfilled. Without numbers and state: no value."""

    @property
    def some(self) -> Decimal | str | None:
        """A value in it."""
        return self.numbers.some if self.numbers is not None else self.state


Situation = tuple[int, ...]
"""Of each measure the number of a piece."""
Case = tuple[frozenset[int], ...]
"""Of each measure some of its pieces: everything that they make together."""


class Situations:
    """All situations that some conditions tell apart, and the first condition that holds in each.

    `measures` are the names in the order of the numbers of a situation; `first` has for each
    situation that can be the number of the condition, None where none holds.
    """

    def __init__(
        self,
        conditions: Sequence[Condition],
        known: Mapping[str, MeasureValues],
        measures: Mapping[str, Measure],
    ) -> None:
        asked = [one for condition in conditions for _, one in comparisons(condition)]
        self.measures = tuple(dict.fromkeys(one.measure for one in asked))
        self.pieces = tuple(
            _pieces(known[name], [one for one in asked if one.measure == name])
            for name in self.measures
        )
        self.count = 1
        for pieces in self.pieces:
            self.count *= len(pieces)
        self.looks = self.count * len(conditions)
        self._conditions, self._known = conditions, known
        names = list(enumerate(self.measures))
        self._parts = [
            (part, whole)
            for part, one in names
            for whole, other in names
            if one != other and is_part_of(measures[one], measures[other])
        ]
        self.first: dict[Situation, int | None] = {}

    def look(self) -> None:
        """Find the first condition of each situation."""
        for situation in product(*(range(len(pieces)) for pieces in self.pieces)):
            if self._can_be(situation):
                self.first[situation] = self._first(situation)

    def _can_be(self, situation: Situation) -> bool:
        """Whether nothing that is counted as a part is more than its whole."""
        for part, whole in self._parts:
            some, all_of = (self.pieces[at][situation[at]].numbers for at in (part, whole))
            if some is not None and all_of is not None and some.low >= all_of.high:
                return False
        return True

    def _first(self, situation: Situation) -> int | None:
        world: World = {
            name: self.pieces[at][situation[at]].some for at, name in enumerate(self.measures)
        }
        case = InWorld(world, self._known)
        return next((n for n, one in enumerate(self._conditions) if holds(one, case)), None)

    def left_over(self) -> list[Case]:
        """What falls to no condition, as few cases as are found easily; together they are all."""
        rest = {situation for situation, first in self.first.items() if first is None}
        left, found = dict.fromkeys(sorted(rest)), []
        while left:
            case = self._grown(next(iter(left)), rest)
            found.append(case)
            for situation in product(*case):
                left.pop(situation, None)
        return found

    def _grown(self, situation: Situation, rest: set[Situation]) -> Case:
        """The case around a situation: each measure gets all pieces with which it still is one."""
        case = [frozenset([piece]) for piece in situation]
        for at, pieces in enumerate(self.pieces):
            for piece in range(len(pieces)):
                wider = [*case[:at], frozenset([piece]), *case[at + 1 :]]
                if all(one in rest or one not in self.first for one in product(*wider)):
                    case[at] |= {piece}
        return tuple(case)

    def neighbours(self, at: int) -> Iterator[list[tuple[Piece, int | None]]]:
        """For one measure, everything else being equal: its pieces in order, and what holds."""
        others = [range(len(pieces)) for n, pieces in enumerate(self.pieces) if n != at]
        for rest in product(*others):
            row = []
            for number, piece in enumerate(self.pieces[at]):
                situation = (*rest[:at], number, *rest[at:])
                if situation in self.first:
                    row.append((piece, self.first[situation]))
            yield row


class SituationsOf:
    """Makes the situations of conditions on the measures of one rule set, within one budget."""

    def __init__(self, measures: Mapping[str, Measure]) -> None:
        self.measures = measures
        self._values = ValuesOf(measures)
        self._looks = MOST_LOOKS

    def values(self, name: str) -> MeasureValues | None:
        """What a measure can be."""
        return self._values.measure(name)

    def of(self, conditions: Sequence[Condition]) -> Situations | None:
        """Looked at; None where nothing can be claimed, or what they ask was reported as wrong."""
        known = {}
        for condition in conditions:
            for _, one in comparisons(condition):
                values = self._values.measure(one.measure)
                if (
                    values is None
                    or not asks(one)
                    or not has_state(one, self.measures[one.measure])
                    or any(isinstance(bound, MeasureOperand) for bound in one.bounds.values())
                ):
                    return None
                known[one.measure] = values
        found = Situations(conditions, known, self.measures)
        if found.count > MOST_SITUATIONS or found.looks > self._looks:
            return None
        self._looks -= found.looks
        found.look()
        return found


def _pieces(values: MeasureValues, asked: Sequence[Comparison]) -> tuple[Piece, ...]:
    """Numbers from low to high, then states, then no value."""
    cuts = {LOWEST, HIGHEST}
    for comparison in asked:
        for key, bound in comparison.bounds.items():
            if isinstance(bound, Decimal):
                cuts.add(Cut(bound, after=key in {"more_than", "at_most"}))
        if isinstance(comparison.equals, Decimal):
            cuts |= {Cut(comparison.equals), Cut(comparison.equals, after=True)}
    parts = [values.numbers.inside(Interval(low, high)) for low, high in pairwise(sorted(cuts))]
    found = [Piece(part) for part in parts if not part.is_empty]
    if values.is_obligation:
        found += [Piece(state=state) for state in STATES if state != "fulfilled"]
    if values.may_lack:
        found.append(Piece())
    return tuple(found)

"""The units that are compared under one criterion, and the best of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import NamedTuple, cast

from services.measuring.exact import Number, least, most
from services.measuring.measures import ZERO
from services.measuring.values import Values


class Best(NamedTuple):
    """The best amount, and the units that have it; none where the highest is not above zero, and
    none where no unit has a value for the lowest."""

    amount: Number
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Peers:
    """Units of one cluster and table to which the criterion is assigned, with their values."""

    values: Mapping[str, Values]
    _found: dict[str, Best] = field(default_factory=dict)

    def best(self, what: str, amount: Callable[[Values], Number | None]) -> Best:
        """The best by an amount; None keeps a unit out. `what` names the amount: each is looked for
        once, whoever asks."""
        if what not in self._found:
            has = self._amounts(amount)
            highest = reduce(most, has.values(), cast("Number", ZERO))
            leaders = tuple(code for code in has if has[code] == highest) if highest > 0 else ()
            self._found[what] = Best(highest, leaders)
        return self._found[what]

    def lowest(self, what: str, amount: Callable[[Values], Number | None]) -> Best:
        """The lowest amount in the same way."""
        if what not in self._found:
            has = self._amounts(amount)
            lowest = reduce(least, has.values()) if has else cast("Number", ZERO)
            self._found[what] = Best(lowest, tuple(code for code in has if has[code] == lowest))
        return self._found[what]

    def _amounts(self, amount: Callable[[Values], Number | None]) -> dict[str, Number]:
        return {
            code: found
            for code in sorted(self.values)
            if (found := amount(self.values[code])) is not None
        }

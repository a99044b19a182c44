"""The units that are compared under one criterion, and the best of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from services.scoring.engine.measures import ZERO, Values


class Best(NamedTuple):
    """The highest amount, and the units that have it: none where it is not above zero."""

    amount: Decimal
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Peers:
    """Units of one cluster and table to which the criterion is assigned, with their values."""

    values: Mapping[str, Values]
    _found: dict[str, Best] = field(default_factory=dict)

    def best(self, what: str, amount: Callable[[Values], Decimal | None]) -> Best:
        """The best by an amount; None keeps a unit out. `what` names the amount: each is looked for
        once, whoever asks."""
        if what not in self._found:
            has = {
                code: found
                for code in sorted(self.values)
                if (found := amount(self.values[code])) is not None
            }
            most = max(has.values(), default=ZERO)
            leaders = tuple(code for code in has if has[code] == most) if most > 0 else ()
            self._found[what] = Best(max(most, ZERO), leaders)
        return self._found[what]

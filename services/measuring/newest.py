"""The newest of several things: what a latest measure keeps in a tally."""

from decimal import Decimal

import msgspec


class Newest(msgspec.Struct, frozen=True, array_like=True):
    """The value of the latest thing, and what it has to be later than."""

    moment: int
    """Microseconds since 1970, in the domain's time."""
    record: str
    """Decides between two things of one moment."""
    value: Decimal

    @property
    def order(self) -> tuple[int, str]:
        """The higher one is later."""
        return (self.moment, self.record)

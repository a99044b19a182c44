"""Kind `bonus-penalty`: bonuses less penalties, between a floor and a ceiling."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from services.contracts.campaign.base import Points
from services.contracts.rules.criteria.base import (
    CriterionBase,
    CriterionFault,
    Read,
    Weight,
    faults_of_weights,
    not_equal_to_maximum,
    reads_of_weights,
)
from services.contracts.wording import plain


class BonusPenalty(CriterionBase):
    """Bonuses less penalties, between a floor that may be negative and a ceiling."""

    kind: Literal["bonus-penalty"]
    plus: tuple[Weight, ...] = ()
    minus: tuple[Weight, ...] = ()
    floor: Points
    ceiling: Points

    def reads(self) -> Iterator[Read]:
        """The measures of all lines."""
        yield from reads_of_weights("plus", self.plus)
        yield from reads_of_weights("minus", self.minus)

    @property
    def lowest(self) -> Decimal:
        """The floor."""
        return self.floor

    def faults(self) -> Iterator[CriterionFault]:
        """Who has nothing gets 0; the ceiling is the maximum."""
        yield from faults_of_weights((("plus", self.plus), ("minus", self.minus)))
        if self.floor > 0 or self.floor > self.ceiling:
            yield CriterionFault(
                ("floor",),
                f"sàn {plain(self.floor)} phải từ 0 trở xuống (không phát sinh thì 0 điểm)",
                f"the floor {plain(self.floor)} must be 0 or less (who has nothing gets 0)",
            )
        yield from not_equal_to_maximum(("ceiling",), "ceiling", self.ceiling, self.maximum)

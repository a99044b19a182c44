"""Kind `entered`: a score that a person enters, with reason and evidence."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from services.contracts.campaign.base import Points
from services.contracts.rules.criteria.base import (
    CriterionBase,
    CriterionFault,
    Read,
    above_maximum,
)
from services.contracts.rules.numbers import NoValue
from services.contracts.wording import plain

Stage = Literal["self", "cluster", "final"]
"""By the unit itself, by its cluster, by the Board."""


class Entered(CriterionBase):
    """The score of the first of these stages that was entered."""

    kind: Literal["entered"]
    stages: tuple[Stage, ...] = Field(
        default=("final",), min_length=1, description="Whose score counts: the first that is there."
    )
    minimum: Points = Field(default=Decimal(0), description="The lowest score.")
    no_value: NoValue = Field(default=Decimal(0), description="As long as none was entered.")

    def reads(self) -> Iterator[Read]:
        """The scores, which are measures without being declared."""
        for at, stage in enumerate(self.stages):
            yield Read(("stages", at), entered_measure(self.id, stage))

    @property
    def lowest(self) -> Decimal:
        """The lowest score."""
        none = self.no_value if isinstance(self.no_value, Decimal) else self.minimum
        return min(self.minimum, none)

    def faults(self) -> Iterator[CriterionFault]:
        """The scale has two ends, 0 to -5 of a deduction too, and each stage is named once."""
        if self.minimum >= self.maximum:
            yield CriterionFault(
                ("minimum",),
                f"{plain(self.minimum)} phải nhỏ hơn maximum {plain(self.maximum)}",
                f"{plain(self.minimum)} must be less than the maximum {plain(self.maximum)}",
            )
        for at, stage in enumerate(self.stages):
            if stage in self.stages[:at]:
                yield CriterionFault(
                    ("stages", at),
                    f"“{stage}” ghi hai lần; bỏ một",
                    f"“{stage}” comes twice; remove one",
                )
        if isinstance(self.no_value, Decimal):
            yield from above_maximum(("no_value",), self.no_value, self.maximum)


def entered_measure(criterion: str, stage: str) -> str:
    """Name of the measure that a score is; no declared measure can have it (colons)."""
    return f"entered:{criterion}:{stage}"

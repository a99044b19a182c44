"""Kind `steps`: points for each full step over a base, with coefficients, between two ends."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from services.contracts.campaign.base import Points
from services.contracts.campaign.measuring.operands import MeasureOperand, Operand
from services.contracts.rules.criteria.base import (
    CriterionFault,
    OnOneMeasure,
    Read,
    above_maximum,
    not_positive,
)
from services.contracts.rules.numbers import NoValue
from services.contracts.wording import plain


class Steps(OnOneMeasure):
    """At the base `start`; for each full step over it `each` more; all times `coefficient`.

    Below the base `floor`, or where `each_below` is given as much less for each step that is begun,
    never less than the floor.
    """

    kind: Literal["steps"]
    base: Operand = Field(
        description="Where steps begin: a number, or a measure: the unit's own threshold."
    )
    base_coefficient: Operand = Field(
        default=Decimal(1), description="Multiplies the base, and with it a step in per cent of it."
    )
    step: Points | None = Field(
        default=None, description="The width of a step; a part of one gives nothing."
    )
    step_percent: Points | None = Field(
        default=None, description="Instead of `step`: so many per cent of the multiplied base."
    )
    each: Points = Field(description="Points for each full step.")
    start: Points = Field(default=Decimal(0), description="Points at the base itself.")
    each_below: Points | None = Field(
        default=None,
        description="Points less for each step that is begun below the base; absent: below it only"
        " `floor` is given.",
    )
    floor: Points = Field(default=Decimal(0), description="The least, below the base.")
    coefficient: Operand = Field(
        default=Decimal(1), description="Multiplies the points, before both ends."
    )
    no_value: NoValue = Field(
        default=Decimal(0),
        description="Where measure, base or a coefficient has no value, or a step no width.",
    )

    def reads(self) -> Iterator[Read]:
        """Its measure, and those that base and coefficients are."""
        yield from super().reads()
        for key in ("base", "base_coefficient", "coefficient"):
            operand = getattr(self, key)
            if isinstance(operand, MeasureOperand):
                yield Read((key, "measure"), operand.measure)

    @property
    def lowest(self) -> Decimal:
        """The floor, or what no value gives."""
        if not isinstance(self.no_value, Decimal):
            return self.floor
        return min(self.no_value, self.floor)

    def faults(self) -> Iterator[CriterionFault]:
        """Steps are worth something and have one width; start and ends are in order."""
        for key in ("maximum", "each"):
            yield from not_positive((key,), getattr(self, key))
        for key in ("step", "step_percent", "each_below"):
            if (value := getattr(self, key)) is not None:
                yield from not_positive((key,), value)
        for key in ("base_coefficient", "coefficient"):
            operand = getattr(self, key)
            if isinstance(operand, MeasureOperand):
                yield from not_positive((key, "times"), operand.times)
            else:
                yield from not_positive((key,), operand)
        yield from self._width()
        if self.start < 0:
            yield CriterionFault(("start",), "phải từ 0 trở lên", "must be 0 or more")
        if isinstance(self.coefficient, Decimal):
            at_base = self.start * self.coefficient
            yield from above_maximum(("start",), at_base, self.maximum)
            yield from self._above_start(at_base)
        if isinstance(self.no_value, Decimal):
            yield from above_maximum(("no_value",), self.no_value, self.maximum)

    def _width(self) -> Iterator[CriterionFault]:
        if (self.step is None) == (self.step_percent is None):
            yield CriterionFault(
                ("step",),
                "ghi một trong hai: step (số) hoặc step_percent (phần trăm của mức gốc)",
                "give one of the two: step (a number) or step_percent (of the base)",
            )
        # A measure may be below 0 for one unit, which is then without a value; a number is so
        # for all.
        if self.step_percent is not None and isinstance(self.base, Decimal) and self.base <= 0:
            yield CriterionFault(
                ("base",),
                f"mức gốc {plain(self.base)} không có phần trăm; ghi step bằng số",
                f"the base {plain(self.base)} has no per cent; give step as a number",
            )

    def _above_start(self, at_base: Decimal) -> Iterator[CriterionFault]:
        """What is below the base gives no more than the base itself."""
        if self.floor > at_base:
            yield CriterionFault(
                ("floor",),
                f"dưới mức gốc được {plain(self.floor)}, tại mức gốc chỉ {plain(at_base)}; "
                "hạ floor hoặc nâng start",
                f"below the base {plain(self.floor)} is given, at the base only {plain(at_base)}; "
                "lower floor or raise start",
            )
        elif self.each_below is not None and self.floor == at_base:
            yield CriterionFault(
                ("each_below",),
                f"không bao giờ trừ: floor bằng điểm tại mức gốc ({plain(at_base)}); hạ floor, "
                "hoặc bỏ each_below",
                f"takes nothing: the floor is what the base gives ({plain(at_base)}); lower "
                "floor, or remove each_below",
            )

"""Kind `entered`: a score that a person enters, with reason and evidence."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, model_validator

from services.contracts.campaign.base import Points
from services.contracts.rules.criteria.base import (
    CriterionBase,
    CriterionFault,
    Read,
    above_maximum,
)
from services.contracts.rules.criteria.scorers import Scorers
from services.contracts.rules.numbers import NoValue
from services.contracts.wording import plain

Stage = Literal["self", "cluster", "final", "scorers"]
"""By the unit itself, by its cluster, by the Board, by the units that `scored_by` names."""

SCORERS: Stage = "scorers"


class Entered(CriterionBase):
    """The score of the first of these stages that was entered."""

    kind: Literal["entered"]
    stages: tuple[Stage, ...] = Field(
        default=("final",), min_length=1, description="Whose score counts: the first that is there."
    )
    scored_by: Scorers | None = Field(
        default=None,
        description="Who scores it in the stage `scorers`: a unit or a panel. Without `stages` that"
        " is the only stage; `stages: [final, scorers]` lets the Board's score count instead.",
    )
    minimum: Points = Field(default=Decimal(0), description="The lowest score.")
    no_value: NoValue = Field(default=Decimal(0), description="As long as none was entered.")

    @model_validator(mode="before")
    @classmethod
    def _scorers_alone(cls, given: Any) -> Any:
        """Whoever names scorers and no stages means their marks."""
        if isinstance(given, dict) and given.get("scored_by") and "stages" not in given:
            return {**given, "stages": (SCORERS,)}
        return given

    def reads(self) -> Iterator[Read]:
        """The scores, which are measures without being declared."""
        for at, stage in enumerate(self.stages):
            if stage != SCORERS:
                yield Read(("stages", at), entered_measure(self.id, stage))
            elif self.scored_by is not None:
                for number, code in enumerate(self.scored_by.codes):
                    place = ("scored_by", *self.scored_by.place_of(number))
                    yield Read(place, entered_measure(self.id, stage, code))

    @property
    def of_one(self) -> str | None:
        """The measure of the score that counts first, where one unit or the Board gives it."""
        first = self.stages[0]
        if first != SCORERS:
            return entered_measure(self.id, first)
        codes = self.scored_by.codes if self.scored_by is not None else ()
        return entered_measure(self.id, first, codes[0]) if len(codes) == 1 else None

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
        yield from self._faults_of_scorers()

    def _faults_of_scorers(self) -> Iterator[CriterionFault]:
        if self.scored_by is None:
            if SCORERS in self.stages:
                yield CriterionFault(
                    ("stages", self.stages.index(SCORERS)),
                    "thiếu scored_by: ghi đơn vị chấm, như scored_by: {unit: MÃ}",
                    "scored_by is missing: name who scores, as scored_by: {unit: CODE}",
                )
            return
        for fault in self.scored_by.faults(self.minimum, self.maximum):
            yield fault._replace(path=("scored_by", *fault.path))
        if SCORERS not in self.stages:
            yield CriterionFault(
                ("stages",),
                "có scored_by mà stages không có scorers: điểm các đơn vị chấm không được tính; "
                "thêm scorers, hoặc bỏ stages",
                "scored_by is given and stages does not have scorers: their marks would not count; "
                "add scorers, or remove stages",
            )
        elif "cluster" in self.stages:
            yield CriterionFault(
                ("stages", self.stages.index("cluster")),
                "cluster và scorers không đi cùng nhau; đưa cụm trưởng vào scored_by, hoặc tách "
                "thành hai tiêu chí",
                "cluster and scorers don't go together; name the head under scored_by, or make two "
                "criteria",
            )


def entered_measure(criterion: str, stage: str, scorer: str | None = None) -> str:
    """Name of the measure that a score is; no declared measure can have it (colons).

    `scorer`: whose, in the stage `scorers`.
    """
    return f"entered:{criterion}:{stage}" + ("" if scorer is None else f":{scorer}")

"""A mark that a person entered, with reason and evidence.

Source of the form: most printed tables have items that a unit marks itself, that its cluster
reviews and that the Board decides.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules import Entered, entered_measure
from services.contracts.wording import Bilingual, plain
from services.scoring.engine.criteria.award import (
    NO_VALUE,
    Award,
    formula_without_value,
    law_without_value,
    without_value,
)
from services.scoring.engine.measures import Values, number
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import shown

STAGES = {
    "self": Bilingual("đơn vị tự chấm", "by the unit itself"),
    "cluster": Bilingual("cụm, khối chấm", "by its cluster"),
    "final": Bilingual("Ban Thi đua chấm", "by the Board"),
}


def award(criterion: Entered, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """The mark of the first stage that has one, between minimum and maximum; else `no_value`."""
    marks: dict[str, Decimal | None] = {
        stage: number(values, entered_measure(criterion.id, stage)) for stage in criterion.stages
    }
    inputs = {stage: shown(mark) for stage, mark in marks.items()}
    for stage, mark in marks.items():
        if mark is not None:
            points = max(criterion.minimum, min(criterion.maximum, mark))
            return Award(points, {**inputs, "counts": stage})
    return without_value(criterion.no_value, inputs)


def formula(criterion: Entered, inputs: Mapping[str, str], points: str) -> Bilingual:
    """Whose mark counts."""
    if NO_VALUE in inputs:
        none = formula_without_value(criterion.no_value, points)
        return Bilingual(none.vi.replace("số liệu", "điểm chấm"), none.en.replace("value", "mark"))
    by, mark = STAGES[inputs["counts"]], inputs[inputs["counts"]]
    return Bilingual(f"{by.vi} {mark}: {points} điểm", f"marked {mark} {by.en}: {points}")


def law(criterion: Entered) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    low, high = plain(criterion.minimum), plain(criterion.maximum)
    stages = [STAGES[stage] for stage in criterion.stages]
    none = law_without_value(criterion.no_value)
    return Bilingual(
        f"điểm chấm từ {low} đến {high}: {', rồi '.join(by.vi for by in stages)}; {none.vi}",
        f"a mark from {low} to {high}: {', else '.join(by.en for by in stages)}; {none.en}",
    )

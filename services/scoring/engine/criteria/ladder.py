"""Points by the interval that a number lies in.

Source of the form: criteria of the justice sector as scored by Đồng Tháp in 2022: share of
documents signed and sent over the document bus, more than 95 % 1.5; 75 to 95 % 1; 50 to less than
75 % 0.5; less than 50 % 0.
"""

from collections.abc import Mapping

from services.contracts.rules import Ladder
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


def award(criterion: Ladder, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """The rung whose interval has the number; the loader holds that there is exactly one.

    Raises ValueError for a number in no interval: a rule set that no loader has seen.
    """
    has = number(values, criterion.measure)
    inputs = {criterion.measure: shown(has)}
    if has is None:
        return without_value(criterion.no_value, inputs)
    for step in criterion.steps:
        if step.holds(has):
            return Award(step.points, {**inputs, "rung-held": step.words})
    raise ValueError(f"{criterion.id} has no step for {shown(has)}")


def formula(criterion: Ladder, inputs: Mapping[str, str], points: str) -> Bilingual:
    """The rung that held, with the number."""
    if NO_VALUE in inputs:
        return formula_without_value(criterion.no_value, points)
    said = f"x = {inputs[criterion.measure]}"
    return Bilingual(
        f"{said}, bậc {inputs['rung-held']}: {points} điểm",
        f"{said}, rung {inputs['rung-held']}: {points}",
    )


def law(criterion: Ladder) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    rungs = "; ".join(f"{step.words}: {plain(step.points)}" for step in criterion.steps)
    none = law_without_value(criterion.no_value)
    return Bilingual(f"{rungs}; {none.vi}", f"{rungs}; {none.en}")

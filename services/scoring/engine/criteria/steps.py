"""Points for each full step over a base, with a coefficient, capped.

Source of the form: tables that give first points for reaching a base and more for each further
step, weighted by a coefficient, up to a cap.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules.criteria import Steps
from services.contracts.wording import Bilingual, plain
from services.scoring.engine.criteria.award import (
    NO_VALUE,
    Award,
    formula_without_value,
    law_without_value,
    without_value,
)
from services.scoring.engine.exact import add, divide, floor, least, multiply, subtract
from services.scoring.engine.measures import ZERO, Values, number
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames, in_words, sentence, shown


def award(criterion: Steps, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """min(maximum, coefficient x (start + each x floor((A - base) / step))); below the base 0."""
    has = number(values, criterion.measure)
    inputs = {criterion.measure: shown(has)}
    if has is None:
        return without_value(criterion.no_value, inputs)
    if has < criterion.base:
        return Award(ZERO, {**inputs, "full-steps": "—"})
    full = floor(divide(subtract(has, criterion.base), criterion.step))
    earned = add(criterion.start, multiply(criterion.each, full))
    points = least(criterion.maximum, multiply(criterion.coefficient, earned))
    return Award(points, {**inputs, "full-steps": plain(full)})


def formula(
    criterion: Steps,
    inputs: Mapping[str, str],
    points: Decimal,
    names: FormulaNames,  # noqa: ARG001
) -> Bilingual:
    """The steps with their numbers."""
    if NO_VALUE in inputs:
        return formula_without_value(criterion.no_value, points)
    has = in_words(inputs[criterion.measure])
    if inputs["full-steps"] == "—":
        return sentence(
            "{has} dưới mức gốc {base}: 0 điểm",
            "{has} is below the base {base}: 0",
            has=has,
            base=criterion.base,
        )
    return sentence(
        "{has} vượt mức gốc {base}: {times} × ({start} + {full} × {each}), tối đa {most}: {p} điểm",
        "{has} over the base {base}: {times} × ({start} + {full} × {each}), at most {most}: {p}",
        has=has,
        base=criterion.base,
        times=criterion.coefficient,
        start=criterion.start,
        full=in_words(inputs["full-steps"]),
        each=criterion.each,
        most=criterion.maximum,
        p=points,
    )


def law(criterion: Steps, names: FormulaNames) -> Bilingual:  # noqa: ARG001
    """The whole rule, whoever it is applied to."""
    return sentence(
        "đạt mức gốc {base}: {start}; mỗi {step} vượt thêm: {each}; nhân hệ số {times}, tối đa"
        " {most}; {none}",
        "at the base {base}: {start}; each full {step} over it: {each}; times {times}, at most"
        " {most}; {none}",
        base=criterion.base,
        start=criterion.start,
        step=criterion.step,
        each=criterion.each,
        times=criterion.coefficient,
        most=criterion.maximum,
        none=law_without_value(criterion.no_value),
    )

"""Points in proportion to a target, never more than the maximum.

Source of the form: the public-security sector's table scores the part of a target reached as a
share of the maximum.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules import MeasureOperand
from services.contracts.rules.criteria import Linear
from services.contracts.wording import Bilingual
from services.measuring.exact import Number, multiply
from services.measuring.measures import number
from services.measuring.values import Values
from services.scoring.engine.conditions import operand_words
from services.scoring.engine.criteria.award import (
    NO_VALUE,
    Award,
    formula_without_value,
    law_without_value,
    share,
    without_value,
)
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames, in_words, joined, sentence, shown


def award(criterion: Linear, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """min(maximum, maximum x A / target), at least 0; without A or target: `no_value`."""
    has, target = number(values, criterion.measure), _target(criterion, values)
    inputs = {criterion.measure: shown(has), "set-target": shown(target)}
    if has is None or target is None or target <= 0:
        return without_value(criterion.no_value, inputs)
    return Award(share(has, target, criterion.maximum), inputs)


def _target(criterion: Linear, values: Values) -> Number | None:
    if not isinstance(criterion.target, MeasureOperand):
        return criterion.target
    of_unit = number(values, criterion.target.measure)
    return None if of_unit is None else multiply(of_unit, criterion.target.times)


def formula(
    criterion: Linear,
    inputs: Mapping[str, str],
    points: Decimal,
    names: FormulaNames,  # noqa: ARG001
) -> Bilingual:
    """The proportion with its numbers."""
    if NO_VALUE in inputs:
        return formula_without_value(criterion.no_value, points)
    return sentence(
        "{most} × {has} / {target}, tối đa {most}: {p} điểm",
        "{most} × {has} / {target}, at most {most}: {p}",
        most=criterion.maximum,
        has=in_words(inputs[criterion.measure]),
        target=in_words(inputs["set-target"]),
        p=points,
    )


def law(criterion: Linear, names: FormulaNames) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    rule = sentence(
        "{most} × kết quả / chỉ tiêu {target}, tối đa {most}",
        "{most} × result / target {target}, at most {most}",
        most=criterion.maximum,
        target=operand_words(criterion.target, names),
    )
    if not isinstance(criterion.target, MeasureOperand):
        return rule
    return joined([rule, law_without_value(criterion.no_value)], "; ")

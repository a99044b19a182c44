"""Points by the interval that a number lies in.

Source of the form: criteria of the justice sector as scored by Đồng Tháp in 2022: share of
documents signed and sent over the document bus, more than 95 % 1.5; 75 to 95 % 1; 50 to less than
75 % 0.5; less than 50 % 0.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules.criteria import Ladder
from services.contracts.rules.criteria.ladder import Step
from services.contracts.wording import Bilingual
from services.measuring.measures import number
from services.measuring.values import Values
from services.scoring.engine.criteria.award import (
    NO_VALUE,
    Award,
    formula_without_value,
    law_without_value,
    without_value,
)
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames, in_words, joined, sentence, shown


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


def formula(
    criterion: Ladder,
    inputs: Mapping[str, str],
    points: Decimal,
    names: FormulaNames,  # noqa: ARG001
) -> Bilingual:
    """The rung that held, with the number."""
    if NO_VALUE in inputs:
        return formula_without_value(criterion.no_value, points)
    (held,) = (step for step in criterion.steps if step.words == inputs["rung-held"])
    return sentence(
        "x = {has}, bậc {rung}: {p} điểm",
        "x = {has}, rung {rung}: {p}",
        has=in_words(inputs[criterion.measure]),
        rung=_interval(held),
        p=points,
    )


def law(criterion: Ladder, names: FormulaNames) -> Bilingual:  # noqa: ARG001
    """The whole rule, whoever it is applied to."""
    rungs = [
        sentence("{rung}: {p}", "{rung}: {p}", rung=_interval(step), p=step.points)
        for step in criterion.steps
    ]
    return joined([*rungs, law_without_value(criterion.no_value)], "; ")


def _interval(step: Step) -> Bilingual:
    """`50 ≤ x < 75`, `x = 3`."""
    if step.equals is not None:
        return sentence("x = {n}", "x = {n}", n=step.equals)
    text, ends = "x", {}
    for end, sign in (("above", "<"), ("at_least", "≤")):
        if (bound := getattr(step, end)) is not None:
            text, ends[end] = f"{{{end}}} {sign} {text}", bound
    for end, sign in (("below", "<"), ("at_most", "≤")):
        if (bound := getattr(step, end)) is not None:
            text, ends[end] = f"{text} {sign} {{{end}}}", bound
    return sentence(text, text, **ends)

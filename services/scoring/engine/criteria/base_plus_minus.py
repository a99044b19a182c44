"""A base that everybody has, plus, minus.

Source of the form: the natural-resources sector's check of districts: 100 + sum of plus points -
sum of minus points.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules.criteria import BasePlusMinus
from services.contracts.wording import Bilingual
from services.measuring.exact import add, clamped, subtract
from services.measuring.values import Values
from services.scoring.engine.criteria.award import (
    Award,
    inputs_in_words,
    titles_of,
    weighed,
    weighed_inputs,
    weighed_words,
)
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames, joined, sentence


def award(criterion: BasePlusMinus, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """base + sum of plus - sum of minus, held between its lowest and its highest."""
    points = add(criterion.base, weighed(criterion.plus, values))
    points = subtract(points, weighed(criterion.minus, values))
    # Without a plus the base is the end above, though a measure may be negative; and the reverse.
    points = clamped(points, criterion.lowest, criterion.highest)
    return Award(points, weighed_inputs((*criterion.plus, *criterion.minus), values))


def formula(
    criterion: BasePlusMinus,
    inputs: Mapping[str, str],
    points: Decimal,
    names: FormulaNames,  # noqa: ARG001
) -> Bilingual:
    """The sum with its numbers."""
    rule = _bounded(criterion, inputs_in_words(inputs))
    return sentence("{rule}: {p} điểm", "{rule}: {p}", rule=rule, p=points)


def law(criterion: BasePlusMinus, names: FormulaNames) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    return _bounded(criterion, titles_of(names, criterion.plus, criterion.minus))


def _bounded(criterion: BasePlusMinus, shown: Mapping[str, Bilingual]) -> Bilingual:
    parts = [weighed_words(criterion.base, criterion.plus, criterion.minus, shown)]
    if criterion.floor is not None:
        parts.append(sentence("thấp nhất {n}", "at least {n}", n=criterion.floor))
    if criterion.ceiling is not None:
        parts.append(sentence("cao nhất {n}", "at most {n}", n=criterion.ceiling))
    return joined(parts, "; ")

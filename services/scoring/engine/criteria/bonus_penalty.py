"""Bonuses less penalties, between a floor and a ceiling.

Source of the form: the public-security sector's table: bonus - penalty, clamped, e.g. -10..20.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules.criteria import BonusPenalty
from services.contracts.wording import Bilingual
from services.measuring.exact import clamped, subtract
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
from services.scoring.engine.texts import FormulaNames, sentence


def award(criterion: BonusPenalty, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """clamp(sum of plus - sum of minus, floor, ceiling); the floor may be below zero."""
    points = subtract(weighed(criterion.plus, values), weighed(criterion.minus, values))
    inputs = weighed_inputs((*criterion.plus, *criterion.minus), values)
    return Award(clamped(points, criterion.floor, criterion.ceiling), inputs)


def formula(
    criterion: BonusPenalty,
    inputs: Mapping[str, str],
    points: Decimal,
    names: FormulaNames,  # noqa: ARG001
) -> Bilingual:
    """The sum with its numbers."""
    rule = _bounded(criterion, inputs_in_words(inputs))
    return sentence("{rule}: {p} điểm", "{rule}: {p}", rule=rule, p=points)


def law(criterion: BonusPenalty, names: FormulaNames) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    return _bounded(criterion, titles_of(names, criterion.plus, criterion.minus))


def _bounded(criterion: BonusPenalty, shown: Mapping[str, Bilingual]) -> Bilingual:
    return sentence(
        "{sum}; thấp nhất {low}, cao nhất {high}",
        "{sum}; at least {low}, at most {high}",
        sum=weighed_words(None, criterion.plus, criterion.minus, shown),
        low=criterion.floor,
        high=criterion.ceiling,
    )

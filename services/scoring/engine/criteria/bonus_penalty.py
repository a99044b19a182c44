"""Bonuses less penalties, between a floor and a ceiling.

Source of the form: the public-security sector's table: bonus - penalty, clamped, e.g. -10..20.
"""

from collections.abc import Mapping

from services.contracts.rules import BonusPenalty
from services.contracts.wording import Bilingual, plain
from services.scoring.engine.criteria.award import (
    Award,
    names_of,
    weighed,
    weighed_inputs,
    weighed_words,
)
from services.scoring.engine.measures import EXACT, Values
from services.scoring.engine.peers import Peers


def award(criterion: BonusPenalty, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """clamp(sum of plus - sum of minus, floor, ceiling); the floor may be below zero."""
    points = EXACT.subtract(weighed(criterion.plus, values), weighed(criterion.minus, values))
    inputs = weighed_inputs((*criterion.plus, *criterion.minus), values)
    return Award(max(criterion.floor, min(criterion.ceiling, points)), inputs)


def formula(criterion: BonusPenalty, inputs: Mapping[str, str], points: str) -> Bilingual:
    """The sum with its numbers."""
    rule = _bounded(criterion, inputs)
    return Bilingual(f"{rule.vi}: {points} điểm", f"{rule.en}: {points}")


def law(criterion: BonusPenalty) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    return _bounded(criterion, names_of(criterion.plus, criterion.minus))


def _bounded(criterion: BonusPenalty, shown: Mapping[str, str]) -> Bilingual:
    terms = weighed_words("", criterion.plus, criterion.minus, shown)
    low, high = plain(criterion.floor), plain(criterion.ceiling)
    return Bilingual(f"{terms}, từ {low} đến {high}", f"{terms}, between {low} and {high}")

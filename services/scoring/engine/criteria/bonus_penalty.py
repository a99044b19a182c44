"""Bonuses less penalties, between a floor and a ceiling.

Source of the form: the public-security sector's table: bonus - penalty, clamped, e.g. -10..20.
"""

from collections.abc import Mapping

from services.contracts.rules import BonusPenalty
from services.contracts.wording import plain
from services.scoring.engine.criteria.award import (
    Award,
    names_of,
    weighed,
    weighed_inputs,
    weighed_words,
)
from services.scoring.engine.measures import EXACT, Values
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import Text


def award(criterion: BonusPenalty, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """clamp(sum of plus - sum of minus, floor, ceiling); the floor may be below zero."""
    points = EXACT.subtract(weighed(criterion.plus, values), weighed(criterion.minus, values))
    inputs = weighed_inputs((*criterion.plus, *criterion.minus), values)
    return Award(max(criterion.floor, min(criterion.ceiling, points)), inputs)


def formula(criterion: BonusPenalty, inputs: Mapping[str, str], points: str) -> Text:
    """The sum with its numbers."""
    rule = _bounded(criterion, inputs)
    return Text(f"{rule.vi}: {points} điểm", f"{rule.en}: {points}")


def law(criterion: BonusPenalty) -> Text:
    """The whole rule, whoever it is applied to."""
    return _bounded(criterion, names_of(criterion.plus, criterion.minus))


def _bounded(criterion: BonusPenalty, shown: Mapping[str, str]) -> Text:
    terms = weighed_words("", criterion.plus, criterion.minus, shown)
    low, high = plain(criterion.floor), plain(criterion.ceiling)
    return Text(f"{terms}, từ {low} đến {high}", f"{terms}, between {low} and {high}")

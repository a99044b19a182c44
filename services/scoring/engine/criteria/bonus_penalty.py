"""Bonuses less penalties, between a floor and a ceiling.

Source of the form: the public-security sector's table: bonus - penalty, clamped, e.g. -10..20.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.contracts.campaign.base import plain
from services.contracts.campaign.rules import BonusPenalty, Weight
from services.scoring.engine.criteria.award import EXACT, ZERO, Award, Peers, Text, amount
from services.scoring.engine.measures import Value


def award(criterion: BonusPenalty, values: Mapping[str, Value], peers: Peers) -> Award:  # noqa: ARG001
    """clamp(sum of plus - sum of minus, floor, ceiling); the floor may be below zero."""
    points = EXACT.subtract(_sum(criterion.plus, values), _sum(criterion.minus, values))
    names = dict.fromkeys(weight.measure for weight in (*criterion.plus, *criterion.minus))
    inputs = {name: plain(amount(values, name)) for name in names}
    return Award(max(criterion.floor, min(criterion.ceiling, points)), inputs)


def _sum(weights: Sequence[Weight], values: Mapping[str, Value]) -> Decimal:
    total = ZERO
    for weight in weights:
        total = EXACT.add(total, EXACT.multiply(weight.each, amount(values, weight.measure)))
    return total


def formula(criterion: BonusPenalty, inputs: Mapping[str, str], points: str) -> Text:
    """The sum with its numbers."""
    shown = _terms(criterion, {name: inputs[name] for name in inputs})
    low, high = plain(criterion.floor), plain(criterion.ceiling)
    return Text(
        f"{shown}, từ {low} đến {high}: {points} điểm",
        f"{shown}, between {low} and {high}: {points}",
    )


def law(criterion: BonusPenalty) -> Text:
    """The whole rule, whoever it is applied to."""
    names = (weight.measure for weight in (*criterion.plus, *criterion.minus))
    shown = _terms(criterion, {name: name for name in names})
    low, high = plain(criterion.floor), plain(criterion.ceiling)
    return Text(f"{shown}, từ {low} đến {high}", f"{shown}, between {low} and {high}")


def _terms(criterion: BonusPenalty, shown: Mapping[str, str]) -> str:
    plus = [f"{shown[w.measure]} × {plain(w.each)}" for w in criterion.plus]
    minus = [f"{shown[w.measure]} × {plain(w.each)}" for w in criterion.minus]
    return " − ".join([" + ".join(plus) or "0", *minus])

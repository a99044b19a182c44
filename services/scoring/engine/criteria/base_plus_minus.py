"""A base that everybody has, plus, minus.

Source of the form: the natural-resources sector's check of districts: 100 + sum of plus points -
sum of minus points.
"""

from collections.abc import Mapping

from services.contracts.rules import BasePlusMinus
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


def award(criterion: BasePlusMinus, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """base + sum of plus - sum of minus, held between its lowest and its highest."""
    points = EXACT.add(criterion.base, weighed(criterion.plus, values))
    points = EXACT.subtract(points, weighed(criterion.minus, values))
    # Without a plus the base is the end above, though a measure may be negative; and the reverse.
    points = max(criterion.lowest, min(criterion.highest, points))
    return Award(points, weighed_inputs((*criterion.plus, *criterion.minus), values))


def formula(criterion: BasePlusMinus, inputs: Mapping[str, str], points: str) -> Bilingual:
    """The sum with its numbers."""
    rule = _bounded(criterion, inputs)
    return Bilingual(f"{rule.vi}: {points} điểm", f"{rule.en}: {points}")


def law(criterion: BasePlusMinus) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    return _bounded(criterion, names_of(criterion.plus, criterion.minus))


def _bounded(criterion: BasePlusMinus, shown: Mapping[str, str]) -> Bilingual:
    terms = weighed_words(plain(criterion.base), criterion.plus, criterion.minus, shown)
    vi = en = terms
    if criterion.floor is not None:
        vi, en = (
            f"{vi}, ít nhất {plain(criterion.floor)}",
            f"{en}, at least {plain(criterion.floor)}",
        )
    if criterion.ceiling is not None:
        most = plain(criterion.ceiling)
        vi, en = f"{vi}, tối đa {most}", f"{en}, at most {most}"
    return Bilingual(vi, en)

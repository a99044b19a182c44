"""So many points each, up to a cap.

Source of the form: the public-security sector's table: 5 points each, at most 20.
"""

from collections.abc import Mapping

from services.contracts.rules import Count
from services.contracts.wording import Bilingual, plain
from services.scoring.engine.criteria.award import Award
from services.scoring.engine.measures import EXACT, ZERO, Values, amount
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import shown


def award(criterion: Count, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """min(cap, each x A), never below 0."""
    has = amount(values, criterion.measure)
    points = max(ZERO, min(criterion.cap, EXACT.multiply(criterion.each, has)))
    return Award(points, {criterion.measure: shown(has)})


def formula(criterion: Count, inputs: Mapping[str, str], points: str) -> Bilingual:
    """The product with its numbers."""
    has, each, cap = inputs[criterion.measure], plain(criterion.each), plain(criterion.cap)
    return Bilingual(
        f"{has} × {each}, tối đa {cap}: {points} điểm", f"{has} × {each}, at most {cap}: {points}"
    )


def law(criterion: Count) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    each, cap = plain(criterion.each), plain(criterion.cap)
    return Bilingual(f"số lượng × {each}, tối đa {cap}", f"number × {each}, at most {cap}")

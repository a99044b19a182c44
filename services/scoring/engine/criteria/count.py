"""So many points each, up to a cap.

Source of the form: the public-security sector's table: 5 points each, at most 20.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules.criteria import Count
from services.contracts.wording import Bilingual
from services.measuring.exact import clamped, multiply
from services.measuring.measures import ZERO, amount
from services.measuring.values import Values
from services.scoring.engine.criteria.award import Award
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames, in_words, sentence, shown


def award(criterion: Count, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """min(cap, each x A), never below 0."""
    has = amount(values, criterion.measure)
    points = clamped(multiply(criterion.each, has), ZERO, criterion.cap)
    return Award(points, {criterion.measure: shown(has)})


def formula(
    criterion: Count,
    inputs: Mapping[str, str],
    points: Decimal,
    names: FormulaNames,  # noqa: ARG001
) -> Bilingual:
    """The product with its numbers."""
    return sentence(
        "{has} × {each}, tối đa {cap}: {p} điểm",
        "{has} × {each}, at most {cap}: {p}",
        has=in_words(inputs[criterion.measure]),
        each=criterion.each,
        cap=criterion.cap,
        p=points,
    )


def law(criterion: Count, names: FormulaNames) -> Bilingual:  # noqa: ARG001
    """The whole rule, whoever it is applied to."""
    return sentence(
        "số lượng × {each}, tối đa {cap}",
        "number × {each}, at most {cap}",
        each=criterion.each,
        cap=criterion.cap,
    )

"""Points in proportion to a target, never more than the maximum.

Source of the form: the public-security sector's table scores the part of a target reached as a
share of the maximum.
"""

from collections.abc import Mapping

from services.contracts.campaign.base import plain
from services.contracts.campaign.rules import Linear
from services.scoring.engine.criteria.award import Award, Peers, Text, amount, share
from services.scoring.engine.measures import Value


def award(criterion: Linear, values: Mapping[str, Value], peers: Peers) -> Award:  # noqa: ARG001
    """min(maximum, maximum x A / target)."""
    has = amount(values, criterion.measure)
    points = share(has, criterion.target, criterion.maximum)
    return Award(points, {criterion.measure: plain(has), "target": plain(criterion.target)})


def formula(criterion: Linear, inputs: Mapping[str, str], points: str) -> Text:
    """The proportion with its numbers."""
    has, target, most = inputs[criterion.measure], inputs["target"], plain(criterion.maximum)
    return Text(
        f"{most} × {has} / {target}, tối đa {most}: {points} điểm",
        f"{most} × {has} / {target}, at most {most}: {points}",
    )


def law(criterion: Linear) -> Text:
    """The whole rule, whoever it is applied to."""
    target, most = plain(criterion.target), plain(criterion.maximum)
    return Text(
        f"{most} × kết quả / chỉ tiêu {target}, tối đa {most}",
        f"{most} × result / target {target}, at most {most}",
    )

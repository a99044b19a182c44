"""Points relative to the best of the cluster.

Source of the form: the public-security sector's table, units without a target:
A / max(A among them) x MS.
"""

from collections.abc import Mapping

from services.contracts.campaign.base import plain
from services.contracts.campaign.rules import Leader
from services.scoring.engine.criteria.award import Award, Peers, Text, amount, share
from services.scoring.engine.measures import Value


def award(criterion: Leader, values: Mapping[str, Value], peers: Peers) -> Award:
    """maximum x A / A of the best; where nobody has any, nobody gets any.

    The best is looked for among the units of the cluster that the same table scores.
    """
    has = amount(values, criterion.measure)
    best, leaders = peers.best(criterion.measure)
    inputs = {criterion.measure: plain(has), "best": plain(best), "leaders": ", ".join(leaders)}
    return Award(share(has, best, criterion.maximum), inputs)


def formula(criterion: Leader, inputs: Mapping[str, str], points: str) -> Text:
    """The share with its numbers and the leader's code."""
    if not inputs["leaders"]:
        return Text("chưa đơn vị nào trong cụm có: 0 điểm", "no unit of the cluster has any: 0")
    has, best, most = inputs[criterion.measure], inputs["best"], plain(criterion.maximum)
    who = inputs["leaders"]
    return Text(
        f"{most} × {has} / {best} (dẫn đầu cụm: {who}): {points} điểm",
        f"{most} × {has} / {best} (leading the cluster: {who}): {points}",
    )


def law(criterion: Leader) -> Text:
    """The whole rule, whoever it is applied to."""
    most = plain(criterion.maximum)
    return Text(
        f"{most} × kết quả / kết quả cao nhất của cụm",
        f"{most} × result / best result of the cluster",
    )

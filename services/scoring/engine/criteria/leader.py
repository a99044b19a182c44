"""Points relative to the best of the cluster, or to the best of a part of it.

Source of the form: the public-security sector's table, units without a target:
A / max(A among them) x MS.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules.criteria import Leader
from services.contracts.wording import Bilingual
from services.measuring.exact import Number
from services.measuring.measures import ZERO, amount, number
from services.measuring.values import Values, holds
from services.scoring.engine.conditions import words
from services.scoring.engine.criteria.award import (
    NO_VALUE,
    Award,
    formula_without_value,
    law_without_value,
    share,
    without_value,
)
from services.scoring.engine.peers import Best, Peers
from services.scoring.engine.texts import FormulaNames, in_words, joined, sentence, shown


def award(criterion: Leader, values: Values, peers: Peers) -> Award:
    """maximum x A / A of the best, at most the maximum; where nobody has any, nobody gets any.

    The best is looked for among the units of the cluster that the same table scores, and of those
    where `among` holds. Where the lowest is the best: maximum x lowest / A, and the maximum for
    whoever has no more than the lowest.
    """
    has = number(values, criterion.measure)
    best, leaders = _best(criterion, peers)
    inputs = {
        criterion.measure: shown(has),
        "best-result": shown(best),
        "led-by": ", ".join(leaders),
    }
    if criterion.best == "highest" and criterion.no_value == 0:
        has = has or ZERO
        inputs[criterion.measure] = shown(has)
    if has is None:
        return without_value(criterion.no_value, inputs)
    if criterion.best == "highest":
        return Award(share(has, best, criterion.maximum), inputs)
    if leaders and has <= best:
        return Award(criterion.maximum, inputs)
    return Award(share(best, has, criterion.maximum), inputs)


def _best(criterion: Leader, peers: Peers) -> Best:
    def candidate(of: Values) -> Number | None:
        if criterion.among is not None and not holds(criterion.among, of):
            return None
        if criterion.best == "lowest":
            return number(of, criterion.measure)
        return amount(of, criterion.measure)

    if criterion.best == "lowest":
        return peers.lowest("lowest", candidate)
    return peers.best("best", candidate)


def formula(
    criterion: Leader, inputs: Mapping[str, str], points: Decimal, names: FormulaNames
) -> Bilingual:
    """The share with its numbers and the leader's name."""
    if NO_VALUE in inputs:
        return formula_without_value(criterion.no_value, points)
    if not inputs["led-by"]:
        return Bilingual(
            "chưa đơn vị nào trong cụm có kết quả: 0 điểm", "no unit of the cluster has any: 0"
        )
    has, best = inputs[criterion.measure], inputs["best-result"]
    if criterion.best == "highest":
        texts = (
            "{most} × {has} / {best} (dẫn đầu cụm: {who}): {p} điểm",
            "{most} × {has} / {best} (leading the cluster: {who}): {p}",
        )
    elif points == criterion.maximum:
        texts = (
            "{has}, thấp nhất cụm là {best} ({who}): {p} điểm",
            "{has}, the lowest of the cluster is {best} ({who}): {p}",
        )
    else:
        texts = (
            "{most} × {best} / {has} (thấp nhất cụm: {who}): {p} điểm",
            "{most} × {best} / {has} (lowest of the cluster: {who}): {p}",
        )
    return sentence(
        *texts,
        most=criterion.maximum,
        has=in_words(has),
        best=in_words(best),
        who=names.some_units(inputs["led-by"]),
        p=points,
    )


def law(criterion: Leader, names: FormulaNames) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    texts = (
        "{most} × kết quả / kết quả cao nhất của cụm",
        "{most} × result / best result of the cluster",
    )
    if criterion.best == "lowest":
        texts = (
            "{most} × kết quả thấp nhất của cụm / kết quả",
            "{most} × lowest result of the cluster / result",
        )
    rule = sentence(*texts, most=criterion.maximum)
    if criterion.among is not None:
        among = words(criterion.among, names)
        rule = sentence(
            "{rule}, trong các đơn vị có {among}",
            "{rule}, among units with {among}",
            rule=rule,
            among=among,
        )
    if criterion.best == "highest" and criterion.no_value == 0:
        return rule
    return joined([rule, law_without_value(criterion.no_value)], "; ")

"""Points relative to the best of the cluster, or to the best of a part of it.

Source of the form: the public-security sector's table, units without a target:
A / max(A among them) x MS.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules.criteria import Leader
from services.contracts.wording import Bilingual
from services.scoring.engine.conditions import words
from services.scoring.engine.criteria.award import Award, share
from services.scoring.engine.exact import Number
from services.scoring.engine.measures import amount
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames, in_words, sentence, shown
from services.scoring.engine.values import Values, holds


def award(criterion: Leader, values: Values, peers: Peers) -> Award:
    """maximum x A / A of the best, at most the maximum; where nobody has any, nobody gets any.

    The best is looked for among the units of the cluster that the same table scores, and of those
    where `among` holds.
    """

    def candidate(of: Values) -> Number | None:
        if criterion.among is not None and not holds(criterion.among, of):
            return None
        return amount(of, criterion.measure)

    has = amount(values, criterion.measure)
    best, leaders = peers.best("best", candidate)
    inputs = {
        criterion.measure: shown(has),
        "best-result": shown(best),
        "led-by": ", ".join(leaders),
    }
    return Award(share(has, best, criterion.maximum), inputs)


def formula(
    criterion: Leader, inputs: Mapping[str, str], points: Decimal, names: FormulaNames
) -> Bilingual:
    """The share with its numbers and the leader's name."""
    if not inputs["led-by"]:
        return Bilingual(
            "chưa đơn vị nào trong cụm có kết quả: 0 điểm", "no unit of the cluster has any: 0"
        )
    return sentence(
        "{most} × {has} / {best} (dẫn đầu cụm: {who}): {p} điểm",
        "{most} × {has} / {best} (leading the cluster: {who}): {p}",
        most=criterion.maximum,
        has=in_words(inputs[criterion.measure]),
        best=in_words(inputs["best-result"]),
        who=names.some_units(inputs["led-by"]),
        p=points,
    )


def law(criterion: Leader, names: FormulaNames) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    rule = sentence(
        "{most} × kết quả / kết quả cao nhất của cụm",
        "{most} × result / best result of the cluster",
        most=criterion.maximum,
    )
    if criterion.among is None:
        return rule
    among = words(criterion.among, names)
    return sentence(
        "{rule}, trong các đơn vị có {among}",
        "{rule}, among units with {among}",
        rule=rule,
        among=among,
    )

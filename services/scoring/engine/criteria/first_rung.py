"""The first rung that holds, over several measures.

Source of the form: Hớn Quản youth union 2012, reporting: 8 points where all reports were sent in
time, 6 where the annual and half-year ones were and all monthly ones were sent, and so on down.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules.criteria import FirstRung
from services.contracts.wording import Bilingual
from services.measuring.values import Values, holds
from services.scoring.engine.conditions import words
from services.scoring.engine.criteria.award import Award, measures_in_words
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames, joined, sentence, shown


def award(criterion: FirstRung, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """The points of the first rung whose condition holds, else `otherwise`."""
    inputs = {read.measure: shown(values[read.measure]) for read in criterion.reads()}
    for at, rung in enumerate(criterion.rungs, start=1):
        if holds(rung.when, values):
            return Award(rung.points, {**inputs, "rung-held": str(at)})
    return Award(criterion.otherwise, {**inputs, "rung-held": "otherwise"})


def formula(
    criterion: FirstRung, inputs: Mapping[str, str], points: Decimal, names: FormulaNames
) -> Bilingual:
    """The rung that held, with the numbers."""
    measures = measures_in_words(criterion.reads(), inputs, names)
    if inputs["rung-held"] == "otherwise":
        return sentence(
            "{measures}: không bậc nào đạt: {p} điểm",
            "{measures}: no rung holds: {p}",
            measures=measures,
            p=points,
        )
    return sentence(
        "{measures}: đạt {held}: {p} điểm",
        "{measures}: {held} holds: {p}",
        measures=measures,
        held=words(criterion.rungs[int(inputs["rung-held"]) - 1].when, names),
        p=points,
    )


def law(criterion: FirstRung, names: FormulaNames) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    rungs = [
        sentence("{when}: {p}", "{when}: {p}", when=words(rung.when, names), p=rung.points)
        for rung in criterion.rungs
    ]
    last = sentence("còn lại: {p}", "else: {p}", p=criterion.otherwise)
    return joined([*rungs, last], "; ")

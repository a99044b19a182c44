"""All or nothing.

Source of the form: criteria of the justice sector as scored by Đồng Tháp in 2022: plan issued 2,
else 0.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules.criteria import YesNo
from services.contracts.wording import Bilingual
from services.measuring.values import Values, holds
from services.scoring.engine.conditions import words
from services.scoring.engine.criteria.award import Award, measures_in_words
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames, sentence, shown


def award(criterion: YesNo, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """The maximum when the condition holds, else `otherwise`."""
    inputs = {read.measure: shown(values[read.measure]) for read in criterion.reads()}
    yes = holds(criterion.when, values)
    return Award(
        criterion.maximum if yes else criterion.otherwise,
        {**inputs, "when-holds": "true" if yes else "false"},
    )


def formula(
    criterion: YesNo, inputs: Mapping[str, str], points: Decimal, names: FormulaNames
) -> Bilingual:
    """Yes or no, with the numbers."""
    is_so = inputs["when-holds"] == "true"
    return sentence(
        "{measures}: " + ("đạt" if is_so else "không đạt") + " {when}: {p} điểm",
        "{measures}: {when} " + ("holds" if is_so else "does not hold") + ": {p}",
        measures=measures_in_words(criterion.reads(), inputs, names),
        when=words(criterion.when, names),
        p=points,
    )


def law(criterion: YesNo, names: FormulaNames) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    return sentence(
        "{when}: {most}; còn lại: {least}",
        "{when}: {most}; else: {least}",
        when=words(criterion.when, names),
        most=criterion.maximum,
        least=criterion.otherwise,
    )

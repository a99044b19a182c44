"""A score that a person entered, with reason and evidence.

Source of the form: most printed tables have items that a unit scores itself, that its cluster
reviews and that the Board decides.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules import entered_measure
from services.contracts.rules.criteria import Entered
from services.contracts.titles import STAGES
from services.contracts.wording import Bilingual
from services.scoring.engine.criteria.award import (
    NO_VALUE,
    Award,
    law_without_value,
    without_value,
)
from services.scoring.engine.exact import Number, clamped
from services.scoring.engine.measures import Values, number
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames, in_words, joined, sentence, shown


def award(criterion: Entered, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """The score of the first stage that has one, between minimum and maximum; else `no_value`."""
    scores: dict[str, Number | None] = {
        stage: number(values, entered_measure(criterion.id, stage)) for stage in criterion.stages
    }
    inputs = {stage: shown(score) for stage, score in scores.items()}
    for stage, score in scores.items():
        if score is not None:
            points = clamped(score, criterion.minimum, criterion.maximum)
            return Award(points, {**inputs, "counts": stage})
    return without_value(criterion.no_value, inputs)


def formula(
    criterion: Entered,
    inputs: Mapping[str, str],
    points: Decimal,
    names: FormulaNames,  # noqa: ARG001
) -> Bilingual:
    """Whose score counts."""
    if NO_VALUE in inputs:
        if not isinstance(criterion.no_value, Decimal):
            return Bilingual("chưa chấm: không áp dụng tiêu chí này", "no score: not assigned")
        return sentence("chưa chấm: {p} điểm", "no score: {p}", p=points)
    return sentence(
        "{stage} {score}: {p} điểm",
        "{stage} {score}: {p}",
        stage=STAGES[inputs["counts"]],
        score=in_words(inputs[inputs["counts"]]),
        p=points,
    )


def law(criterion: Entered, names: FormulaNames) -> Bilingual:  # noqa: ARG001
    """The whole rule, whoever it is applied to."""
    return sentence(
        "từ {low} đến {high}: {stages}; {none}",
        "from {low} to {high}: {stages}; {none}",
        low=criterion.minimum,
        high=criterion.maximum,
        stages=joined([STAGES[one] for one in criterion.stages], ", nếu chưa có thì ", ", else "),
        none=law_without_value(criterion.no_value),
    )

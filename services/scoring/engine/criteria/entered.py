"""A score that a person entered, with reason and evidence.

Source of the form: most printed tables have items that a unit scores itself, that its cluster
reviews and that the Board decides.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules import Stage, entered_measure
from services.contracts.rules.criteria import SCORERS, Entered
from services.contracts.titles import SCORING_STAGES
from services.contracts.wording import Bilingual
from services.measuring.exact import Number, clamped
from services.measuring.measures import number
from services.measuring.values import Values
from services.scoring.engine.criteria import marks
from services.scoring.engine.criteria.award import (
    NO_VALUE,
    Award,
    law_without_value,
    without_value,
)
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames, in_words, joined, sentence, shown


def award(criterion: Entered, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """The score of the first stage that has one, between minimum and maximum; else `no_value`."""
    scores: dict[Stage, Number | None] = {}
    by_each: dict[str, str] = {}
    for stage in criterion.stages:
        if stage != SCORERS:
            scores[stage] = number(values, entered_measure(criterion.id, stage))
        elif criterion.scored_by is not None:
            scores[stage], by_each = marks.scored(criterion, criterion.scored_by, values)
    inputs: dict[str, str] = {stage: shown(score) for stage, score in scores.items()}
    inputs |= by_each
    for stage, score in scores.items():
        if score is not None:
            points = clamped(score, criterion.minimum, criterion.maximum)
            return Award(points, {**inputs, "counts": stage})
    return without_value(criterion.no_value, inputs)


def formula(
    criterion: Entered, inputs: Mapping[str, str], points: Decimal, names: FormulaNames
) -> Bilingual:
    """Whose score counts, and which marks it is made of."""
    scorers = criterion.scored_by
    if NO_VALUE in inputs:
        none = Bilingual("chưa chấm", "no score")
        if scorers is not None:
            none = marks.too_few(scorers, inputs)
        if not isinstance(criterion.no_value, Decimal):
            return sentence("{none}: không áp dụng tiêu chí này", "{none}: not assigned", none=none)
        return sentence("{none}: {p} điểm", "{none}: {p}", none=none, p=points)
    counts = inputs["counts"]
    if scorers is not None and counts == SCORERS:
        spelled = marks.spelled(scorers, inputs, names)
        return sentence("{marks}: {p} điểm", "{marks}: {p}", marks=spelled, p=points)
    text = sentence(
        "{stage} {score}: {p} điểm",
        "{stage} {score}: {p}",
        stage=SCORING_STAGES[counts],
        score=in_words(inputs[counts]),
        p=points,
    )
    if scorers is None or inputs[SCORERS] == shown(None):
        return text
    return sentence(
        "{text}, thay cho {score} ({marks})",
        "{text}, instead of {score} ({marks})",
        text=text,
        score=in_words(inputs[SCORERS]),
        marks=marks.spelled(scorers, inputs, names),
    )


def law(criterion: Entered, names: FormulaNames) -> Bilingual:
    """The whole rule, whoever it is applied to."""

    def words(stage: Stage) -> Bilingual:
        if stage == SCORERS and criterion.scored_by is not None:
            return marks.law(criterion.scored_by, names)
        return SCORING_STAGES[stage]

    return sentence(
        "từ {low} đến {high}: {stages}; {none}",
        "from {low} to {high}: {stages}; {none}",
        low=criterion.minimum,
        high=criterion.maximum,
        stages=joined([words(one) for one in criterion.stages], ", nếu chưa có thì ", ", else "),
        none=law_without_value(criterion.no_value),
    )

"""Whether more of a measure is better: by what the rest of the table makes of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from services.contracts.rules import CountMeasure, Measure, ShareMeasure, SumMeasure, Table, Weight
from services.contracts.rules.criteria import (
    BasePlusMinus,
    BonusPenalty,
    Count,
    Criterion,
    Leader,
    Linear,
    Steps,
    TargetLeader,
)

Direction = Literal[1, -1]
"""1: more is better, -1: less is."""

_EVENTS: Mapping[str, Direction] = {
    "essay-submitted": 1,
    "commendation-proposed": 1,
    "conference-reported": 1,
    "contest-reported": 1,
    "ceremony-reported": 1,
    "deadline-missed": -1,
    "essay-withdrawn": -1,
}
"""Of these acts a unit has as many as it can, or as few."""


def directions(measures: Mapping[str, Measure], tables: Sequence[Table]) -> Mapping[str, Direction]:
    """The measures of which it is known; what two places say differently is not."""
    found_directions: dict[str, set[Direction]] = {}
    for table in tables:
        for criterion in table.criteria:
            for name, direction in _said(criterion):
                found_directions.setdefault(name, set()).add(direction)
    for name, measure in measures.items():
        if name not in found_directions and (own := _of_itself(measure)) is not None:
            found_directions[name] = {own}
    for name, measure in measures.items():
        if name not in found_directions and isinstance(measure, ShareMeasure):
            found_directions[name] = found_directions.get(measure.part, set())
    return {name: its.copy().pop() for name, its in found_directions.items() if len(its) == 1}


def _said(criterion: Criterion) -> Iterator[tuple[str, Direction]]:
    if isinstance(criterion, Leader):
        yield criterion.measure, 1 if criterion.best == "highest" else -1
    elif isinstance(criterion, Linear | TargetLeader | Count | Steps):
        yield criterion.measure, 1
    elif isinstance(criterion, BonusPenalty | BasePlusMinus):
        signs: tuple[tuple[Sequence[Weight], Direction], ...] = (
            (criterion.plus, 1),
            (criterion.minus, -1),
        )
        for weights, sign in signs:
            for weight in weights:
                yield weight.measure, sign


def _of_itself(measure: Measure) -> Direction | None:
    """By its event, where nothing but being late is asked of it."""
    if not isinstance(measure, CountMeasure | SumMeasure) or measure.of not in _EVENTS:
        return None
    if isinstance(measure, SumMeasure) and measure.field not in {"prizes"}:
        return None
    late = [test.equals for test in measure.where if test.field == "late"]
    if len(late) < len(measure.where):
        return None
    return -1 if late and late[0] is True else _EVENTS[measure.of]

"""Advice on marks that go down where the result gets better: more works, or an earlier day.

Of obligations earlier is better, and done is better than overdue. Of other measures it is known by
the rest of the table (`directions`); where it is not, marks that go up and down on one measure are
told, since the one or the other is a slip.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from services.contracts.campaign.document import Path
from services.contracts.campaign.measuring.proving.case_words import pieces_words, title_of
from services.contracts.campaign.measuring.proving.cases import Piece, SituationsOf
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules import Comparison, Condition, Measure
from services.contracts.rules.checks.directions import Direction, directions
from services.contracts.rules.checks.tables import Tables, criteria_of
from services.contracts.rules.criteria import Criterion, FirstRung, Ladder, YesNo
from services.contracts.wording import Bilingual, number


class _Line(NamedTuple):
    """A line of a criterion that gives points: a rung, or what is left over."""

    path: Path
    points: Decimal


class _Change(NamedTuple):
    """Two neighbouring results of one measure, the lower number first, and their lines."""

    measure: str
    low: tuple[Piece, int]
    high: tuple[Piece, int]


def check_better_results(
    tables: Tables | None, measures: FilePart[dict[str, Measure]] | None
) -> Iterator[FileProblem]:
    """A ladder, a first-rung or a yes-no in which a better result has fewer points."""
    if tables is None or measures is None:
        return
    situations = SituationsOf(measures.value)
    known = directions(measures.value, tables.value)
    for at, table in enumerate(tables.value):
        for path, criterion in criteria_of(at, table):
            if tables.document.is_incomplete(path):
                continue
            conditions, lines = _lines(path, criterion)
            if conditions:
                yield from _worse(tables, conditions, lines, situations, known)


def _lines(path: Path, criterion: Criterion) -> tuple[list[Condition], list[_Line]]:
    """What holds for each line, and the lines; one line more than conditions: none holds."""
    if isinstance(criterion, FirstRung):
        rungs = list(enumerate(criterion.rungs))
        lines = [_Line((*path, "rungs", at), rung.points) for at, rung in rungs]
        lines.append(_Line((*path, "otherwise"), criterion.otherwise))
        return [rung.when for _, rung in rungs], lines
    if isinstance(criterion, YesNo):
        lines = [_Line((*path, "when"), criterion.maximum)]
        return [criterion.when], [*lines, _Line(path, criterion.otherwise)]
    if isinstance(criterion, Ladder):
        steps = list(enumerate(criterion.steps))
        conditions: list[Condition] = [
            Comparison(
                measure=criterion.measure,
                equals=step.equals,
                at_least=step.at_least,
                more_than=step.above,
                at_most=step.at_most,
                less_than=step.below,
                # A step without an end takes every number.
                given=True,
            )
            for _, step in steps
        ]
        return conditions, [_Line((*path, "steps", at), step.points) for at, step in steps]
    return [], []


def _worse(
    tables: Tables,
    conditions: Sequence[Condition],
    lines: Sequence[_Line],
    situations: SituationsOf,
    known: Mapping[str, Direction],
) -> Iterator[FileProblem]:
    found = situations.of(conditions)
    if found is None:
        return
    for at, name in enumerate(found.measures):
        values = situations.values(name)
        if values is None:
            continue
        ups: dict[tuple[int, int], _Change] = {}
        downs: dict[tuple[int, int], _Change] = {}
        for row in found.neighbours(at):
            ranked = _ranked(row, len(lines) - 1 if len(lines) > len(conditions) else None)
            for low, high in pairwise(ranked):
                step = lines[high[1]].points - lines[low[1]].points
                if step:
                    its = ups if step > 0 else downs
                    its.setdefault((low[1], high[1]), _Change(name, low, high))
        direction: Direction | None = -1 if values.is_obligation else known.get(name)
        if direction is None and ups and downs:
            direction = -1 if len(downs) > len(ups) else 1
        if direction is None:
            continue
        for change in (downs if direction > 0 else ups).values():
            better, worse = change.low, change.high
            if direction > 0:
                better, worse = worse, better
            words = [
                pieces_words([piece], title_of(name, situations.measures), values)
                for piece, _ in (better, worse)
            ]
            yield _problem(tables, lines[better[1]], lines[worse[1]], words)


def _ranked(
    row: Sequence[tuple[Piece, int | None]], otherwise: int | None
) -> list[tuple[Piece, int]]:
    """The results of one measure that can be compared, in order, each with its line.

    What falls between two lines is left out: it is told as a case that no line names.
    """
    comparable = [one for one in row if one[0].numbers is not None or one[0].state == "missed"]
    named = [at for at, (_, line) in enumerate(comparable) if line is not None]
    ranked = []
    for at, (piece, line) in enumerate(comparable):
        if line is not None:
            ranked.append((piece, line))
        elif otherwise is not None and named and not named[0] < at < named[-1]:
            ranked.append((piece, otherwise))
    return ranked


def _problem(
    tables: Tables, better: _Line, worse: _Line, words: Sequence[Bilingual]
) -> FileProblem:
    good, bad = words
    points, more = number(better.points), number(worse.points)
    line = tables.document.line(worse.path)
    return tables.problem(
        better.path,
        f"kết quả tốt hơn lại ít điểm hơn: {good.vi} được {points.vi} điểm, {bad.vi} được "
        f"{more.vi} điểm (dòng {line}); xem lại điểm của hai dòng",
        f"a better result gives fewer points: {good.en} gives {points.en}, {bad.en} gives "
        f"{more.en} (line {line}); look at the points of the two lines",
        warning=True,
    )

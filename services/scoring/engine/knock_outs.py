"""Which knock-outs hold for a unit, and what they ask in words."""

from collections.abc import Iterator, Sequence

from services.contracts.rules import KnockOut, PointsBelow, Table
from services.contracts.wording import Bilingual, number
from services.measuring.values import Values, holds
from services.scoring.engine.conditions import words
from services.scoring.engine.results import GroupPoints, Line, Subtotal
from services.scoring.engine.texts import FormulaNames, joined, sentence


def struck_by(table: Table, values: Values, groups: Sequence[GroupPoints]) -> list[KnockOut]:
    """The knock-outs of a table that hold for a unit with these values and these points by it."""
    return [one for one in table.knock_outs if _holds(one, values, groups)]


def _holds(one: KnockOut, values: Values, groups: Sequence[GroupPoints]) -> bool:
    if one.points_below is not None:
        return any(_too_few(one.points_below, groups))
    return one.when is not None and holds(one.when, values)


def _too_few(below: PointsBelow, groups: Sequence[GroupPoints]) -> Iterator[bool]:
    """Of each that is named and assigned; what is not assigned has no maximum."""
    for id_, given in _given(groups):
        if id_ in below.of and given.maximum > 0:
            yield below.are_below(given.points, given.maximum)


def _given(
    groups: Sequence[GroupPoints],
) -> Iterator[tuple[str, GroupPoints | Subtotal | Line]]:
    for group in groups:
        yield group.group, group
        yield from ((each.group, each) for each in group.subtotals)
        yield from ((line.criterion, line) for line in group.lines)


def rule(one: KnockOut, table: Table, names: FormulaNames) -> Bilingual:
    """What it asks, with the titles of what it reads."""
    if one.when is not None:
        return words(one.when, names)
    assert one.points_below is not None  # noqa: S101 - it asks one of the two
    titles = {each.id: each.title for each in (*table.all_groups, *table.criteria)}
    below = one.points_below
    of = joined([titles[id_] for id_ in below.of], " hoặc ", " or ")
    if below.percent is not None:
        return sentence(
            "{of} dưới {percent}% số điểm tối đa",
            "{of} below {percent} % of the maximum",
            of=of,
            percent=number(below.percent),
        )
    points = number(below.points or 0)
    return sentence("{of} dưới {points} điểm", "{of} below {points} points", of=of, points=points)

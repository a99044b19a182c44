"""Compares two standings of the same units: which units move, and by which criterion."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from services.measuring.exact import EXACT
from services.measuring.measures import ZERO
from services.scoring.engine.results import ClusterResult, GroupPoints, Line, UnitPoints
from services.scoring.engine.sums import total

Cause = Literal["lines", "caps", "total", "scale", "knock-outs", "levels", "others"]
"""What moved a unit beside its lines:
caps: a group's cap takes another part; total: the cap or rounding of the total; scale: the maximum
that its total is compared on; knock-outs: another one holds; levels: the bands of levels; others:
nothing of its own, other units moved, or the rules of ties and flag candidates are others."""


@dataclass(frozen=True, slots=True)
class LineChange:
    """One criterion of one unit; None where the table has no such criterion."""

    criterion: str
    before: Line | None
    after: Line | None

    @property
    def points(self) -> Decimal:
        """How much it gives more; negative: less."""
        return EXACT.subtract(_points(self.after), _points(self.before))


@dataclass(frozen=True, slots=True)
class Mover:
    """A unit whose total, rank, level or flag candidacy is another one."""

    unit: str
    cluster: str
    """Where it is ranked afterwards; before, where it is ranked no more."""
    before: UnitPoints | None
    """None: it was not scored."""
    after: UnitPoints | None
    """None: it is no longer scored."""
    lines: tuple[LineChange, ...]
    """The criteria that did it, the largest change first; none where it comes or goes."""
    causes: tuple[Cause, ...]

    @property
    def places(self) -> int:
        """How many places it moves up; negative: down; 0 where it comes or goes."""
        if self.before is None or self.after is None:
            return 0
        return self.before.rank - self.after.rank

    @property
    def points(self) -> Decimal:
        """How much its total grows; negative: shrinks."""
        return EXACT.subtract(
            self.after.total if self.after else ZERO, self.before.total if self.before else ZERO
        )


@dataclass(frozen=True, slots=True)
class Leaders:
    """The units on the first place of a cluster; more than one where they share it."""

    cluster: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StandingsChange:
    """What another way to points changes."""

    units: int
    """Units that are scored by one of both or by both."""
    movers: tuple[Mover, ...]
    """Those that come or go first, then by places, then by points, most first."""
    levels: Mapping[tuple[str | None, str | None], int]
    """How many units go from one level to another."""
    leaders: tuple[Leaders, ...]
    """Clusters on whose first place are others than before."""


def compare(
    before: Mapping[str, ClusterResult], after: Mapping[str, ClusterResult]
) -> StandingsChange:
    """The second standings against the first, by cluster name."""
    was, will = _by_unit(before), _by_unit(after)
    units = sorted(was.keys() | will.keys())
    movers = [mover for unit in units if (mover := _mover(unit, was, will)) is not None]
    levels = Counter(
        (mover.before.level, mover.after.level)
        for mover in movers
        if mover.before and mover.after and mover.before.level != mover.after.level
    )
    return StandingsChange(
        units=len(units),
        movers=tuple(sorted(movers, key=_most_first)),
        levels=dict(levels),
        leaders=tuple(_leaders(before, after)),
    )


_Standing = tuple[str, UnitPoints]
"""Cluster and points."""


def _by_unit(clusters: Mapping[str, ClusterResult]) -> dict[str, _Standing]:
    return {one.unit: (name, one) for name, result in clusters.items() for one in result.units}


def _mover(unit: str, was: Mapping[str, _Standing], will: Mapping[str, _Standing]) -> Mover | None:
    if unit not in was or unit not in will:
        (cluster, _) = was.get(unit) or will.get(unit)  # type: ignore[misc]  # in one of both
        before = was[unit][1] if unit in was else None
        after = will[unit][1] if unit in will else None
        return Mover(unit, cluster, before, after, lines=(), causes=())
    (_, before), (cluster, after) = was[unit], will[unit]
    if _seen(before) == _seen(after):
        return None
    lines = tuple(
        sorted(_lines(before, after), key=lambda line: (_most(line.points), line.criterion))
    )
    return Mover(unit, cluster, before, after, lines, tuple(_causes(before, after, lines)))


def _seen(points: UnitPoints) -> tuple[object, ...]:
    return points.total, points.rank, points.level, points.flag_candidate


def _lines(before: UnitPoints, after: UnitPoints) -> Iterator[LineChange]:
    was = {line.criterion: line for line in before.lines}
    will = {line.criterion: line for line in after.lines}
    # A maximum matters to a unit only where its total is put on another scale.
    rescaled = before.total == after.total and before.comparable != after.comparable
    for criterion in dict.fromkeys([*was, *will]):
        one, other = was.get(criterion), will.get(criterion)
        if one is None or other is None or _given(one, rescaled) != _given(other, rescaled):
            yield LineChange(criterion, one, other)


def _given(line: Line, rescaled: bool) -> tuple[Decimal, bool, Decimal | None]:
    return line.points, line.assigned, line.maximum if rescaled else None


def _causes(before: UnitPoints, after: UnitPoints, lines: Sequence[LineChange]) -> Iterator[Cause]:
    if any(line.points for line in lines):
        yield "lines"
    if _held_back(before) != _held_back(after):
        yield "caps"
    if _lost(before) != _lost(after):
        yield "total"
    if before.total == after.total and before.comparable != after.comparable:
        yield "scale"
    if before.knocked_out != after.knocked_out:
        yield "knock-outs"
    own = (before.total, before.comparable, before.knocked_out) != (
        after.total,
        after.comparable,
        after.knocked_out,
    )
    if not own:
        yield "others" if before.level == after.level else "levels"


def _held_back(points: UnitPoints) -> dict[str, Decimal]:
    """By group what its cap takes away, where it is anything."""
    return {group.group: held for group in points.groups if (held := _over(group))}


def _over(group: GroupPoints) -> Decimal:
    return EXACT.subtract(total(line.points for line in group.lines), group.points)


def _lost(points: UnitPoints) -> Decimal:
    """What the cap and the rounding of the total take away."""
    return EXACT.subtract(total(group.points for group in points.groups), points.total)


def _points(line: Line | None) -> Decimal:
    return line.points if line else ZERO


def _most_first(mover: Mover) -> tuple[bool, int, Decimal, str]:
    stays = mover.before is not None and mover.after is not None
    return (stays, -abs(mover.places), _most(mover.points), mover.unit)


def _most(points: Decimal) -> Decimal:
    """The largest change first; `abs` and `-` would round to the digits of the thread's context."""
    return points.copy_abs().copy_negate()


def _leaders(
    before: Mapping[str, ClusterResult], after: Mapping[str, ClusterResult]
) -> Iterator[Leaders]:
    for cluster in sorted(before.keys() | after.keys()):
        was, will = _first(before.get(cluster)), _first(after.get(cluster))
        if was != will:
            yield Leaders(cluster, was, will)


def _first(result: ClusterResult | None) -> tuple[str, ...]:
    return tuple(sorted(one.unit for one in result.units if one.rank == 1)) if result else ()

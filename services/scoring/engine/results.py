"""The results of scoring a cluster, as values without I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """Points of one unit for one criterion."""

    criterion: str
    """Id of the criterion in its table."""
    points: Decimal
    """Rounded as the criterion or the rule set says."""
    maximum: Decimal
    """0 where the criterion is not assigned to the unit. `points` can be more where the rule gives
    points above the maximum."""
    inputs: Mapping[str, str]
    """Names and values that went into the formula."""
    assigned: bool = True


@dataclass(frozen=True, slots=True)
class Subtotal:
    """A group in another group: what it gives, held under its own cap."""

    group: str
    within: str
    """The group that it is in."""
    points: Decimal
    maximum: Decimal
    capped: bool
    """Whether its cap took something away."""
    bonus: Decimal
    """What of the points comes on top of its maximum."""
    criteria: tuple[str, ...]
    """Criteria of its own, which are not in a group in it."""


@dataclass(frozen=True, slots=True)
class GroupPoints:
    """One group of a table: the sum of its lines and sub-totals, held under the group's cap."""

    group: str
    points: Decimal
    maximum: Decimal
    lines: tuple[Line, ...]
    """Of all its criteria, those of groups in it included, in the table's order."""
    capped: bool
    """Whether the cap took something away."""
    bonus: Decimal = Decimal(0)
    """What of the points optional groups and bonus criteria add to the others, or take away."""
    subtotals: tuple[Subtotal, ...] = ()
    """Of the groups in it at every depth, each before those in it."""


@dataclass(frozen=True, slots=True)
class PartPoints:
    """What one table gave for the work of its days."""

    table: str
    total: Decimal
    """Sum of its groups, rounded, under the table's cap."""
    maximum: Decimal
    """0 where nothing of it was assigned to the unit."""


@dataclass(frozen=True, slots=True)
class UnitPoints:
    """All results of one unit."""

    unit: str
    table: str
    """The last one where there are several."""
    groups: tuple[GroupPoints, ...]
    """Of all parts, in the order of time; ids then as `engine/parts.py` has them."""
    total: Decimal
    """Sum of the groups, rounded as the rule set says; of several parts the sum of theirs."""
    maximum: Decimal
    """What the unit could have: the table's maximum without criteria not assigned to it."""
    comparable: Decimal
    """The total on the whole table's scale; what ranks and levels are read from."""
    level: str | None
    """None where the table has no levels."""
    rank: int
    """Among the units of its cluster; equal ones share it, as the rule set says."""
    flag_candidate: bool = False
    """Whether its cluster may propose it for the emulation flag."""
    knocked_out: tuple[str, ...] = ()
    """Ids of the knock-outs that hold for it."""
    parts: tuple[PartPoints, ...] = ()
    """Where each table counts the work of its days, and there are several; in the order of time."""

    def placed(self, rank: int, *, flag_candidate: bool) -> "UnitPoints":
        """It with its place. By its fields and not by `replace`, which takes three times as long:
        every unit gets one whenever its cluster is scored."""
        return UnitPoints(
            self.unit,
            self.table,
            self.groups,
            self.total,
            self.maximum,
            self.comparable,
            self.level,
            rank,
            flag_candidate,
            self.knocked_out,
            self.parts,
        )

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in the table's order."""
        return tuple(line for group in self.groups for line in group.lines)


@dataclass(frozen=True, slots=True)
class ClusterResult:
    """The standings of one cluster, best first."""

    cluster: str
    units: tuple[UnitPoints, ...]
    simulated: bool
    """Whether any of it is computed from simulated facts."""


@dataclass(frozen=True, slots=True)
class Results:
    """The standings of a campaign."""

    rule_set: str
    clusters: Mapping[str, ClusterResult]

    def unit(self, code: str) -> UnitPoints | None:
        """The points of one unit; None for a unit that no table scores."""
        units = (unit for result in self.clusters.values() for unit in result.units)
        return next((unit for unit in units if unit.unit == code), None)

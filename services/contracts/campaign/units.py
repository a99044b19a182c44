"""Units and their tree: any depth, and every unit with the days on which it exists.

On 5 June 2020 Hanoi had 30 districts and 579 communes; since 1 July 2025 it has no district and 126
communes. So nothing here knows a number of levels, and every question can be asked of a day.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from services.contracts.campaign.base import CampaignModel, ClusterName, LocalDay, ShortText, Slug
from services.contracts.events.base import UnitCode

_ADMINISTRATIVE_NOUNS = (
    "Tỉnh ",
    "Thành phố ",
    "Quận ",
    "Huyện ",
    "Thị xã ",
    "Thị trấn ",
    "Phường ",
    "Xã ",
    "Đặc khu ",
)


class UnknownUnitError(KeyError):
    """No unit of the campaign has this code; check the code against units.csv."""


class Unit(CampaignModel):
    """A body that owes obligations and is scored: one row of units.csv."""

    code: UnitCode
    name: ShortText
    written_in_text: ShortText | None = Field(
        default=None,
        alias="name_in_text",
        description="The name inside a sentence, where the rule does not find it: “Quận Hai Bà"
        " Trưng” keeps its capital because it is named after persons.",
    )
    kind: Slug = Field(description="What it is: department, quan, huyen, phuong, xa …")
    level: Slug = Field(description="Its rung in the plan's words: city, upper, commune …")
    parent: UnitCode | None = Field(default=None, description="The unit that it reports to.")
    cluster: ClusterName | None = Field(
        default=None, description="Units of one cluster are ranked against each other."
    )
    gso_code: Annotated[str, StringConstraints(pattern=r"^[0-9]+$")] | None = Field(
        default=None, description="Code of the General Statistics Office, zeros in front included."
    )
    valid_from: LocalDay | None = Field(default=None, description="First day; empty: always was.")
    valid_to: LocalDay | None = Field(
        default=None, description="First day on which it is no more (exclusive); empty: no end."
    )

    @property
    def name_in_text(self) -> str:
        """The name inside a sentence: “quận Thanh Xuân”; at its start it is `name`.

        The common noun of an administrative unit is small, but for names made of numbers
        ("Quận 1") and of persons and events, which the units file names (Decree 30/2020/NĐ-CP,
        appendix II).
        """
        if self.written_in_text is not None:
            return self.written_in_text
        for noun in _ADMINISTRATIVE_NOUNS:
            proper = self.name.removeprefix(noun)
            if proper != self.name and not proper[:1].isdigit():
                return noun[0].lower() + self.name[1:]
        return self.name

    def exists_on(self, day: date) -> bool:
        """Whether the unit exists on that local day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


class UnitTree:
    """The units of a campaign by code, parent and cluster. Immutable.

    Made of units that passed the loader's checks; raises ValueError for a code that comes twice,
    an unknown parent and a circle of parents, so that every method below ends.
    """

    __slots__ = ("_above", "_boundaries", "_by_code", "_children", "_views")

    def __init__(self, units: Iterable[Unit]) -> None:
        listed = tuple(units)
        self._by_code: Mapping[str, Unit] = {unit.code: unit for unit in listed}
        if len(self._by_code) != len(listed):
            msg = "a unit's code may come only once"
            raise ValueError(msg)
        self._above = {unit.code: self._climb(unit) for unit in listed}
        self._children: dict[str | None, list[Unit]] = {}
        for unit in listed:
            self._children.setdefault(unit.parent, []).append(unit)
        days = {day for unit in listed for day in (unit.valid_from, unit.valid_to) if day}
        self._boundaries = sorted(days)
        self._views: dict[int, UnitTree] = {}

    def _climb(self, unit: Unit) -> tuple[Unit, ...]:
        above: list[Unit] = []
        seen = {unit.code}
        while unit.parent is not None:
            if unit.parent not in self._by_code:
                msg = f"unit {unit.code} has an unknown parent {unit.parent}"
                raise ValueError(msg)
            if unit.parent in seen:
                msg = f"the parents of unit {unit.code} form a circle"
                raise ValueError(msg)
            unit = self._by_code[unit.parent]
            seen.add(unit.code)
            above.append(unit)
        return tuple(above)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Unit:
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownUnitError(code) from None

    def get(self, code: str) -> Unit | None:
        """The unit, whether it exists today or not; None when no day ever knew the code."""
        return self._by_code.get(code)

    def on(self, day: date) -> "UnitTree":
        """The tree as it stood on that local day. Cheap: one view is kept between two changes."""
        if not self._boundaries:
            return self
        period = bisect_right(self._boundaries, day)
        if period not in self._views:
            self._views[period] = UnitTree(unit for unit in self if unit.exists_on(day))
        return self._views[period]

    def exists(self, code: str, day: date) -> bool:
        """Whether the code is known and the unit exists on that local day."""
        unit = self._by_code.get(code)
        return unit is not None and unit.exists_on(day)

    def ancestors(self, code: str) -> tuple[Unit, ...]:
        """Parent first, root last; empty for a root. Raises UnknownUnitError."""
        self[code]
        return self._above[code]

    def children(self, code: str, day: date) -> tuple[Unit, ...]:
        """The units that report to it on that day, in the file's order. Raises UnknownUnitError."""
        self[code]
        return tuple(unit for unit in self._children.get(code, ()) if unit.exists_on(day))

    def subtree(self, code: str) -> tuple[Unit, ...]:
        """The unit and all below it, parents before children. Raises UnknownUnitError."""
        found = [self[code]]
        for unit in found:  # grows while it is walked: breadth first without recursion
            found.extend(self._children.get(unit.code, ()))
        return tuple(found)

    def covers(self, ancestor: str, code: str) -> bool:
        """Whether `code` is `ancestor` itself or below it; False when either is unknown."""
        if code not in self._by_code or ancestor not in self._by_code:
            return False
        return code == ancestor or any(unit.code == ancestor for unit in self._above[code])

    def clusters(self, day: date) -> dict[str, list[Unit]]:
        """The units of each cluster on that day, in the file's order."""
        clusters: dict[str, list[Unit]] = {}
        for unit in self:
            if unit.cluster is not None and unit.exists_on(day):
                clusters.setdefault(unit.cluster, []).append(unit)
        return clusters

    def of(self, audience: "Audience", day: date) -> tuple[Unit, ...]:
        """The units that a rule or obligation is for on that day, in the file's order."""
        return tuple(unit for unit in self if audience.includes(unit) and unit.exists_on(day))


class Audience(CampaignModel):
    """Whom something is for: units of some levels, or units of some kinds; one of the two."""

    levels: tuple[Slug, ...] = ()
    kinds: tuple[Slug, ...] = ()

    def includes(self, unit: Unit) -> bool:
        """Whether the unit is meant."""
        return unit.level in self.levels or unit.kind in self.kinds

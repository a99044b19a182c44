"""Whose obligations a calendar has, and who may read them, in one campaign on one day. Pure.

The rule is that of `services.contracts.campaign.rights`; a cluster is read by whoever may read
each of its units, and a calendar that names neither unit nor cluster has what its reader may read.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from services.contracts.campaign.rights import acts_for, may_see_unit
from services.contracts.campaign.units import UnitTree


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, as a token or the owner of a link has it."""

    roles: frozenset[str]
    unit: str | None

    def may_see(self, code: str, tree: UnitTree, day: date) -> bool:
        """Whether the unit with this code may be read on a local day."""
        return may_see_unit(self.roles, self.unit, code, tree, day)


@dataclass(frozen=True, slots=True)
class CalendarScope:
    """A unit, a cluster, or all that the reader may read."""

    unit: str | None = None
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Readable:
    """What a reader gets of one campaign."""

    units: Collection[str] | None
    """Codes, those of units that are no more among them; None: every unit's."""
    ended: tuple[str, ...]
    """Codes of units that are no more: what they still owed is with who took over."""


Without: TypeAlias = Literal["unknown", "forbidden"]
"""Why a campaign adds nothing: it has no such unit or cluster, or the reader has no right."""


def readable_in(
    reader: Reader, scope: CalendarScope, tree: UnitTree, day: date, ended: tuple[str, ...]
) -> Readable | Without:
    """The units of one campaign whose obligations the reader gets on a local day; `ended` are those
    that are no more."""
    if scope == CalendarScope() and "board" in reader.roles:
        return Readable(None, ended)
    codes = _asked_for(reader, scope, tree, day)
    if not all(reader.may_see(code, tree, day) for code in codes):
        return "forbidden"
    if not any(code in tree for code in codes):  # as everywhere, only who may read learns of it
        return "unknown" if "board" in reader.roles or codes else "forbidden"
    return Readable(_with_predecessors(codes, tree, day), ended)


def _asked_for(reader: Reader, scope: CalendarScope, tree: UnitTree, day: date) -> list[str]:
    """The codes that a scope means, whether or not the reader may read them."""
    if scope.unit is not None:
        return [scope.unit]
    if scope.cluster is not None:
        return [unit.code for unit in tree.on(day) if unit.cluster == scope.cluster]
    if "district" in reader.roles:
        return [unit.code for unit in tree if reader.may_see(unit.code, tree, day)]
    own = acts_for(reader.unit, tree, day)
    return [own] if own is not None else []


def _with_predecessors(codes: Iterable[str], tree: UnitTree, day: date) -> list[str]:
    """The units, and those that they took over by a local day."""
    each = (
        one for code in codes for one in (code, *(u.code for u in tree.predecessors(code, day)))
    )
    return list(dict.fromkeys(each))

"""Finds a unit as people call it: `thanh xuan`, `TX`, `Q009`."""

import re
from collections.abc import Iterable

from services.contracts.campaign.units import Unit
from services.portal.rendering import sort_key, without_marks


def in_order(units: Iterable[Unit]) -> list[Unit]:
    """By name, as Vietnamese is sorted."""
    return sorted(units, key=lambda unit: (sort_key(unit.name), unit.code))


def found(units: Iterable[Unit], wanted: str) -> list[Unit]:
    """Those that a text means: the ones that it names whole first, each part by name."""
    asked = " ".join(without_marks(wanted).split())
    if not asked:
        return []
    ranked = [(near, unit) for unit in units if (near := _near(unit, asked)) is not None]
    ranked.sort(key=lambda one: (one[0], sort_key(one[1].name), one[1].code))
    return [unit for _, unit in ranked]


def code_of(units: Iterable[Unit], line: str) -> str:
    """The code of the only unit whose code or whole name a text is; else the text itself, of which
    the service says that there is no such unit."""
    asked = " ".join(without_marks(line).split())
    meant = [
        unit.code for unit in units if asked in (unit.code.lower(), " ".join(_words(unit.name)))
    ]
    return meant[0] if len(meant) == 1 else line.strip()


def _near(unit: Unit, asked: str) -> int | None:
    if asked in (unit.code.lower(), unit.gso_code):
        return 0
    words = _words(unit.name)
    name, initials = " ".join(words), "".join(word[0] for word in words)
    if name == asked or name.endswith(f" {asked}"):
        return 1
    if len(asked) > 1 and initials.endswith(asked):
        return 1
    if f" {asked}" in f" {name}" or unit.code.lower().startswith(asked):
        return 2
    return 3 if len(asked) > 1 and asked in initials else None


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", without_marks(name))

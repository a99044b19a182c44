"""Circles of parents, on whatever day they stand."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from services.contracts.campaign.unit import Unit


class Circle(NamedTuple):
    """Units each of which reports to the next, and the last one to the first."""

    day: date
    """The first day on which it is so; `date.min` where it always was."""
    units: tuple[Unit, ...]


def circles(rows: Iterable[Unit]) -> Iterator[Circle]:
    """Every circle once.

    A circle comes into being only where a row begins. So the rows are laid on each other in the
    order of their days, and only those that begin are climbed from: a file of 20,000 rows takes a
    moment, however many days it has.
    """
    beginning: dict[date, list[Unit]] = defaultdict(list)
    for row in rows:
        beginning[row.begins].append(row)
    now: dict[str, Unit] = {}
    found: set[frozenset[str]] = set()
    for day in sorted(beginning):
        for row in beginning[day]:
            if row.code not in now or not now[row.code].exists_on(day):  # the first of two wins
                now[row.code] = row
        done: set[str] = set()
        for row in beginning[day]:
            circle = _climb(row.code, now, day, done)
            codes = frozenset(unit.code for unit in circle)
            if circle and codes not in found:
                found.add(codes)
                yield Circle(day, circle)


def _climb(start: str, now: dict[str, Unit], day: date, done: set[str]) -> tuple[Unit, ...]:
    """The circle above a unit on a day, empty where there is none. Adds to `done` what it saw."""
    walk: dict[str, Unit] = {}
    code: str | None = start
    while code is not None and code not in done and code not in walk:
        unit = now.get(code)
        if unit is None or not unit.exists_on(day):
            break
        walk[code] = unit
        code = unit.parent
    done.update(walk)
    if code is None or code not in walk:
        return ()
    units = list(walk.values())
    return tuple(units[list(walk).index(code) :])

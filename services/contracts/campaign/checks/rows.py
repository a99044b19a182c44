"""The rows of units.csv as the checks of the tree look at them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from services.contracts.campaign.units_file import Row
from services.contracts.reading import Sentence


class Found(NamedTuple):
    """What is wrong with a row, in both languages."""

    row: Row
    sentence: Sentence


class Lifetime(NamedTuple):
    """All rows of a code in the order of their days, faulty ones included."""

    rows: tuple[Row, ...]

    @property
    def begins(self) -> date:
        """The first day on which it exists."""
        return self.rows[0].unit.begins

    @property
    def ends(self) -> date:
        """The first day on which it is no more."""
        return max(row.unit.ends for row in self.rows)

    @property
    def last(self) -> Row:
        """As it is last."""
        return self.rows[-1]

    @property
    def span(self) -> str:
        """Its days as people read them."""
        first = self.rows[0].unit.valid_from
        return f"[{first or '…'}, {'…' if self.ends == date.max else self.ends})"


Lifetimes = Mapping[str, Lifetime]


def lifetimes(rows: Iterable[Row]) -> Lifetimes:
    """The rows by code."""
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_code[row.unit.code].append(row)
    return {
        code: Lifetime(tuple(in_days(its) if len(its) > 1 else its))
        for code, its in by_code.items()
    }


def in_days(rows: Iterable[Row]) -> list[Row]:
    """In the order of their first days; those of one day in the file's order."""
    return sorted(rows, key=lambda row: row.unit.begins)


def at_once(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Rows with common days: each with the one before it that reaches furthest, that one first."""
    ordered = in_days(rows)
    reach = ordered[:1]
    for row in ordered[1:]:
        before = reach[-1]
        if row.unit.begins < before.unit.ends:
            yield before, row
        if row.unit.ends > before.unit.ends:
            reach.append(row)


def apart(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Neighbours in time with days between them that neither has; `rows` in the order of days."""
    for before, row in pairwise(rows):
        if before.unit.ends < row.unit.begins:
            yield before, row


_LINES = 3
"""Lines named beside the first one; the rest are only counted."""


def also_in(rows: Sequence[Row]) -> Sentence:
    """Where else a fault stands that is told at the first of these rows; empty for one row."""
    lines = [row.line for row in rows[1:]]
    if not lines:
        return "", ""
    named, more = ", ".join(map(str, lines[:_LINES])), len(lines) - _LINES
    vi, en = (f" và {more} dòng nữa", f" and {more} more") if more > 0 else ("", "")
    return f" (cả dòng {named}{vi})", f" (also line {named}{en})"


def is_backwards(row: Row) -> bool:
    """Whether it ends before, or on the day on which, it begins."""
    return row.unit.begins >= row.unit.ends


def heirs(lives: Lifetimes) -> dict[str, str]:
    """Of each code who holds in the end what it leaves: itself, or the last of its successors."""
    found: dict[str, str] = {}
    for code in lives:
        chain = [code]
        seen = {code}
        while (last := chain[-1]) not in found:
            successor = lives[last].last.unit.successor
            if successor is None or successor not in lives or successor in seen:
                break
            chain.append(successor)
            seen.add(successor)
        found |= dict.fromkeys(chain, found.get(last, last))
    return found

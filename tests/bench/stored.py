"""Facts as scoring keeps them, by the million, in the text that COPY reads: one row a line.

Each row is a real event of its kind through `received`, with unit, aggregate and version set anew:
to make a million of them event by event would take longer than what is measured with them.
"""

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from services.contracts.events import UnitFact
from services.measuring.fact import decode_fields, known, row_of
from services.measuring.records import KnownFact
from tests.scoring.campaign import sample_snapshot
from tests.scoring.facts import CAMPAIGN, essay, event, fulfilled, judged, proposed

COLUMNS = ("unit", "record", "event_id", "event", "campaign", "data")
UNITS = [unit.code for unit in sample_snapshot().units if unit.level != "city"]

_encode = msgspec.json.Encoder().encode


class _Kind:
    """One kind of event, as often as it is wanted."""

    def __init__(self, fact: UnitFact, names: str | None = None) -> None:
        """`names`: the field that holds the UUID of its aggregate."""
        self._event = fact.event
        self._fields: Mapping[str, Any] = known(row_of(event(fact))).fields
        self._names = names

    def row(self, unit: str, record: UUID, id_: UUID, **other: Any) -> str:
        fields = {**self._fields, "unit": unit, **other}
        if self._names:
            fields[self._names] = str(record)
        data = _encode(fields).decode().replace("\\", "\\\\")
        return f"{unit}\t{record}\t{id_}\t{self._event}\t{CAMPAIGN}\t{data}\n"


_ESSAY = _Kind(essay("SNV", "a"), "essay_id")
_JUDGED = _Kind(judged("SNV", "a", "80"), "essay_id")
_PROPOSED = _Kind(proposed("SNV", "a"), "proposal_id")
_FULFILLED = {duty: _Kind(fulfilled("SNV", duty)) for duty in ("D2", "D6", "D7")}
_RECORDS = {
    (unit, duty): UUID(row_of(event(fulfilled(unit, duty)))[1])
    for unit in UNITS
    for duty in _FULFILLED
}


def rows(count: int) -> Iterator[str]:
    """As a year has them: most are essays and their marks. The first rows are always the same."""
    draw = random.Random(251)  # noqa: S311 - no secret
    made = 0
    while made < count:
        unit = UNITS[int(draw.random() * len(UNITS))]
        record, kind = UUID(int=draw.getrandbits(128)), draw.random()
        if kind < 0.9:
            late = draw.random() < 0.1
            yield _ESSAY.row(unit, record, _id(draw), late=late, days_late=int(late))
            made += 1
            if kind < 0.4 and made < count:
                mark = str(draw.randint(40, 99))
                yield _JUDGED.row(unit, record, _id(draw), mark=mark)
                made += 1
        elif kind < 0.96:
            yield _PROPOSED.row(unit, record, _id(draw))
            made += 1
        else:
            duty = draw.choice(sorted(_FULFILLED))
            version = draw.randint(1, 9)
            yield _FULFILLED[duty].row(unit, _RECORDS[unit, duty], _id(draw), version=version)
            made += 1


def _id(draw: random.Random) -> UUID:
    return UUID(int=draw.getrandbits(128))


def write(path: Path, count: int) -> None:
    """So many rows in a file."""
    with path.open("w") as file:
        file.writelines(rows(count))


def read(path: Path) -> Iterator[KnownFact]:
    """The facts of a file, as the store reads them out of the table."""
    with path.open() as file:
        for line in file:
            unit, record, id_, name, _, data = line.rstrip("\n").split("\t")
            yield KnownFact(id_, name, unit, record, decode_fields(data))

"""The ledger of obligations: as somebody wrote it by hand, and as the published facts have it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from services.contracts.campaign.deadlines import UNKNOWN_DAY
from services.contracts.events import (
    DeadlineMissed,
    DeadlineMoved,
    ObligationFact,
    ObligationFulfilled,
    ObligationReopened,
    ObligationWaived,
)

_NONE = "–"


class Entry(NamedTuple):
    """What one document or act made of one obligation of one unit."""

    obligation: str
    unit: str
    version: int
    deadline_version: int
    status: str
    cause: str
    last_day: date | None
    counted_day: date | None = None
    days_late: int | None = None
    document: str | None = None

    def __str__(self) -> str:
        return f"{self.obligation} " + " | ".join(
            _NONE if one is None else str(one) for one in self[1:]
        )


def by_hand() -> list[Entry]:
    """The entries of ledger.md, one for each unit of a line, in order."""
    entries = []
    for obligation, row in _rows("ledger.md"):
        line = {key: None if cell == _NONE else cell for key, cell in row.items()}
        entries += [
            Entry(
                obligation,
                unit,
                int(row["ver."]),
                int(row["dl."]),
                row["status"],
                row["cause"],
                _day(line["last day"]),
                _day(line["counted day"]),
                line["late"] and int(row["late"]),
                line["document"],
            )
            for unit in row["units"].split()
        ]
    return sorted(entries)


def points_by_hand() -> dict[str, dict[str, str]]:
    """By unit what points.md has in each column; without what is not assigned to it."""
    return {
        row["unit"]: {key: cell for key, cell in row.items() if key != "unit" and cell != _NONE}
        for _, row in _rows("points.md")
    }


def _rows(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of all tables of a file, each with the first word of the heading over it."""
    heading, head = "", list[str]()
    for line in Path(__file__).with_name(name).read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("## "):
            heading = line[3:].split()[0]
        elif not line.startswith("|"):
            head = []
        elif not head:
            head = cells
        elif set(cells) != {"---"}:
            yield heading, dict(zip(head, cells, strict=True))


def announced(obligations: Iterable[Mapping[str, Any]], document: str) -> list[Entry]:
    """What units owe on the first day, as the service answers."""
    first = [
        Entry(
            each["obligation"],
            each["unit"],
            each["version"],
            each["deadline_version"],
            each["status"],
            "announced",
            max(_day(day) or UNKNOWN_DAY for day in each["last_days"].values()),
            document=document,
        )
        for each in obligations
    ]
    return _with_known_days(first)


def published(facts: Iterable[ObligationFact]) -> list[Entry]:
    """What the facts say."""
    return _with_known_days([_entry(fact) for fact in facts])


def _with_known_days(entries: list[Entry]) -> list[Entry]:
    return [one._replace(last_day=None) if one.last_day == UNKNOWN_DAY else one for one in entries]


def _entry(fact: ObligationFact) -> Entry:
    common = fact.obligation, fact.unit, fact.version, fact.deadline_version
    match fact:
        case DeadlineMissed():
            return Entry(*common, "missed", "time-over", fact.last_day)
        case DeadlineMoved():
            cause = "moved" if fact.after is None else f"after {fact.after}"
            number = fact.document.split()[0]
            return Entry(*common, "open", cause, fact.last_day, document=number)
        case ObligationReopened():
            return Entry(*common, "open", fact.cause, fact.last_day, document=fact.document)
        case ObligationWaived():
            return Entry(*common, "waived", "waived", None, document=fact.document)
        case ObligationFulfilled():
            counted = fact.counted_day, fact.days_late
            return Entry(*common, "fulfilled", fact.by, fact.last_day, *counted)
    raise TypeError(fact)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

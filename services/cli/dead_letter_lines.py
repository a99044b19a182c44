"""Dead letters as the command line prints them: a table with headings, or JSON in a fixed order."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from services.chassis.dead_letters.printable import printable, printable_within
from services.chassis.dead_letters.queries import SHORT, Letter
from services.chassis.dead_letters.show import Shown
from services.chassis.language import speak
from services.contracts.personal import WITHHELD, WITHHELD_EN

_FIRST = ("id", "state", "cause", "detail")
"""What somebody looks for first; the other fields follow as the table declares them."""

_HEADINGS = (
    ("Mã", "ID"),
    ("Dịch vụ", "Service"),
    ("Tình trạng", "State"),
    ("Nguyên nhân", "Cause"),
    ("Số lần thử", "Tries"),
    ("Để riêng lúc", "Set aside at"),
    ("Vị trí", "Place"),
    ("Mã dữ liệu", "Event"),
)


def table_of(found: Sequence[tuple[str, Letter]]) -> Iterator[str]:
    """Headings and a line for each letter with the service whose it is; nothing for none."""
    if not found:
        return
    headings = tuple(speak(vi, en) for vi, en in _HEADINGS)
    rows = [headings, *(_row(service, letter) for service, letter in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield printable("  ".join(cells).rstrip())


def _row(service: str, letter: Letter) -> tuple[str, ...]:
    states = {
        "open": speak("chờ xử lý", "open"),
        "redriven": speak("đã xử lý lại", "redriven"),
        "discarded": speak("đã loại bỏ", "discarded"),
    }
    event = str(letter.event_id or speak("(không có)", "(none)"))
    if letter.unpublished:
        event += speak("  chỉ có trong cơ sở dữ liệu", "  in the database only")
    return (
        str(letter.id)[:SHORT],
        service,
        states[letter.state],
        letter.cause,
        str(letter.tries),
        f"{letter.set_aside_at:%Y-%m-%dT%H:%M:%SZ}",
        f"{letter.topic}:{letter.partition}:{letter.offset}",
        event,
    )


def json_line(service: str, letter: Letter) -> str:
    """One letter as one line for programs: the same in every language."""
    return json.dumps(_fields(service, letter), default=str)


def all_of(service: str, letter: Letter, message: Shown | None) -> str:
    """One letter with its message, for people."""
    shown = {**_fields(service, letter), "message": asdict(message) if message else None}
    text = json.dumps(printable_within(shown), ensure_ascii=False, indent=2, default=str)
    return text.replace(WITHHELD, speak(WITHHELD, WITHHELD_EN))


def _fields(service: str, letter: Letter) -> Mapping[str, Any]:
    # Not model_dump: of a row it has the order in which the database's columns came in.
    rest = [name for name in Letter.model_fields if name not in _FIRST]
    values = {name: getattr(letter, name) for name in (*_FIRST, *rest)}
    return {"id": values.pop("id"), "service": service, **values}

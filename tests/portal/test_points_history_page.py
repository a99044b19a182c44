"""Promise: the history of points says what changed each time, and in which criterion."""

from decimal import Decimal
from typing import Any

from services.portal.pages.points_history import changes


def version(number: int, total: str, **lines: str) -> dict[str, Any]:
    return {"version": number, "total": total, "lines": lines}


def test_each_change_is_against_the_version_before() -> None:
    newest, middle, first = changes(
        [
            version(3, "11.5", a="9.5", b="2"),
            version(2, "12", a="10", b="2"),
            version(1, "2", b="2"),
        ]
    )
    assert (newest.change, newest.lines) == (Decimal("-0.5"), {"a": Decimal("-0.5")})
    assert (middle.change, middle.lines) == (Decimal(10), {"a": Decimal(10)})
    assert (first.change, first.lines) == (None, {})


def test_a_criterion_that_was_dropped_is_taken_off() -> None:
    newest, _ = changes([version(2, "0"), version(1, "2", a="2")])
    assert newest.lines == {"a": Decimal(-2)}


def test_without_versions_there_is_nothing_to_show() -> None:
    assert changes([]) == []

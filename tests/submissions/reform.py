"""The campaign that runs across 1 July 2025, as tests of successions use it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.contracts.events import (
    DeadlineMissed,
    DeadlineMoved,
    ObligationFulfilled,
    ObligationWaived,
)
from tests.submissions.replica import Replica

REFORM = Path("tests/support/reform")
START = "2025-02-01T08:00:00+07:00"


def conference(unit: str, held_on: str, receiver: str) -> dict[str, Any]:
    """The body of a report."""
    return {"unit": unit, "form": "held", "held_on": held_on, "receiver": receiver}


async def statuses(one: Replica, unit: str) -> dict[str, str]:
    """Status by obligation."""
    answer = (await one.read("/obligations", {"unit": unit})).raise_for_status().json()
    return {each["obligation"]: each["status"] for each in answer["obligations"]}


async def facts_about(one: Replica, unit: str) -> list[tuple[str, str]]:
    """Event and obligation of what was published about what a unit owes, in order."""
    kinds = (DeadlineMissed, DeadlineMoved, ObligationFulfilled, ObligationWaived)
    return [
        (event.data.event, event.data.obligation)
        for event in await one.events()
        if isinstance(event.data, kinds) and event.data.unit == unit
    ]


def ending(code: str, was: str, day: str) -> Callable[[str], str]:
    """The tree in which a row of a unit has another day."""

    def edit(text: str) -> str:
        lines = text.splitlines(keepends=True)
        return "".join(
            line.replace(was, day) if line.startswith(f"{code},") else line for line in lines
        )

    return edit


async def amended(one: Replica, fact: Any) -> dict[str, Any]:
    """The Board amends."""
    files = {"plan.yaml": fact.plan, "units.csv": fact.units}
    body = {"files": files, "document": "20/NQ", "reason": "Sắp xếp", "version": fact.version - 1}
    path = "/v1/campaigns/reform-2025/versions"
    return await one.taken(path, body, role="board")


def without_merger(text: str) -> str:
    """X1 and X2 go on below the city, and there is no X3."""
    ends, goes_on = "of-H1,,,2025-07-01,X3", "of-H1,,,2025-07-01,"
    lines = text.replace(ends, goes_on).splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("X3,")]
    for code, name in (("X1", "Xã Một"), ("X2", "Xã Hai")):
        kept.append(f"{code},{name},xa,commune,HN,communes,,2025-07-01,,\n")
    return "".join(kept)

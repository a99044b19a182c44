"""Campaigns beside the one of 2020, whose units have the same codes."""

from collections.abc import Callable
from typing import Any

from services.chassis.storage.database import Database
from services.contracts.events import (
    DeadlineMissed,
    Fact,
)
from tests.notifications.running import (
    rows,
)
from tests.notifications.support import a_fact
from tests.support.announcing import HANOI, announce_in, announcement, renamed

COMMUNE, DISTRICT, OTHER_DISTRICT = "X00343", "Q009", "Q007"
MAIL = "reader@snv.example.org"
Edit = Callable[[str], str]


def of(campaign: str, kind: type[Fact] = DeadlineMissed, **changes: Any) -> Fact:
    fact: Fact = a_fact(kind, campaign=campaign, **({"unit": "SNV"} | changes))
    return fact


def second(campaign: str) -> Edit:
    """The plan of 2020 as that of another campaign, which mails call by its own year."""

    def edit(plan: str) -> str:
        return renamed(campaign)(plan).replace("năm 2020", f"năm {campaign[-4:]}")

    return edit


def moved(units: str) -> str:
    """The commune reports to another district."""
    row = next(line for line in units.splitlines() if line.startswith(f"{COMMUNE},"))
    return units.replace(row, row.replace(DISTRICT, OTHER_DISTRICT))


def without_commune(units: str) -> str:
    return "".join(
        line for line in units.splitlines(keepends=True) if not line.startswith(f"{COMMUNE},")
    )


async def announce(
    database: Database, campaign: str = "hanoi-2021", *, units: Edit = str, **more: Any
) -> None:
    """Another campaign beside the one of 2020; its units have the same codes."""
    plan = more.pop("edit", second(campaign))
    fact = announcement(HANOI, edit=plan, edit_units=units, rules=False, **more)
    assert await announce_in(database, fact)


async def matched(database: Database) -> list[tuple[str, str]]:
    """Reader and campaign of each delivery."""
    found = await rows(
        database,
        """
        SELECT s.target, e.campaign FROM deliveries d JOIN events e ON e.event_id = d.event_id
          JOIN subscriptions s ON s.id = d.subscription_id ORDER BY 1, 2
        """,
    )
    return [(row["target"], row["campaign"]) for row in found]

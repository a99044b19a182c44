"""Campaigns announced to a test: a directory of files becomes the fact, and a service's rows."""

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.campaigns.follower import CampaignFollower
from services.campaigns.take import OnVersion, take_version
from services.chassis.storage.database import Database, Transaction
from services.contracts.campaign.loader import PLAN, UNITS
from services.contracts.events import CampaignAnnounced, CampaignFact, CampaignWithdrawn
from services.contracts.rules.loader import RULES

HANOI = Path(__file__).parents[2] / "infra" / "campaigns" / "hanoi-2020"
"""The campaign that most tests run."""

ANNOUNCED_AT = datetime(2020, 1, 2, 1, tzinfo=UTC)
"""Before what the tests do; later versions say when."""

DOCUMENT = "Văn bản mô phỏng 1"


def announcement(
    directory: Path = HANOI,
    version: int = 1,
    *,
    rules: bool = True,
    edit: Callable[[str], str] = str,
    edit_units: Callable[[str], str] = str,
    edit_rules: Callable[[str], str] = str,
    at: datetime = ANNOUNCED_AT,
    **fields: Any,
) -> CampaignAnnounced:
    """What the Board would announce of a directory; the campaign's id comes from the plan.

    `rules`: with rules.yaml, where there is one and the version is the first. `edit`, `edit_units`,
    `edit_rules` change a document; `fields` any field of the fact.
    """
    plan = edit((directory / PLAN).read_text("utf-8"))
    units = edit_units((directory / UNITS).read_text("utf-8"))
    table = None
    if rules and version == 1 and (directory / RULES).exists():
        table = edit_rules((directory / RULES).read_text("utf-8"))
    campaign = re.search(r"^campaign: *(\S+)", plan, re.MULTILINE)
    assert campaign, f"{PLAN} names no campaign"
    return CampaignAnnounced.model_validate(
        {
            "campaign": campaign[1],
            "version": version,
            "plan": plan,
            "units": units,
            "rules": table,
            "plan_digest": digest(plan),
            "units_digest": digest(units),
            "rules_digest": None if table is None else digest(table),
            "document": DOCUMENT,
            "reason": None if version == 1 else "Lý do mô phỏng",
            "announced_at": at,
            **fields,
        }
    )


def withdrawal(campaign: str = "hanoi-2020", version: int = 2, **fields: Any) -> CampaignWithdrawn:
    """The Board takes a campaign back."""
    return CampaignWithdrawn.model_validate(
        {
            "campaign": campaign,
            "version": version,
            "document": DOCUMENT,
            "reason": "Lý do mô phỏng",
            "withdrawn_at": ANNOUNCED_AT,
            **fields,
        }
    )


def renamed(campaign: str) -> Callable[[str], str]:
    """An edit for `edit` and `edit_rules`: the same documents for a campaign of another id."""

    def edit(text: str) -> str:
        lines = text.splitlines(keepends=True)
        return "".join(
            f"campaign: {campaign}\n" if line.startswith("campaign:") else line for line in lines
        )

    return edit


async def nothing_to_do(_tx: Transaction, _fact: CampaignFact) -> None:
    """For services, and tests, that keep the version and do no more about it."""


async def announce_in(
    database: Database,
    fact: CampaignFact | Path = HANOI,
    on_version: OnVersion = nothing_to_do,
) -> bool:
    """Let a service's database have a version, as its follower would; whether it was new there.

    `fact`: a directory is announced as version 1. `on_version`: what the service does about it.
    """
    if isinstance(fact, Path):
        fact = announcement(fact)
    async with database.transaction() as tx:
        return await take_version(tx, fact, on_version)


def caught_up_without_kafka(contexts: Iterable[object]) -> None:
    """A service of these contexts has no broker, and so nothing to read from one."""
    (follower,) = (one for one in contexts if isinstance(one, CampaignFollower))
    follower.caught_up.set()


def digest(document: str) -> str:
    """SHA-256 of a document, as the facts name it."""
    return hashlib.sha256(document.encode()).hexdigest()

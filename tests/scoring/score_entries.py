"""A campaign whose rule set has criteria that people decide: the units of 2020, a table of our own.

I.1  computed: an essay is 2 points, at most 10
II.1 the Board's score, else the cluster's, else the unit's own, 0 to 10
II.2 the Board's score only, -5 to 5 in halves; not for STP
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from services.chassis.storage.outbox import decode_headers
from services.contracts.envelope import Event, decode
from services.contracts.events import ScoreEntered
from services.contracts.rules.loader import read_rules
from services.scoring.campaign_snapshot import CampaignSnapshot
from tests.scoring.campaign import sample_campaign, sample_timeline
from tests.scoring.facts import API
from tests.scoring.running import digest, recompute_due, snapshot_now
from tests.scoring.sample_rules import criterion, group
from tests.scoring.served_scoring import Stand

HEAD = "SNV"
"""Head of the cluster of departments."""

_TITLE = {"vi": "Bảng minh họa có điểm chấm trực tiếp", "en": "Sample with score entries"}


def _table(level: str) -> dict[str, Any]:
    computed = criterion("count", measure="essays", each="2", cap="10")
    staged = criterion("entered", "II.1", stages=["final", "cluster", "self"])
    of_the_board = criterion(
        "entered",
        "II.2",
        "5",
        minimum="-5",
        rounding={"to": "0.5"},
        assigned_to={"except_units": ["STP"]},
    )
    return {
        "id": level,
        "title": _TITLE,
        "applies_to": {"levels": [level]},
        "maximum": "25",
        "groups": [
            group(computed, maximum="10"),
            group(staged, of_the_board, id_="II", maximum="15"),
        ],
    }


RULES: dict[str, Any] = {
    "rule_set": "entered",
    "sample": True,
    "title": {"vi": "MINH HỌA có điểm chấm trực tiếp", "en": "SAMPLE with score entries"},
    "campaign": "hanoi-2020",
    "cluster_heads": {"departments": HEAD},
    "measures": {"essays": {"kind": "count", "of": "essay-submitted"}},
    "tables": [_table("upper"), _table("commune")],
}


WRITTEN = json.dumps(RULES, ensure_ascii=False)
"""As a rules.yaml."""


def snapshot_with_entries() -> CampaignSnapshot:
    """The snapshot of its last day, without a database."""
    timeline = sample_timeline().under(read_rules(WRITTEN.encode()))
    return timeline.on(sample_campaign().plan.closes)


def an_entry(criterion: str = "II.1", stage: str = "final", **fields: Any) -> dict[str, Any]:
    """A score entry that breaks no rule."""
    return {
        "criterion": criterion,
        "stage": stage,
        "points": "4.5",
        "reason": "Có mô hình mới được nhân rộng",
        "evidence": "Báo cáo mẫu 12",
        **fields,
    }


@dataclass
class EntryReplica:
    """A replica that takes score entries, and who sends them."""

    stand: Stand

    async def sends(
        self,
        unit: str,
        body: dict[str, Any],
        *,
        role: str = "board",
        by: str | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        """POST of a score entry."""
        headers = {
            "Authorization": f"Bearer {self.stand.issuer.mint(role, by)}",
            "Idempotency-Key": key or str(uuid4()),
        }
        path = f"{API}/units/{unit}/score-entries"
        return await self.stand.client.post(path, json=body, headers=headers)

    async def enters(self, unit: str, body: dict[str, Any], **who: Any) -> Any:
        """One that must be taken; the answer."""
        answer = await self.sends(unit, body, **who)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return answer.json()

    async def refused(self, status: int, unit: str, body: dict[str, Any], **who: Any) -> Any:
        """One that must not; the problem document."""
        answer = await self.sends(unit, body, **who)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def entries(self, unit: str, **who: Any) -> list[dict[str, Any]]:
        """All score entries of a unit."""
        entries: list[dict[str, Any]] = (
            await self.stand.read(f"{API}/units/{unit}/score-entries", **who)
        )["score_entries"]
        return entries

    async def scored(self) -> str:
        """Points are brought up to them; the digest."""
        database = self.stand.chassis.database
        snapshot = await snapshot_now(database)
        await recompute_due(database, snapshot)
        return await digest(database, snapshot)

    async def published(self) -> list[Event]:
        """Score entries in the outbox, in order."""
        async with self.stand.chassis.database.transaction() as tx:
            rows = await tx.fetch(
                "SELECT key, headers, value FROM event_log JOIN outbox USING (seq)"
                " WHERE topic = $1 ORDER BY seq",
                f"thidua.{ScoreEntered.versioned()}",
            )
        events = [decode(row["key"], decode_headers(row["headers"]), row["value"]) for row in rows]
        return [one for one in events if isinstance(one, Event)]

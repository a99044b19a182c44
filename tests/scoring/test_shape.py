"""Promises about scoring's own papers: events and answers are those that the documents name."""

import re
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from services.chassis.storage.database import Database
from services.contracts.events import FACTS
from services.scoring.events import PUBLISHED, PUBLISHES
from services.scoring.score_entries.versions import ALREADY_ENTERED, ENTRY_CHANGED
from tests.scoring.facts import API, essay
from tests.scoring.running import adopts
from tests.scoring.score_entries import WRITTEN, an_entry
from tests.scoring.service import until, world
from tests.scoring.test_score_entries_over_kafka import entered
from tests.support.publishers import note_publishers

DECIDED = Path("docs/scoring.md")
RULES = Path("services/scoring/score_entries/rules.py")


def test_it_publishes_every_fact_whose_sheet_names_it() -> None:
    assert {fact for fact in FACTS if fact.sheet.publisher == "scoring"} == set(PUBLISHED)


def test_every_rule_of_a_score_entry_and_no_other_stands_in_the_table_of_decided_answers() -> None:
    used = set(re.findall(r'rule="([a-z.-]+)"', RULES.read_text()))
    assert len(used) == 9
    table = DECIDED.read_text()
    assert set(re.findall(r"^\| `([a-z-]+\.[a-z-]+)` \|", table, re.MULTILINE)) == used
    for problem in (ALREADY_ENTERED, ENTRY_CHANGED):
        assert f"| `{problem.slug}` |" in table


async def test_every_command_publishes_what_the_map_has_and_nothing_else(
    database: Database,
    scoring_url: str,
    broker: Broker,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The map of events.py, held against a run of the whole service."""
    seen = note_publishers(monkeypatch, PUBLISHES)
    await adopts(database, WRITTEN)
    async with world(scoring_url, broker.bootstrap, issuer) as one:
        await one.publish(essay("STP", "a"))
        await entered(one, "STP", an_entry())

        async def counted() -> bool:
            return await one.line("STP", "II.1") == "4.5"

        await until(counted)
        await one.has_published_all()
        answer = await one.replicas[0].client.post(
            f"{API}/publications",
            json={},
            headers={
                "Authorization": f"Bearer {issuer.mint('board')}",
                "Idempotency-Key": str(uuid4()),
            },
            timeout=60,
        )
        assert answer.status_code == httpx.codes.CREATED, answer.text
    assert seen == {command: set(facts) for command, facts in PUBLISHES.items()}

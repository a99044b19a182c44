"""Promise: what a draft rule set would change is told without a trace, its faults all at once."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from infra.local.issuer import Issuer
from services.chassis.storage.database import Database
from services.scoring.what_if.comparison import what_if
from tests.scoring.campaign import SAMPLE_WRITTEN, other_rules
from tests.scoring.facts import API, at, essay, fulfilled, judged
from tests.scoring.running import adopts, campaign_now
from tests.scoring.served_scoring import Stand, ranks_of, settings_of, standing

RULES = SAMPLE_WRITTEN
DRAFT = RULES.replace(
    'target: "30"\n            maximum: "15"', 'target: "30"\n            maximum: "20"'
)
"""I.1, essays against a target of 30, gives 20 in place of 15. The group stays capped at 30."""
assert DRAFT != RULES

SEASON = (
    *(essay("STP", f"s{n}") for n in range(12)),
    *(essay("SNV", f"n{n}") for n in range(9)),
    judged("SNV", "n1", "95"),
    fulfilled("SNV", "D6"),
    fulfilled("STP", "D6", days_late=2),
)


async def _ask(
    stand: Stand, rules: str = DRAFT, role: str = "board", unit: str | None = None, **body: Any
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {stand.issuer.mint(role, unit)}"}
    return await stand.client.post(f"{API}/what-if", json={"rules": rules, **body}, headers=headers)


async def _rows(url: str) -> dict[str, str]:
    """What every table holds: number and hash of its rows."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        )
        rows: dict[str, str] = {}
        for (name,) in tables:
            rows[name] = await connection.fetchval(
                "SELECT count(*) || md5(coalesce(string_agg(t::text, '' ORDER BY t::text), ''))"  # noqa: S608 - names of our tables
                f" FROM {name} AS t"
            )
        return rows
    finally:
        await connection.close()


async def test_one_criterion_that_gives_more_is_named_with_who_moves(stand: Stand) -> None:
    await stand.hears(*SEASON)
    before = await stand.read(f"{API}/standings", cluster="departments")
    answer = await _ask(stand)
    assert answer.status_code == httpx.codes.OK, answer.text
    found = answer.json()
    assert found["present"]["digest"] == (await stand.read(f"{API}/digest"))["rules_digest"]
    assert found["draft"]["digest"] != found["present"]["digest"]
    assert (found["units"], found["facts"], found["moved"]) == (643, len(SEASON), 2)
    assert found["moved_by_unit_level"] == {"upper": 2}
    movers = {mover["unit"]: mover for mover in found["movers"]}
    assert list(movers) == ["STP", "SNV"]  # the larger movement first
    for unit, points in {"STP": "2", "SNV": "1.5"}.items():
        assert movers[unit]["points"] == points
        (line,) = movers[unit]["lines"]
        assert (line["criterion"], line["change"], line["points"]) == (
            "I.1",
            "other-points",
            points,
        )
        assert movers[unit]["causes"] == ["lines"]
        assert movers[unit]["before"]["rank"] == ranks_of(before)[unit]


async def test_what_it_tells_is_what_the_draft_gives_in_force(
    stand: Stand, scoring_url: str, issuer: Issuer
) -> None:
    await stand.hears(*SEASON)
    found = (await _ask(stand)).json()
    await adopts(stand.chassis.database, DRAFT)
    async with standing(settings_of(scoring_url, issuer), issuer) as later:
        document = await later.read(f"{API}/standings", cluster="departments")
    now = {unit["unit"]: unit for unit in document["clusters"][0]["units"]}
    assert found["movers"]
    for mover in found["movers"]:
        after = mover["after"]
        assert after == {name: now[mover["unit"]][name] for name in after}


async def test_the_rules_in_force_as_a_draft_move_nobody(stand: Stand) -> None:
    await stand.hears(*SEASON)
    found = (await _ask(stand, "# a comment\n" + RULES)).json()
    assert (found["moved"], found["movers"], found["levels"], found["leaders"]) == (
        0,
        [],
        [],
        [],
    )
    assert found["present"]["digest"] == found["draft"]["digest"]


async def test_it_leaves_no_trace(stand: Stand, scoring_url: str) -> None:
    await stand.hears(*SEASON)
    before = await _rows(scoring_url)
    assert {"outbox", "event_log", "rule_sets", "points", "idempotency_keys"} <= before.keys()
    assert (await _ask(stand)).status_code == httpx.codes.OK
    assert (await _ask(stand, "rules: none")).status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert await _rows(scoring_url) == before


async def test_its_transaction_cannot_write(
    stand: Stand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a later hand put a statement that writes beside the one that reads."""
    from services.scoring.facts import queries as fact_queries  # noqa: PLC0415 - patched here only

    async def writes(tx: Any, campaign: str, _units: Any) -> list[Any]:
        await tx.execute("DELETE FROM facts WHERE campaign = $1", campaign)
        return []

    await stand.hears(*SEASON)
    monkeypatch.setattr(fact_queries, "of_units", writes)
    campaign = await campaign_now(database)
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await what_if(database, campaign, other_rules(), at("12-31"))


async def test_all_faults_of_a_draft_are_reported_at_once_with_line_and_remedy(
    stand: Stand,
) -> None:
    faulty = (
        DRAFT.replace('each: "2"', "each: 2")
        .replace("measure: good_essays", "measure: best_essays")
        .replace("ties: shared", "ties: sharde")
    )
    answer = await _ask(stand, faulty)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    document = answer.json()
    assert document["type"].endswith("draft-faults")
    lines = faulty.splitlines()
    planted = [
        next(at for at, line in enumerate(lines, start=1) if text in line)
        for text in ("ties: sharde", "each: 2", "measure: best_essays")
    ]
    report = {fault["en"].split(": ")[0]: fault for fault in document["faults"]}
    assert {f"rules.yaml:{line}" for line in planted} <= report.keys()
    for fault in document["faults"]:
        assert fault["pointer"] == "/rules"
        assert fault["vi"].startswith("rules.yaml:")


@pytest.mark.parametrize("text", ["", "- a list", "a: &b 1", "tables: ["])
async def test_what_is_no_rule_set_is_refused(stand: Stand, text: str) -> None:
    answer = await _ask(stand, text)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY, answer.text


async def test_a_draft_with_half_a_character_is_no_json(stand: Stand) -> None:
    headers = {
        "Authorization": f"Bearer {stand.issuer.mint('board')}",
        "Content-Type": "application/json",
    }
    content = b'{"rules": "\\ud800"}'
    answer = await stand.client.post(f"{API}/what-if", content=content, headers=headers)
    assert answer.status_code == httpx.codes.BAD_REQUEST, answer.text


async def test_a_draft_may_be_larger_than_other_bodies_and_no_key_is_asked_for(
    stand: Stand,
) -> None:
    comment = "# " + "x" * 200_000 + "\n"
    answer = await _ask(stand, comment + DRAFT)
    assert answer.status_code == httpx.codes.OK, answer.text
    assert (await _ask(stand, comment * 6 + DRAFT)).status_code == 413


async def test_a_third_simulation_at_the_same_time_is_asked_to_come_later(stand: Stand) -> None:
    answers = await asyncio.gather(*(_ask(stand) for _ in range(6)))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert {answer.status_code for answer in answers} == {200, 429}
    assert (await _ask(stand)).status_code == httpx.codes.OK


async def test_only_the_board_may_ask(stand: Stand) -> None:
    for role, unit in [("unit", "SNV"), ("district", "Q001"), ("ops", None)]:
        answer = await _ask(stand, role=role, unit=unit)
        assert answer.status_code == httpx.codes.FORBIDDEN


# ---- the command


async def _command(draft: Path, stand: Stand, *words: str) -> subprocess.CompletedProcess[str]:
    settings = stand.chassis.settings
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "services.cli", "what-if", "hanoi-2020", str(draft), *words],
        env={
            "SCORING_DATABASE_URL": settings.database_url,
            "SCORING_JWKS_URL": str(settings.jwks_url),
            "SCORING_TOKEN_ISSUER": settings.token_issuer,
            "THIDUA_ENVIRONMENT": "local",
        },
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_command_tells_it_as_a_table(
    stand: Stand, scoring_url: str, tmp_path: Path
) -> None:
    await stand.hears(*SEASON)
    before = await _rows(scoring_url)
    draft = tmp_path / "next.yaml"
    draft.write_text(DRAFT)
    ran = await _command(draft, stand)
    assert ran.returncode == 0, ran.stderr
    (first, second) = [line for line in ran.stdout.splitlines() if "I.1" in line]
    assert first.split()[0] == "STP"
    assert "I.1 6 → 8" in first
    assert "(+2)" in first
    assert second.split()[0] == "SNV"
    assert await _rows(scoring_url) == before
    one = await _command(draft, stand, "--show", "1")
    assert "và 1 đơn vị nữa" in one.stdout


async def test_the_command_tells_faults_at_the_draft_and_ends_with_1(
    stand: Stand, tmp_path: Path
) -> None:
    draft = tmp_path / "next.yaml"
    draft.write_text(DRAFT.replace("ties: shared", "ties: sharde"))
    ran = await _command(draft, stand)
    assert ran.returncode == 1
    assert f"{draft}:" in ran.stdout
    assert ran.stdout.endswith("\nCó 1 lỗi cần sửa.\n")

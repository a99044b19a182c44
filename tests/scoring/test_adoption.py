"""The Board adopts a rule set that it has seen the effect of, in force from a moment on."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.local.issuer import Issuer
from services.campaigns.take import lock_head
from services.chassis.storage.outbox import decode_headers
from services.contracts.envelope import Event, decode
from services.contracts.events import RuleSetAdopted
from services.contracts.rules.loader import read_rules
from services.scoring.rule_sets.adopt import adopted_fact, on_version, take
from tests.scoring.campaign import OTHER_WRITTEN, SAMPLE_WRITTEN, other_rules
from tests.scoring.facts import API, essay, judged
from tests.scoring.running import announce, campaign_now, put_to_work_in
from tests.scoring.served_scoring import Stand, lines_of, settings_of, standing
from tests.scoring.service import until
from tests.support.announcing import announcement, withdrawal

BODY: dict[str, Any] = {
    "rules": OTHER_WRITTEN,
    "rules_digest": other_rules().digest(),
    "document": "90/QĐ-BTĐ, 01/7/2020",
    "reason": "Bổ sung tiêu chí",
}


async def adopts(stand: Stand, key: str | None = None, **fields: Any) -> httpx.Response:
    """POST by the Board."""
    headers = {
        "Authorization": f"Bearer {stand.issuer.mint('board')}",
        "Idempotency-Key": key or str(uuid4()),
    }
    body = {name: value for name, value in {**BODY, **fields}.items() if value is not None}
    return await stand.client.post(f"{API}/rule-sets", json=body, headers=headers)


async def published(stand: Stand) -> list[RuleSetAdopted]:
    """What was published about rule sets."""
    async with stand.chassis.database.transaction() as tx:
        rows = await tx.fetch(
            "SELECT key, headers, value FROM event_log WHERE topic LIKE '%rule-set-adopted%'"
            " ORDER BY seq"
        )
    events = [decode(row["key"], decode_headers(row["headers"]), row["value"]) for row in rows]
    facts = [one.data for one in events if isinstance(one, Event)]
    return [fact for fact in facts if isinstance(fact, RuleSetAdopted)]


async def test_what_was_shown_is_adopted_published_and_counted(stand: Stand) -> None:
    await stand.hears(essay("SNV", "a"), judged("SNV", "a", "55"))
    before = await stand.read(f"{API}/units/SNV/points")
    headers = {"Authorization": f"Bearer {stand.issuer.mint('board')}"}
    shown = await stand.client.post(
        f"{API}/what-if", json={"rules": OTHER_WRITTEN}, headers=headers
    )
    adopted = await adopts(stand, rules_digest=shown.json()["draft"]["digest"])
    assert adopted.status_code == httpx.codes.CREATED, adopted.text
    assert (adopted.json()["number"], adopted.json()["document"]) == (2, BODY["document"])
    (fact,) = await published(stand)
    assert (fact.version, fact.rules, fact.rules_digest) == (
        2,
        OTHER_WRITTEN,
        other_rules().digest(),
    )
    assert await put_to_work_in(stand.chassis.database)
    await stand.hears()
    after = await stand.read(f"{API}/units/SNV/points")
    assert lines_of(after)["II.1"]["points"] != lines_of(before)["II.1"]["points"]
    assert (await stand.read(f"{API}/rule-sets/2"))["rules"] == OTHER_WRITTEN
    assert (await stand.asked(f"{API}/rule-sets/3")).status_code == httpx.codes.NOT_FOUND


async def test_advice_on_a_rule_set_comes_with_its_adoption(stand: Stand) -> None:
    rules = OTHER_WRITTEN.replace('vi: "Số lượng"', 'vi: "“Số lượng”"')
    assert rules != OTHER_WRITTEN
    adopted = await adopts(stand, rules=rules, rules_digest=read_rules(rules.encode()).digest())
    assert adopted.status_code == httpx.codes.CREATED, adopted.text
    (advice,) = adopted.json()["advice"]
    assert "Nên sửa: dấu nháy cong bao cả tên" in advice["vi"]
    assert "Advice: curly quotes stand around the whole title" in advice["en"]


async def test_one_of_a_later_moment_is_planned_and_points_stay(stand: Stand) -> None:
    since = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    adopted = await adopts(stand, in_force_since=since)
    assert adopted.status_code == httpx.codes.CREATED, adopted.text
    assert not await put_to_work_in(stand.chassis.database)
    assert [one["number"] for one in await stand.read(f"{API}/rule-sets")] == [2, 1]
    assert (await stand.read(f"{API}/digest"))["rules_digest"] != other_rules().digest()


async def test_one_holds_from_when_it_is_adopted_and_not_from_when_it_was_sent(
    stand: Stand,
) -> None:
    """What is published meanwhile is by the rule set before, and says so by its moment alone."""
    database = stand.chassis.database
    async with database.transaction() as tx:
        await lock_head(tx, "hanoi-2020")
        adopting = asyncio.create_task(adopts(stand))

        async def waits() -> bool:
            return bool(await tx.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))

        await until(waits)
        before = datetime.now(UTC)
    since = datetime.fromisoformat((await adopting).json()["since"])
    assert since > before


async def test_what_was_not_shown_is_refused(stand: Stand) -> None:
    refused = await adopts(stand, rules=OTHER_WRITTEN.replace('"50"', '"51"'))
    assert refused.status_code == httpx.codes.CONFLICT
    assert refused.json()["type"].endswith("rules-not-shown")
    assert await published(stand) == []


async def test_the_rules_in_force_are_not_adopted_twice(stand: Stand) -> None:
    digest = read_rules(SAMPLE_WRITTEN.encode()).digest()
    refused = await adopts(stand, rules=SAMPLE_WRITTEN, rules_digest=digest)
    assert refused.json()["type"].endswith("rules-in-force-already")
    first, second = await adopts(stand, key="once"), await adopts(stand, key="once")
    assert (first.status_code, second.json()) == (201, first.json())
    assert (await adopts(stand)).status_code == httpx.codes.CONFLICT
    assert len(await published(stand)) == 1


async def test_all_faults_of_an_adoption_are_named(stand: Stand) -> None:
    refused = await adopts(stand, in_force_since="2020-01-01T00:00:00+07:00", reason=None)
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert {fault["pointer"] for fault in refused.json()["faults"]} == {
        "/in_force_since",
        "/reason",
    }
    faulty = await adopts(stand, rules=OTHER_WRITTEN.replace("ties: shared", "ties: sharde"))
    assert faulty.json()["type"].endswith("draft-faults")
    assert faulty.json()["faults"][0]["vi"].startswith("rules.yaml:")


async def test_a_service_that_has_not_read_the_topics_yet_adopts_nothing(
    scoring_url: str, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its database is new or was restored: the number may be taken on the topic."""
    monkeypatch.setattr("services.campaigns.follower._WAIT_S", 0.01)
    async with standing(settings_of(scoring_url, issuer), issuer, caught_up=False) as one:
        assert (await adopts(one)).status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert await published(one) == []


async def test_nothing_is_adopted_entered_or_published_in_a_campaign_that_was_withdrawn(
    stand: Stand,
) -> None:
    await announce(stand.chassis.database, withdrawal())
    body = {"criterion": "I.1", "stage": "final", "points": "1", "reason": "x", "evidence": "y"}
    headers = {"Authorization": f"Bearer {stand.issuer.mint('board')}"}
    for path, sent in (
        (f"{API}/rule-sets", BODY),
        (f"{API}/units/SNV/score-entries", body),
        (f"{API}/publications", {}),
    ):
        once = {**headers, "Idempotency-Key": str(uuid4())}
        answer = await stand.client.post(path, json=sent, headers=once)
        assert answer.status_code == httpx.codes.CONFLICT, answer.text
        problem = answer.json()
        assert problem["type"].endswith("campaign-withdrawn")
        assert "mã khác" in problem["detail"]
        assert "another code" in problem["detail_en"]
    assert await published(stand) == []


async def test_moments_are_written_in_the_zone_of_the_campaigns_days(stand: Stand) -> None:
    """`since` of the first rule set is midnight in Hanoi, and not five in the afternoon before."""
    (first,) = await stand.read(f"{API}/rule-sets")
    assert first["since"] == "2019-12-17T00:00:00+07:00"
    assert first["adopted_at"].endswith("+07:00")
    standings = await stand.read(f"{API}/standings", as_of="2020-06-30")
    assert standings["as_of"]["moment"] == "2020-06-30T23:59:59.999999+07:00"
    as_listed = {**first, "contradictions": None}  # it is asked of what is now alone
    assert standings["as_of"]["rules"] == as_listed
    sent = {
        "Authorization": f"Bearer {stand.issuer.mint('board')}",
        "Idempotency-Key": str(uuid4()),
    }
    published = await stand.client.post(f"{API}/publications", json={}, headers=sent)
    listed = await stand.read(f"{API}/publications")
    for one in (published.json(), listed[0], await stand.read(f"{API}/publications/1")):
        assert one["as_of"].endswith("+07:00")
        assert one["published_at"].endswith("+07:00")


async def test_only_the_board_adopts(stand: Stand) -> None:
    for role, unit in (("unit", "SNV"), ("district", "Q001"), ("ops", None)):
        headers = {
            "Authorization": f"Bearer {stand.issuer.mint(role, unit)}",
            "Idempotency-Key": str(uuid4()),
        }
        answer = await stand.client.post(f"{API}/rule-sets", json=BODY, headers=headers)
        assert answer.status_code == httpx.codes.FORBIDDEN


async def test_rule_sets_of_before_campaigns_were_announced_are_published_with_their_campaign(
    stand: Stand,
) -> None:
    """A migrated database has them without a document, and no topic has them."""
    database = stand.chassis.database
    async with database.transaction() as tx:
        await tx.execute("UPDATE rule_sets SET document = NULL")
    for _ in range(2):
        async with database.transaction() as tx:
            await on_version(tx, announcement())
    (fact,) = await published(stand)
    assert (fact.version, fact.document) == (1, announcement().document)
    assert [one.row.number for one in (await campaign_now(database)).adopted] == [1]


async def test_a_database_made_anew_adopts_nothing_that_the_topics_do_not_have(
    stand: Stand,
) -> None:
    """Topics have no common order: rule sets of later months can come before the announcement."""
    assert (await adopts(stand)).status_code == httpx.codes.CREATED
    database = stand.chassis.database
    adopted = (await campaign_now(database)).adopted
    on_topics = [adopted_fact(one.row, str(one.row.document)) for one in adopted]
    before = await published(stand)
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE rule_sets, tallied, campaigns, campaign_versions")
    for fact in (*on_topics, announcement()):
        async with database.transaction() as tx:
            assert await take(tx, fact)
    assert [one.row.number for one in (await campaign_now(database)).adopted] == [1, 2]
    assert await published(stand) == before, "one that nobody adopted"

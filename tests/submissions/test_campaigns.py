"""Promises about announcing a campaign: as a whole or not at all, once, and without a restart."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import (
    CampaignAnnounced,
    CampaignWithdrawn,
    DeadlineApproaching,
    DeadlineMissed,
    EssaySubmitted,
)
from services.submissions.metrics import TIMERS_OVERDUE_SECONDS
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.submissions.test_essays import rules
from tests.support.announcing import announcement, renamed

CAMPAIGNS = "/v1/campaigns"


def announcement_of(fact: CampaignAnnounced) -> dict[str, Any]:
    """The body that announces the documents of a fact."""
    files = {"plan.yaml": fact.plan, "units.csv": fact.units}
    if fact.rules is not None:
        files["rules.yaml"] = fact.rules
    return {"files": files, "document": fact.document}


@pytest.fixture
async def empty(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """One replica, to which nothing was announced."""
    async with running_replica(settings_of(dsn, issuer), issuer) as one:
        yield one


# Announced


async def test_an_announced_campaign_takes_essays_at_once_and_is_published_whole(
    empty: Replica,
) -> None:
    assert (await empty.read(CAMPAIGNS)).json()["campaigns"] == []
    fact = announcement()
    accepted = await empty.taken(CAMPAIGNS, announcement_of(fact), role="board")
    assert (accepted["campaign"], accepted["version"]) == ("hanoi-2020", 1)
    assert accepted["owed"] == 579 + 4 * 64
    await empty.taken("/essays", essay())
    (published,) = await empty.facts(CampaignAnnounced)
    same = ("plan", "units", "rules", "plan_digest", "units_digest", "rules_digest", "document")
    assert {name: getattr(published, name) for name in same} == {
        name: getattr(fact, name) for name in same
    }
    (listed,) = (await empty.read(CAMPAIGNS)).json()["campaigns"]
    assert (listed["state"], listed["version"]) == ("open", 1)
    assert (await empty.read(f"{CAMPAIGNS}/hanoi-2020")).json() == listed
    version = (await empty.read(f"{CAMPAIGNS}/hanoi-2020/versions/1")).json()
    assert version["files"] == {"plan.yaml": fact.plan, "units.csv": fact.units}
    assert (await empty.read(f"{CAMPAIGNS}/hanoi-2020/versions/2")).status_code == 404


async def test_units_in_another_dress_are_published_as_the_same_text(empty: Replica) -> None:
    """As Excel in Vietnam writes them: a title, Vietnamese headings, semicolons."""
    fact = announcement()
    body = announcement_of(fact)
    _, _, rows = fact.units.partition("\n")
    headings = "Mã;Tên;Loại;Cấp;Đơn vị cấp trên;Cụm thi đua;Mã TCTK;Tên trong câu"
    assert ";" not in rows
    assert '"' not in rows
    body["files"]["units.csv"] = f"DANH SÁCH ĐƠN VỊ;\r\n{headings}\r\n{rows.replace(',', ';')}"
    body["files"]["plan.yaml"] = fact.plan.replace("Cụm thi đua các quận", "Cụm “các quận")
    accepted = await empty.taken(CAMPAIGNS, body, role="board")
    (advice,) = accepted["advice"]
    assert "Nên sửa: dấu nháy không đủ cặp" in advice["vi"]
    (published,) = await empty.facts(CampaignAnnounced)
    assert (published.units, published.units_digest) == (fact.units, fact.units_digest)


async def test_what_is_wrong_in_the_three_files_is_told_at_once_and_nothing_is_kept(
    empty: Replica,
) -> None:
    body = announcement_of(announcement())
    for name, right, wrong in (
        ("plan.yaml", "date: 2020-07-10", "date: 2020-02-30"),
        ("units.csv", "SNV,Sở Nội vụ,department,upper,HN", "SNV,Sở,,,XX"),
        ("rules.yaml", "kind: count", "kind: cuont"),
    ):
        assert right in body["files"][name]
        body["files"][name] = body["files"][name].replace(right, wrong)
    problem = await empty.refused(422, CAMPAIGNS, body, role="board")
    places = {fault["pointer"] for fault in problem["faults"]}
    assert places == {"/files/plan.yaml", "/files/units.csv", "/files/rules.yaml"}
    (day,) = [fault for fault in problem["faults"] if "obligations[D6]" in fault["en"]]
    assert day["vi"].startswith("plan.yaml:")
    assert (await empty.read(CAMPAIGNS)).json()["campaigns"] == []
    assert await empty.facts(CampaignAnnounced) == []


async def test_a_campaign_that_nobody_announced_is_not_found_in_both_languages(
    replica: Replica,
) -> None:
    for path in ("/essays?unit=SNV", "/obligations?unit=SNV", "/statistics", ""):
        answer = await replica.read(f"{CAMPAIGNS}/hanoi-1954{path}")
        assert answer.status_code == 404, path
        assert "hanoi-1954" in answer.json()["detail"]
        assert "hanoi-1954" in answer.json()["detail_en"]
    problem = await replica.refused(404, f"{CAMPAIGNS}/hanoi-1954/essays", essay())
    assert "Kiểm tra lại mã" in problem["detail"]


# Once


async def test_one_key_announces_once_and_another_is_told_that_it_was_announced(
    empty: Replica,
) -> None:
    body = announcement_of(announcement())
    first = await empty.taken(CAMPAIGNS, body, role="board", key="one")
    assert await empty.taken(CAMPAIGNS, body, role="board", key="one") == first
    problem = await empty.refused(409, CAMPAIGNS, body, role="board", key="two")
    assert problem["type"].endswith("/already-announced")
    assert len(await empty.facts(CampaignAnnounced)) == 1


async def test_a_service_that_has_not_read_the_topics_yet_gives_no_number(
    dsn: str, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its database is new or was restored: the number may be taken on the topic."""
    monkeypatch.setattr("services.campaigns.follower._WAIT_S", 0.01)
    opened = settings_of(dsn, issuer)
    async with running_replica(opened, issuer, announcement(), caught_up=False) as one:
        body = announcement_of(announcement(edit=renamed("hanoi-2021"), rules=False))
        await one.taken("/essays", essay())
        why = {"document": "12/X", "reason": "Lý do mô phỏng"}
        amended = {**body, **why, "version": 1}
        for path, sent in ((CAMPAIGNS, body), ("/versions", amended), ("/withdrawal", why)):
            refused = await one.refused(503, path, sent, role="board")
            assert "Kafka" in refused["detail"]
            assert "Kafka" in refused["detail_en"]


async def test_of_two_announcements_at_once_one_is_taken(empty: Replica) -> None:
    body = announcement_of(announcement())
    answers = await asyncio.gather(
        *(empty.send(CAMPAIGNS, body, role="board", key=key) for key in ("one", "two"))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await empty.facts(CampaignAnnounced)) == 1


# Withdrawn


WITHDRAWAL = {"document": "12/BTĐ-NV2", "reason": "Dời sang năm sau"}


async def test_a_campaign_that_is_withdrawn_before_it_opens_takes_nothing_and_fires_nothing(
    dsn: str, issuer: Issuer
) -> None:
    opens = announcement(edit=lambda text: text.replace("opens: 2019-12-17", "opens: 2020-05-02"))
    async with running_replica(settings_of(dsn, issuer), issuer, opens) as replica:
        await replica.at("2020-05-01 23:59:59")
        taken = await replica.taken("/withdrawal", WITHDRAWAL, role="board", key="one")
        assert taken["version"] == 2
        again = await replica.taken("/withdrawal", WITHDRAWAL, role="board", key="one")
        assert again == taken
        (fact,) = await replica.facts(CampaignWithdrawn)
        assert (fact.version, fact.document) == (2, "12/BTĐ-NV2")
        problem = await replica.refused(409, "/withdrawal", WITHDRAWAL, role="board")
        assert problem["type"].endswith("/campaign-withdrawn")
        await replica.at("2020-07-01")
        assert await replica.fire() == []
        problem = await replica.refused(422, "/essays", essay())
        assert ("", "campaign.withdrawn") in rules(problem)
        assert (await replica.read(f"{CAMPAIGNS}/hanoi-2020")).json()["state"] == "withdrawn"
        assert (await replica.read("/obligations", {"unit": "SNV"})).json()["obligations"] == []
        version = (await replica.read(f"{CAMPAIGNS}/hanoi-2020/versions/2")).json()
        assert (version["files"], version["reason"]) == (None, "Dời sang năm sau")
        problem = await replica.refused(409, CAMPAIGNS, announcement_of(opens), role="board")
        assert problem["type"].endswith("/already-announced")
        assert "hanoi-2020-2" in problem["detail"]
        assert "withdrawn" in problem["detail_en"]
        assert "amend" not in problem["detail_en"]


async def test_a_campaign_that_has_opened_is_not_withdrawn(replica: Replica) -> None:
    problem = await replica.refused(409, "/withdrawal", WITHDRAWAL, role="board")
    assert problem["type"].endswith("/campaign-opened")
    assert "17/12/2019" in problem["detail"]


# Several


@pytest.fixture
async def two(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """One replica with the campaign of 2020, and another one that closes its contest later."""

    def other(text: str) -> str:
        return renamed("hanoi-2021")(text).replace(
            "due: {date: 2020-07-10, included: false}", "due: {date: 2020-07-20, included: false}"
        )

    second = announcement(edit=other, edit_rules=renamed("hanoi-2021"))
    async with running_replica(settings_of(dsn, issuer), issuer, announcement(), second) as one:
        yield one


async def test_essays_of_two_campaigns_that_arrive_at_once_are_each_kept_in_its_own(
    two: Replica,
) -> None:
    paths = [f"{CAMPAIGNS}/{campaign}/essays" for campaign in ("hanoi-2020", "hanoi-2021")]
    answers = await asyncio.gather(*(two.send(paths[n % 2], essay()) for n in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    for path in paths:
        listed = (await two.read(path, {"unit": "SNV"})).json()["essays"]
        assert len(listed) == 10
    campaigns = [fact.campaign for fact in await two.facts(EssaySubmitted)]
    assert sorted(campaigns) == ["hanoi-2020"] * 10 + ["hanoi-2021"] * 10


async def test_each_campaign_is_missed_by_its_own_plan(two: Replica) -> None:
    async def missed(at: str) -> dict[str, int]:
        await two.at(at)
        facts = [one for one in await two.fire() if isinstance(one, DeadlineMissed)]
        late = [fact.campaign for fact in facts if fact.obligation == "D6"]
        return {campaign: late.count(campaign) for campaign in set(late)}

    assert await missed("2020-07-09 23:59:59") == {}
    assert await missed("2020-07-10 00:00:00") == {"hanoi-2020": 64}
    assert await missed("2020-07-19 23:59:59") == {}
    assert await missed("2020-07-20 00:00:00") == {"hanoi-2021": 64}


async def test_a_fact_of_one_campaign_is_found_in_no_other(two: Replica) -> None:
    taken = await two.taken("/essays", essay())
    other = f"{CAMPAIGNS}/hanoi-2021"
    assert (await two.read(f"{other}/essays/{taken['essay_id']}")).status_code == 404
    withdrawal = f"{other}/essays/{taken['essay_id']}/withdrawal"
    await two.refused(404, withdrawal, {"reason": "Trùng"}, unit="SNV")
    numbers = [
        (await two.read(f"{CAMPAIGNS}/{one}/statistics")).json()["essays"]
        for one in ("hanoi-2020", "hanoi-2021")
    ]
    assert numbers == [1, 0]


async def test_a_campaign_that_changed_meanwhile_puts_off_its_own_essays_alone(
    two: Replica,
) -> None:
    for campaign in ("hanoi-2020", "hanoi-2021"):
        await two.campaigns.of(campaign)  # in memory, as it was
    async with two.chassis.database.transaction() as tx:
        await tx.execute(
            "UPDATE campaigns SET generation = generation + 1 WHERE campaign = 'hanoi-2021'"
        )
    paths = [f"{CAMPAIGNS}/{campaign}/essays" for campaign in ("hanoi-2020", "hanoi-2021")]
    keys = [f"key-{n}" for n in range(20)]
    answers = await asyncio.gather(
        *(two.send(paths[n % 2], essay(), key=key) for n, key in enumerate(keys))
    )
    assert {answer.status_code for answer in answers[::2]} == {201}
    assert {answer.status_code for answer in answers[1::2]} <= {201, 503}
    again = [await two.send(paths[1], essay(), key=key) for key in keys[1::2]]
    assert {answer.status_code for answer in again} == {201}
    assert len(await two.facts(EssaySubmitted)) == 20


async def test_a_campaign_that_cannot_be_read_holds_up_no_deadline_of_another(
    two: Replica,
) -> None:
    async with two.chassis.database.transaction() as tx:
        await tx.execute("UPDATE campaign_versions SET plan = 'x' WHERE campaign = 'hanoi-2020'")
        await tx.execute("UPDATE campaigns SET generation = 9 WHERE campaign = 'hanoi-2020'")
    await two.campaigns.refresh()
    await two.at("2020-07-20")
    missed = {fact.campaign for fact in await two.fire() if isinstance(fact, DeadlineMissed)}
    assert missed == {"hanoi-2021"}
    answer = await two.read(f"{CAMPAIGNS}/hanoi-2020/obligations", {"unit": "SNV"})
    assert answer.status_code == 503
    await two.deadlines.measure()
    overdue_s = {
        campaign: two.chassis.metrics.value(TIMERS_OVERDUE_SECONDS, campaign=campaign)
        for campaign in ("hanoi-2020", "hanoi-2021")
    }
    assert (overdue_s["hanoi-2020"] or 0) > 0, "it is seen"
    assert overdue_s["hanoi-2021"] == 0, "and whose it is"


# Its days


async def test_a_campaign_opens_at_midnight_in_hanoi_on_a_machine_that_runs_in_utc(
    dsn: str, issuer: Issuer
) -> None:
    opens = announcement(edit=lambda text: text.replace("opens: 2019-12-17", "opens: 2020-05-02"))
    async with running_replica(settings_of(dsn, issuer), issuer, opens) as replica:
        await replica.at("2020-05-01 23:59:59")  # 16:59:59 in UTC
        problem = await replica.refused(422, "/essays", essay())
        assert rules(problem) == {("", "campaign.open")}
        assert (await replica.read(f"{CAMPAIGNS}/hanoi-2020")).json()["state"] == "announced"
        await replica.at("2020-05-02 00:00:00")
        await replica.taken("/essays", essay())
        assert (await replica.read(f"{CAMPAIGNS}/hanoi-2020")).json()["state"] == "open"
        await replica.at("2020-12-31 23:59:59")
        await replica.taken("/essays", essay())
        await replica.at("2021-01-01 00:00:00")
        await replica.refused(422, "/essays", essay())
        assert (await replica.read(f"{CAMPAIGNS}/hanoi-2020")).json()["state"] == "closed"


async def test_a_service_that_was_down_across_the_opening_day_takes_and_fires_what_is_due(
    dsn: str, issuer: Issuer
) -> None:
    opens = announcement(edit=lambda text: text.replace("opens: 2019-12-17", "opens: 2020-05-02"))
    settings = settings_of(dsn, issuer)
    async with running_replica(settings, issuer, opens) as before:
        await before.refused(422, "/essays", essay())
        await before.at("2020-06-29")  # nobody ticks, and then it is gone
    async with running_replica(settings, issuer) as after:
        await after.taken("/essays", essay())
        reminded = {f.obligation for f in await after.fire() if isinstance(f, DeadlineApproaching)}
        assert "D1" in reminded

"""Promise: the campaign of a season that is there is announced again, over its rows.

What units owe, and have done, is as it was; a plan that asks something else is refused.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.chassis.storage.migrations import migrate
from services.contracts.events import CampaignAnnounced
from tests.submissions.replica import Replica, running_replica, settings_of
from tests.support.former import CAMPAIGN, answers, as_before, contents, restore

DOCUMENT = "Văn bản mô phỏng 1"
NEW = {"campaigns", "campaign_versions", "event_log", "outbox", "idempotency_keys"}
"""Tables in which an announcement leaves something."""

Files = dict[str, str]


@pytest_asyncio.fixture
async def season(
    postgres: PostgresCluster, fresh_database: Callable[[], str], issuer: Issuer
) -> AsyncIterator[Replica]:
    """Submissions on its migrated database, with the clock of the season. It is not announced."""
    url = fresh_database()
    await restore(postgres, url, "submissions")
    await asyncio.to_thread(migrate, "submissions", url)
    async with running_replica(settings_of(url, issuer), issuer) as replica:
        await replica.chassis.clock.refresh()
        yield replica


@pytest.fixture
def files() -> Files:
    """The campaign's files, as that release had them at the end."""
    return {
        name: (CAMPAIGN / name).read_text() for name in ("plan.yaml", "units.csv", "rules.yaml")
    }


async def announce(season: Replica, files: Files) -> httpx.Response:
    """By the Board."""
    body = {"files": files, "document": DOCUMENT}
    return await season.send("/v1/campaigns", body, role="board")


async def test_all_rows_are_as_before_and_nothing_is_published_but_the_announcement(
    season: Replica, files: Files
) -> None:
    before = await contents(season.chassis.database.url)
    answer = await announce(season, files)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    assert answer.json()["owed"] == 0
    after = await contents(season.chassis.database.url)
    assert {name for name in after if after[name] != before[name]} == NEW
    assert len(after["event_log"].rows) == len(before["event_log"].rows) + 1
    [fact] = await season.facts(CampaignAnnounced)
    assert (fact.campaign, fact.version, fact.rules) == ("hanoi-2020", 1, files["rules.yaml"])


async def test_it_is_read_over_http_as_the_release_before_answered(
    season: Replica, files: Files
) -> None:
    assert (await announce(season, files)).is_success
    for path, expected in answers()["submissions"].items():
        answer = await season.read(path.replace("/v1/", "/v1/campaigns/hanoi-2020/"))
        assert answer.status_code == httpx.codes.OK, (path, answer.text)
        assert as_before(answer.json(), expected) == expected, path


async def test_nothing_that_is_due_is_published_before_it_is_announced_and_all_of_it_afterwards(
    season: Replica, files: Files
) -> None:
    """The services may have stood still over a deadline."""
    await season.at("2020-08-24")
    before = await contents(season.chassis.database.url)
    assert await season.fire() == []
    assert await contents(season.chassis.database.url) == before
    assert (await announce(season, files)).is_success
    missed = {fact.unit for fact in await season.fire() if fact.event == "deadline-missed"}
    owed = answers()["submissions"]
    still_open = {
        entry["unit"]
        for path, answer in owed.items()
        if path.startswith("/v1/obligations")
        for entry in answer["obligations"]
        if (entry["obligation"], entry["status"]) == ("D7", "open")
    }
    assert missed == still_open


async def test_units_go_on_where_they_were(season: Replica, files: Files) -> None:
    assert (await announce(season, files)).is_success
    assert (await season.owed("LDLD", "D7"))["status"] == "open"
    body = {"unit": "LDLD", "held_on": "2020-08-14", "simulated": True}
    await season.taken("/ceremony-reports", body)
    assert (await season.owed("LDLD", "D7"))["status"] == "fulfilled"
    again = {"unit": "SNV", "entries": 3, "prizes": 1, "simulated": True}
    await season.refused(409, "/contest-reports", again)


OTHER_PLANS: dict[str, tuple[str, str, str, str]] = {
    "an earlier last day": (
        "date: 2020-08-20, included: false",
        "date: 2020-08-10, included: false",
        "đến hết ngày 19/08/2020, tệp ghi đến hết ngày 09/08/2020",
        "until 19 August 2020, by the file until 9 August 2020",
    ),
    "another condition": (
        "no_essays_by: 2020-06-05",
        "no_essays_by: 2020-06-08",
        "chưa có bài dự thi đến hết ngày 05/06/2020, tệp ghi",
        "if no essay came by the end of 5 June 2020, by the file",
    ),
    "other days to report": (
        "reporting_grace_days: 3",
        "reporting_grace_days: 5",
        "đang có 3 ngày để báo cáo, tệp ghi 5 ngày",
        "has 3 days for reporting, by the file 5 days",
    ),
    "an obligation less": (
        "  - id: D6\n",
        "  - id: D8\n",
        "Các đơn vị đang phải thực hiện nội dung D6 (mục D6) nhưng tệp không có",
        "Units owe D6 (D6), which the file does not have",
    ),
}


@pytest.mark.parametrize("change", OTHER_PLANS)
async def test_a_plan_that_asks_something_else_is_refused_with_its_reason(
    change: str, season: Replica, files: Files
) -> None:
    old, new, vi, en = OTHER_PLANS[change]
    plan = files["plan.yaml"].replace(old, new)
    if change == "an obligation less":  # its option has the same name
        plan = plan.replace("- id: D6\n        by: contest", "- id: D8\n        by: contest")
    assert plan != files["plan.yaml"]
    faults = await refused(season, {**files, "plan.yaml": plan})
    assert any(vi in fault["vi"] and en in fault["en"] for fault in faults), faults
    assert {fault["pointer"] for fault in faults} == {"/files/plan.yaml"}


async def refused(season: Replica, files: Files) -> list[dict[str, Any]]:
    """The faults with which files are refused; nothing in the database changes."""
    del files["rules.yaml"]  # it would be refused first, where a measure names an obligation
    before = await contents(season.chassis.database.url)
    answer = await announce(season, files)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY, answer.text
    assert await contents(season.chassis.database.url) == before
    found: list[dict[str, Any]] = answer.json()["faults"]
    return found


async def test_units_that_owe_something_must_be_in_the_tree(season: Replica, files: Files) -> None:
    lines = files["units.csv"].splitlines(keepends=True)
    units = "".join(line for line in lines if not line.startswith(("LDLD,", "X10357,")))
    faults = await refused(season, {**files, "units.csv": units})
    assert [fault["pointer"] for fault in faults] == ["/files/units.csv"] * 2
    assert "LDLD" in faults[0]["vi"]
    assert "LDLD" in faults[0]["en"]
    assert "X10357" in faults[1]["vi"]


async def test_a_unit_and_an_obligation_that_are_new_are_added_to_the_season(
    season: Replica, files: Files
) -> None:
    new = "STC,Sở Tài chính,department,upper,HN,departments,,\n"
    answer = await announce(season, {**files, "units.csv": files["units.csv"] + new})
    assert answer.status_code == httpx.codes.CREATED, answer.text
    assert answer.json()["owed"] == 4
    assert (await season.owed("STC", "D6"))["last_days"] == {"D6": "2020-07-14"}, "it was moved"

"""Promises about the calendar: everything that is owed, over all campaigns, for who may read it."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.submissions.calendar.queries import UNKNOWN_DAY, places_of
from services.submissions.calendar.scope import Readable
from tests.submissions.reform import REFORM, START, amended, conference
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.support.announcing import announcement

CALENDAR = "/v1/calendar"


@pytest.fixture
async def both(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """One replica with the campaigns of 2020 and of 2025, on 1 February 2025."""
    settings = settings_of(dsn, issuer, simulated_start=START)
    async with running_replica(settings, issuer, announcement(), announcement(REFORM)) as one:
        one.campaign = "reform-2025"
        yield one


async def page(one: Replica, role: str = "board", caller: str = "", **query: Any) -> dict[str, Any]:
    query = {"from": query.pop("first", None), "to": query.pop("last", None), **query}
    asked = {name: value for name, value in query.items() if value is not None}
    answer = await one.read(CALENDAR, asked, role=role, unit=caller)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


async def entries(one: Replica, **query: Any) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        read = await page(one, after=after, **query)
        found += read["entries"]
        after = read["next"]
        if after is None:
            return found


async def by_option(one: Replica, **query: Any) -> dict[str, dict[str, Any]]:
    return {each["option"]: each for each in await entries(one, **query)}


def keys(found: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [
        (each["last_day"], *(each[name] for name in ("campaign", "unit", "obligation", "option")))
        for each in found
    ]


async def test_a_unit_reads_what_it_owes_until_when_and_how_it_stands(replica: Replica) -> None:
    found = await entries(replica, unit="SNV", role="unit", caller="SNV")
    assert [(each["option"], each["last_day"], each["first_day"]) for each in found] == [
        ("D5", "2020-06-19", "2020-06-06"),
        ("D6", "2020-07-09", "2019-12-17"),
        ("D2", "2020-08-19", "2019-12-17"),
        ("D7", "2020-08-19", "2019-12-17"),
        ("D3", "2020-08-31", "2019-12-17"),
    ]
    first = found[0]
    assert first["title"]["vi"].startswith("Đơn vị chưa có bài dự thi")
    assert first["title"]["en"] == "Units without essays send essays and exemplars"
    assert first["source"].startswith("Đối với các đơn vị chưa có bài dự thi")
    assert (first["unit_name"], first["state"], first["moved"]) == ("Sở Nội vụ", "open", None)
    assert found[2]["source"] == "Thời gian hoàn thành trước 20/8/2020", "the option's own words"


async def test_each_state_shows_with_what_made_it(replica: Replica) -> None:
    await replica.taken("/essays", essay("SNV"))  # in time to owe nothing
    await replica.at("2020-07-12")
    await replica.taken(
        "/contest-reports", {"unit": "SNV", "entries": 3, "prizes": 1, "simulated": True}
    )
    waiver = {"unit": "SNV", "obligation": "D7", "document": "Văn bản 7", "reason": "Sáp nhập"}
    await replica.taken("/waivers", waiver, role="board")
    held = {"unit": "SNV", "form": "held", "held_on": "2020-07-10"}
    await replica.taken("/conference-reports", held)
    found = await by_option(replica, unit="SNV")
    assert {option: each["state"] for option, each in found.items()} == {
        "D2": "fulfilled",
        "D3": "fulfilled-otherwise",
        "D5": "not-owed",
        "D6": "fulfilled",
        "D7": "waived",
    }
    late = found["D6"]
    assert (late["counted_day"], late["days_late"], late["simulated"]) == ("2020-07-12", 3, True)
    assert late["fulfilled_at"] == "2020-07-12T12:00:00+07:00"
    assert (found["D2"]["counted_day"], found["D2"]["simulated"]) == ("2020-07-10", False)
    assert found["D3"]["counted_day"] is None
    assert found["D7"]["waived"]["document"] == "Văn bản 7"
    await replica.at("2020-12-01")
    await replica.fire()
    assert (await by_option(replica, unit="STP"))["D6"]["state"] == "missed"


async def test_a_moved_day_names_the_document_that_moved_it(replica: Replica) -> None:
    for day, number in (("2020-07-20", 1), ("2020-07-25", 2)):
        body = {
            "option": "D6", "date": day, "included": True,
            "document": f"Thông báo {number}", "reason": "Gia hạn", "simulated": True,
        }  # fmt: skip
        await replica.taken("/deadline-moves", body, role="board")
    found = (await by_option(replica, unit="SNV"))["D6"]
    assert (found["last_day"], found["simulated"]) == ("2020-07-25", True)
    moved = found["moved"]
    assert (moved["document"], moved["previous_last_day"]) == ("Thông báo 2", "2020-07-20")
    assert (await by_option(replica, unit="SNV"))["D7"]["moved"] is None


async def test_a_move_for_some_that_is_taken_back_for_one_shows_with_whom_it_holds(
    replica: Replica,
) -> None:
    order = {"document": "Công văn 8", "reason": "Theo đề nghị"}
    for_two = {
        "option": "D6", "date": "2020-07-22", "included": True,
        "scope": {"units": ["SNV", "STP"]}, **order,
    }  # fmt: skip
    moved = await replica.taken("/deadline-moves", for_two, role="board")
    back = {"takes_back": moved["move_id"], "scope": {"units": ["STP"]}, **order}
    await replica.taken("/deadline-moves", back, role="board")
    found = await entries(replica, cluster="departments")
    days = {one["unit"]: one for one in found if one["option"] == "D6"}
    assert {unit for unit, one in days.items() if one["moved"]} == {"SNV"}
    assert days["SNV"]["last_day"] == "2020-07-22"
    assert {one["last_day"] for unit, one in days.items() if unit != "SNV"} == {"2020-07-09"}


async def test_an_amendment_that_moved_a_day_is_named(reform: Replica) -> None:
    later = announcement(
        REFORM,
        version=2,
        edit=lambda text: text.replace("due: {date: 2025-09-30", "due: {date: 2025-10-15"),
    )
    await amended(reform, later)
    moved = (await by_option(reform, unit="X5"))["T3"]["moved"]
    assert (moved["document"], moved["previous_last_day"]) == ("20/NQ", "2025-09-30")


async def test_one_calendar_is_over_all_campaigns_by_day(both: Replica) -> None:
    found = await entries(both, limit=500)
    assert {each["campaign"] for each in found} == {"hanoi-2020", "reform-2025"}
    places = keys(found)
    assert places == sorted(places)
    assert len(set(places)) == len(places) > 900
    assert keys(await entries(both, limit=137)) == places, "pages miss none and repeat none"
    some = await entries(both, limit=500, first="2020-08-19", last="2025-03-31")
    assert keys(some) == [one for one in places if "2020-08-19" <= one[0] <= "2025-03-31"]


async def test_what_a_unit_took_over_is_its_own_and_says_what_became_of_whom(
    reform: Replica,
) -> None:
    await reform.taken("/conference-reports", conference("X2", "2025-02-01", "H1"))
    await reform.at("2025-06-12")
    await reform.fire()  # T1 is missed by both
    await reform.at("2025-07-01 00:00:00")
    await reform.fire()
    found = await entries(reform, unit="X3", role="unit", caller="X3")
    states = {(each["unit"], each["option"]): each["state"] for each in found}
    assert states == {
        ("X1", "T1"): "missed",
        ("X2", "T1"): "missed",
        ("X3", "T1"): states["X3", "T1"],
        ("X2", "T2"): "fulfilled",
        ("X3", "T2"): "fulfilled",
        ("X3", "T3"): "open",
    }, "what the old ones still owed is with the new one"
    ended = {each["unit"]: each["ended"] for each in found}
    assert ended["X3"] is None
    assert ended["X1"]["day"] == "2025-07-01"
    assert ended["X1"]["successor"]["code"] == "X3"
    old = await entries(reform, unit="X1", role="unit", caller="X3")
    assert {each["unit"] for each in old} == {"X1"}


async def test_a_unit_reads_its_own_those_above_it_what_is_below_the_board_all(
    replica: Replica,
) -> None:
    own = {each["unit"] for each in await entries(replica, role="unit", caller="X00004")}
    assert own == {"X00004"}
    below = {each["unit"] for each in await entries(replica, role="district", caller="Q001")}
    assert {"Q001", "X00004"} < below
    every = {each["unit"] for each in await entries(replica, limit=500)}
    assert below < every
    assert "SNV" not in below
    cluster = await entries(replica, cluster="communes-of-Q001", role="district", caller="Q001")
    assert {each["unit"] for each in cluster} == below - {"Q001"}
    for role, caller, query, status in (
        ("unit", "SNV", {"unit": "STP"}, 403),
        ("unit", "SNV", {"cluster": "departments"}, 403),
        ("unit", "X00004", {"cluster": "communes-of-Q001"}, 403),
        ("district", "Q002", {"cluster": "communes-of-Q001"}, 403),
        ("district", "Q001", {"unit": "Q002"}, 403),
        ("unit", "SNV", {"unit": "XX"}, 403),
        ("unit", "SNV", {"cluster": "no-such"}, 403),
        ("board", "", {"unit": "XX"}, 404),
        ("board", "", {"cluster": "no-such"}, 404),
        ("ops", "", {}, 403),
    ):
        answer = await replica.read(CALENDAR, query, role=role, unit=caller)
        assert answer.status_code == status, (role, caller, query)
    nobody = replica.headers("unit", None)
    assert (await replica.client.get(CALENDAR, headers=nobody)).status_code == 403


async def test_what_contradicts_itself_is_refused(replica: Replica) -> None:
    for query, parameter in (
        ({"unit": "SNV", "cluster": "departments"}, "query:cluster"),
        ({"from": "2020-06-01", "to": "2020-05-31"}, "query:to"),
        ({"after": "2020-06-01/x"}, "query:after"),
        ({"after": "x/a/b/c/d"}, "query:after"),
        ({"from": "1/6/2020"}, "query:from"),
    ):
        answer = await replica.read(CALENDAR, query)
        assert answer.status_code == 422, query
        assert [one["parameter"] for one in answer.json()["faults"]] == [parameter]


async def test_no_campaign_is_an_empty_calendar(dsn: str, issuer: Issuer) -> None:
    async with running_replica(settings_of(dsn, issuer), issuer) as one:
        assert await page(one) == {"entries": [], "next": None}


async def test_what_has_no_day_yet_is_behind_all_days_and_within_none(replica: Replica) -> None:
    snv = {"hanoi-2020": Readable(["SNV"], ())}
    async with replica.chassis.database.transaction() as tx:
        await tx.execute(
            """UPDATE obligations SET last_days = '{"D6": null}'
                WHERE unit = 'SNV' AND obligation = 'D6'"""
        )
        every = await places_of(tx, snv, first=date.min, last=UNKNOWN_DAY, limit=9)
        assert [place.option for place in every] == ["D5", "D2", "D7", "D3", "D6"]
        assert every[-1].last_day == UNKNOWN_DAY
        within = await places_of(tx, snv, first=date.min, last=date(9999, 12, 30), limit=9)
        assert within == every[:-1]
        rest = await places_of(tx, snv, first=date.min, last=UNKNOWN_DAY, limit=9, after=every[-2])
        assert rest == every[-1:]
        assert not await places_of(
            tx, snv, first=date.min, last=UNKNOWN_DAY, limit=9, after=every[-1]
        )

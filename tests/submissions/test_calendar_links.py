"""Promises about calendar links: who has the secret reads, by the rights of its owner, until it is
revoked; and nobody else learns of it."""

import logging
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import httpx
import pytest
import structlog

from services.chassis.observability.logs import configure_logs
from services.submissions.calendar.links import MOST_LINKS
from services.submissions.calendar.read_limit import MOST_READS
from tests.submissions.replica import Replica
from tests.support.ics import Component, read_ics

LINKS = "/v1/calendar-links"


async def made(
    one: Replica, caller: str = "SNV", role: str = "unit", **body: Any
) -> dict[str, Any]:
    return await one.taken(LINKS, body, role=role, unit=caller)


async def read(one: Replica, link: dict[str, Any]) -> httpx.Response:
    return await one.client.get(link["path"])


async def calendar(one: Replica, link: dict[str, Any]) -> Component:
    answer = (await read(one, link)).raise_for_status()
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    return read_ics(answer.content)


def uids(found: Component) -> set[str]:
    return {event.properties["UID"] for event in found.inside["VEVENT"]}


async def listed(one: Replica, role: str, unit: str) -> list[dict[str, Any]]:
    answer = (await one.read(LINKS, role=role, unit=unit)).raise_for_status()
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def revoked(one: Replica, link: dict[str, Any], role: str, unit: str) -> int:
    headers = one.headers(role, unit or None)
    return (await one.client.delete(f"{LINKS}/{link['link_id']}", headers=headers)).status_code


async def test_a_calendar_program_reads_without_a_token(replica: Replica) -> None:
    link = await made(replica, note="Máy của văn thư")
    found = await calendar(replica, link)
    assert uids(found) == {
        f"hanoi-2020/SNV/{obligation}@thidua"
        for obligation in ("D2/D2", "D2/D3", "D5/D5", "D6/D6", "D7/D7")
    }
    days = {event.properties["UID"]: event.properties for event in found.inside["VEVENT"]}
    report = days["hanoi-2020/SNV/D6/D6@thidua"]
    assert (report["DTSTART"], report["DTEND"]) == ("20200709", "20200710")
    body = {
        "option": "D6", "date": "2020-07-20", "included": True, "document": "01", "reason": "Mưa",
    }  # fmt: skip
    await replica.taken("/deadline-moves", body, role="board")
    moved = {
        event.properties["UID"]: event.properties
        for event in (await calendar(replica, link)).inside["VEVENT"]
    }["hanoi-2020/SNV/D6/D6@thidua"]
    assert moved["DTSTART"] == "20200720"
    assert int(moved["SEQUENCE"]) > int(report["SEQUENCE"])


async def test_the_path_is_answered_once_and_stored_nowhere(replica: Replica) -> None:
    first = await replica.send(LINKS, {}, unit="SNV", key="one")
    again = await replica.send(LINKS, {}, unit="SNV", key="one")
    assert first.headers["cache-control"] == "no-store"
    link = first.json()
    assert again.json() == {**link, "path": None}
    secret = link["path"].removeprefix(f"{LINKS}/").removesuffix(".ics")
    assert len(secret) == 43
    await calendar(replica, link)
    assert all("path" not in each and secret not in str(each) for each in
               await listed(replica, "unit", "SNV"))  # fmt: skip
    async with replica.chassis.database.transaction() as tx:
        for table in await replica.rows():
            for row in await tx.fetch(f'SELECT * FROM "{table}"'):  # noqa: S608
                for value in row.values():
                    shown = value if isinstance(value, bytes) else str(value).encode()
                    assert secret.encode() not in shown, table
        stored = await tx.fetch("SELECT secret_sha256 FROM calendar_links")
    assert [row["secret_sha256"] for row in stored] == [sha256(secret.encode()).digest()]


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Logs as a service configures them, with everything that it may be made to log."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logs("submissions", level="DEBUG")
    # Other tests catch lines of the same loggers.
    structlog.configure(cache_logger_on_first_use=False)
    logging.getLogger("httpcore").setLevel(logging.WARNING)  # of the test's own client
    yield lambda: capsys.readouterr().err
    logging.getLogger("httpcore").setLevel(logging.NOTSET)
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


async def test_a_secret_is_in_no_log_and_no_metric(
    replica: Replica, written: Callable[[], str]
) -> None:
    link = await made(replica)
    secret = link["path"].removeprefix(f"{LINKS}/").removesuffix(".ics")
    await calendar(replica, link)
    async with replica.chassis.database.transaction() as tx:
        await tx.execute("ALTER TABLE calendar_links RENAME TO away")
    try:
        assert (await read(replica, link)).status_code == 500
    finally:
        async with replica.chassis.database.transaction() as tx:
            await tx.execute("ALTER TABLE away RENAME TO calendar_links")
    metrics = (await replica.client.get("/metrics")).text
    assert "/v1/calendar-links/{secret}.ics" in metrics
    lines = written()
    assert secret not in metrics
    assert secret not in lines
    assert "request failed" in lines
    assert "{secret}.ics" in lines


async def test_unknown_and_revoked_links_are_answered_alike(replica: Replica) -> None:
    link = await made(replica)
    assert await revoked(replica, link, "unit", "STP") == 404
    assert await revoked(replica, link, "unit", "SNV") == 204
    assert await revoked(replica, link, "unit", "SNV") == 404
    answers = [
        await replica.client.get(path)
        for path in (
            link["path"],
            f"{LINKS}/{'A' * 43}.ics",
            f"{LINKS}/{'A' * 5000}.ics",
            f"{LINKS}/%FF.ics",
            f"{LINKS}/ộ.ics",
        )
    ]
    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1
    assert await listed(replica, "unit", "SNV") == []


async def test_a_unit_lists_and_revokes_its_own_the_board_everyones(replica: Replica) -> None:
    mine = await made(replica, "SNV")
    other = await made(replica, "STP")
    city = await made(replica, "", "board", cluster="departments", language="en")
    assert [one["link_id"] for one in await listed(replica, "unit", "SNV")] == [mine["link_id"]]
    everyones = {one["link_id"] for one in await listed(replica, "board", "")}
    assert everyones == {mine["link_id"], other["link_id"], city["link_id"]}
    page = (await replica.read(LINKS, {"limit": 2})).json()
    rest = (await replica.read(LINKS, {"limit": 2, "after": page["next"]})).json()
    assert {one["link_id"] for one in page["items"] + rest["items"]} == everyones
    assert rest["next"] is None
    assert await revoked(replica, city, "unit", "SNV") == 404
    assert await revoked(replica, other, "board", "") == 204
    assert (await read(replica, other)).status_code == 404
    names = (await calendar(replica, city)).properties
    assert names["NAME"] == "Emulation calendar – departments"


async def test_nobody_makes_a_link_to_what_the_account_may_not_read(replica: Replica) -> None:
    for role, unit, body, status in (
        ("unit", "SNV", {"unit": "STP"}, 403),
        ("unit", "SNV", {"cluster": "departments"}, 403),
        ("district", "Q001", {"unit": "SNV"}, 403),
        ("unit", None, {}, 403),
        ("ops", None, {}, 403),
        ("board", None, {"unit": "XX"}, 404),
        ("board", None, {"unit": "SNV", "cluster": "departments"}, 422),
    ):
        await replica.refused(status, LINKS, body, role=role, unit=unit)
    below = await made(replica, "Q001", "district", unit="X00004")
    assert uids(await calendar(replica, below)) == {"hanoi-2020/X00004/D1/D1@thidua"}


async def test_rights_are_judged_anew_at_each_read(reform: Replica) -> None:
    """On 1 July the district ends, and the commune reports to the city."""
    below = await made(reform, "H1", "district", unit="X1")
    all_below = await made(reform, "H1", "district")
    own = await made(reform, "X1", "unit")
    assert uids(await calendar(reform, below))
    assert any("/X2/" in uid for uid in uids(await calendar(reform, all_below)))
    await reform.at("2025-07-01 00:00:00")
    await reform.fire()
    assert (await read(reform, below)).status_code == 404
    assert not any("/X2/" in uid for uid in uids(await calendar(reform, all_below)))
    # The commune's account acts for who took over from it.
    assert any("/X3/" in uid for uid in uids(await calendar(reform, own)))


async def test_links_are_few_and_read_seldom(replica: Replica) -> None:
    link = await made(replica)
    for _ in range(MOST_LINKS - 1):
        await made(replica)
    problem = await replica.refused(409, LINKS, {}, unit="SNV")
    assert problem["type"].endswith("too-many-links")
    await made(replica, "STP")
    for _ in range(MOST_READS):
        assert (await read(replica, link)).status_code == 200
    answer = await read(replica, link)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 61


async def test_the_citys_calendar_holds_every_unit(replica: Replica) -> None:
    found = await calendar(replica, await made(replica, "", "board"))
    events = [event.properties for event in found.inside["VEVENT"]]
    assert len(events) > 800
    assert len(uids(found)) == len(events)
    assert found.properties["NAME"] == "Lịch thi đua"

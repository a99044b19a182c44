"""Promises about last days that come after what the unit does: unknown until then, set with it,
taken back with it, and never a reason to be missed before."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import (
    DeadlineApproaching,
    DeadlineMissed,
    EssaySubmitted,
    ObligationFact,
    ObligationFulfilled,
)
from tests.submissions.awaiting import CONTEST, awaiting, held, moves
from tests.submissions.declared import report
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.submissions.test_races import begun, nothing_commits
from tests.support.announcing import announcement

NEVER = "9999-12-31"
DOCUMENT = {"document": "Thông báo số 09 (mô phỏng)", "reason": "Theo đề nghị"}


@pytest.fixture
async def after(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """The campaign of 2020 with such days, on 1 June."""
    announced = announcement(edit=awaiting)
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        await one.at("2020-06-01")
        yield one


async def of(one: Replica, kind: type[ObligationFact], obligation: str, unit: str = "SNV") -> Any:
    """The facts of a kind about one obligation."""
    facts = await one.facts(kind)
    return [each for each in facts if (each.unit, each.obligation) == (unit, obligation)]


async def moved(one: Replica, **fields: Any) -> Any:
    body = {"option": "D6", **DOCUMENT, **fields}
    return await one.taken("/deadline-moves", body, role="board")


async def test_until_it_happened_there_is_no_last_day_and_nothing_is_missed(
    after: Replica,
) -> None:
    owed = await after.owed("SNV", "D6")
    assert (owed["last_days"], owed["missed_at"]) == ({"D6": None}, None)
    assert owed["due_after"] == {"D6": {"days": 15, "after": "D2"}}
    await after.at("2020-12-30")
    await after.fire()
    assert (await after.owed("SNV", "D6"))["status"] == "open"
    assert await of(after, DeadlineMissed, "D6") == []
    assert await of(after, DeadlineApproaching, "D6") == []


async def test_when_it_happened_the_day_is_set_published_reminded_of_and_missed(
    after: Replica,
) -> None:
    await after.at("2020-06-12")
    await after.taken("/conference-reports", held("2020-06-10"))
    assert (await after.owed("SNV", "D6"))["last_days"] == {"D6": "2020-06-25"}
    assert await moves(after, "SNV", "D6") == [(NEVER, "2020-06-25", "2020-06-10")]
    assert await moves(after, "STP", "D6") == []
    for day in ("2020-06-19", "2020-06-25"):
        await after.at(day)
        await after.fire()
    reminders = await of(after, DeadlineApproaching, "D6")
    assert [each.days_left for each in reminders] == [7, 1]
    await after.at("2020-06-26 00:00:00")
    await after.fire()
    (missed,) = await of(after, DeadlineMissed, "D6")
    assert (str(missed.last_day), missed.deadline_version) == ("2020-06-25", 2)
    await after.taken("/contest-reports", CONTEST)
    assert (await after.owed("SNV", "D6"))["days_late"] == 1


async def test_what_is_done_before_counts_and_is_in_time(after: Replica) -> None:
    await after.taken("/contest-reports", CONTEST)
    (first,) = await of(after, ObligationFulfilled, "D6")
    assert (str(first.last_day), first.days_late) == (NEVER, 0)
    await after.at("2020-07-03")
    await after.taken("/conference-reports", held("2020-07-01"))
    owed = await after.owed("SNV", "D6")
    assert (owed["status"], owed["days_late"]) == ("fulfilled", 0)
    assert owed["last_days"] == {"D6": "2020-07-16"}
    (_, again) = await of(after, ObligationFulfilled, "D6")
    assert (str(again.last_day), again.days_late) == ("2020-07-16", 0)


async def test_what_was_reported_too_late_is_late_by_the_day_that_counts(after: Replica) -> None:
    """The conference of 2 June is reported at the end: the day was over long before."""
    await after.at("2020-07-01")
    await after.taken("/contest-reports", CONTEST)
    await after.taken("/conference-reports", held("2020-06-02"))
    assert (await after.owed("SNV", "D6"))["days_late"] == 14
    await after.taken("/conference-reports", held("2020-06-02", "STP"))
    await after.fire()
    assert (await after.owed("STP", "D6"))["status"] == "missed"
    assert len(await of(after, DeadlineMissed, "D6", "STP")) == 1


async def test_a_report_that_is_returned_takes_the_day_back_and_sent_again_sets_it_anew(
    after: Replica,
) -> None:
    sent = await after.taken("/reports/quarterly-summary", report())
    assert (await after.owed("SNV", "E2"))["last_days"] == {"E2": "2020-06-11"}
    await after.at("2020-06-12")
    await after.fire()
    assert (await after.owed("SNV", "E2"))["status"] == "missed"
    path = f"/reports/quarterly-summary/{sent['report_id']}/return"
    await after.taken(path, DOCUMENT, role="board")
    owed = await after.owed("SNV", "E2")
    assert (owed["status"], owed["last_days"]) == ("open", {"E2": None})
    await after.at("2020-06-20")
    await after.fire()
    await after.taken("/reports/quarterly-summary", report())
    await after.fire()
    owed = await after.owed("SNV", "E2")
    assert (owed["status"], owed["last_days"]) == ("missed", {"E2": "2020-06-11"})
    assert await moves(after, "SNV", "E2") == [
        (NEVER, "2020-06-11", "2020-06-01"),
        ("2020-06-11", NEVER, None),
        (NEVER, "2020-06-11", "2020-06-01"),
    ]
    versions = [each.deadline_version for each in await of(after, DeadlineMissed, "E2")]
    assert versions == [2, 4], "once for each version"


async def test_a_move_gives_a_day_that_depends_on_nothing_and_taken_back_it_depends_again(
    after: Replica,
) -> None:
    scope = {"units": ["SNV", "STP"]}
    move = await moved(after, date="2020-06-20", included=True, scope=scope)
    assert (move["previous_last_day"], move["last_day"], move["units"]) == (None, "2020-06-20", 2)
    assert await moves(after, "SNV", "D6") == [(NEVER, "2020-06-20", None)]
    assert (await after.owed("Q009", "D6"))["last_days"] == {"D6": None}
    await after.taken("/conference-reports", held("2020-06-01"))
    assert (await after.owed("SNV", "D6"))["last_days"] == {"D6": "2020-06-20"}
    back = {"takes_back": move["move_id"], **DOCUMENT, "option": None}
    await moved(after, **back)
    assert (await after.owed("SNV", "D6"))["last_days"] == {"D6": "2020-06-16"}
    assert (await after.owed("STP", "D6"))["last_days"] == {"D6": None}
    orders = (await after.read("/orders")).raise_for_status().json()["orders"]
    assert [each["previous_last_day"] for each in orders] == [None, None]
    await after.at("2020-07-01")
    await after.fire()
    assert (await after.owed("SNV", "D6"))["status"] == "missed"
    assert (await after.owed("STP", "D6"))["status"] == "open"


async def test_no_move_gives_a_day_that_is_over(after: Replica) -> None:
    await after.at("2020-07-01")
    body = {"option": "D6", "date": "2020-06-20", "included": True, **DOCUMENT}
    problem = await after.refused(422, "/deadline-moves", body, role="board")
    assert problem["faults"][0]["rule"] == "deadlines.backwards"


async def test_who_is_released_from_the_one_before_has_no_day_for_the_other(
    after: Replica,
) -> None:
    waiver = {"unit": "SNV", "obligation": "D2", **DOCUMENT}
    order = await after.taken("/waivers", waiver, role="board")
    await after.at("2020-06-10")
    await after.taken("/conference-reports", held("2020-06-08"))
    assert (await after.owed("SNV", "D6"))["last_days"] == {"D6": None}
    back = {"takes_back": order["order_id"], **DOCUMENT}
    again = await after.taken("/waivers", back, role="board")
    assert (await after.owed("SNV", "D6"))["last_days"] == {"D6": "2020-06-23"}
    anew = {"takes_back": again["order_id"], **DOCUMENT}
    await after.taken("/waivers", anew, role="board")
    assert (await after.owed("SNV", "D6"))["last_days"] == {"D6": None}


async def test_essays_are_late_by_a_day_once_it_is_known(after: Replica) -> None:
    """Those who had none by 5 June owe one until 19 June: by that day this one is late."""
    await after.at("2020-06-20")
    sent = await after.taken("/essays", essay("SNV"))
    assert (sent["late"], sent["last_day"]) == (False, None)
    await after.taken("/conference-reports", held("2020-05-25"))
    essays = [each for each in await after.facts(EssaySubmitted) if each.unit == "SNV"]
    assert [(each.version, each.days_late) for each in essays] == [(1, 0), (2, 1)]
    assert (await after.owed("SNV", "E3"))["days_late"] == 6


@pytest.mark.parametrize("conference_first", [True, False])
async def test_of_two_reports_at_once_either_may_be_first(
    after: Replica, *, conference_first: bool
) -> None:
    await after.at("2020-06-30")
    sends = [
        lambda: after.send("/conference-reports", held("2020-06-10")),
        lambda: after.send("/contest-reports", CONTEST),
    ]
    first, second = sends if conference_first else sends[::-1]
    async with nothing_commits(after):
        one = await begun(after, first(), 1)
        other = await begun(after, second(), 2)
    assert {answer.status_code for answer in await asyncio.gather(one, other)} == {201}
    owed = await after.owed("SNV", "D6")
    assert (owed["status"], owed["days_late"]) == ("fulfilled", 5)
    assert owed["last_days"] == {"D6": "2020-06-25"}
    assert len(await of(after, DeadlineMissed, "D6")) == (1 if conference_first else 0)


async def test_acts_on_which_different_days_depend_do_not_wait_for_each_other(
    after: Replica,
) -> None:
    """Each has locked what depends on it, and needs nothing of the other."""
    async with nothing_commits(after):
        one = await begun(after, after.send("/conference-reports", held("2020-05-30")), 1)
        other = await begun(after, after.send("/reports/quarterly-summary", report()), 2)
        async with after.chassis.database.transaction() as tx:
            both = await tx.fetchval(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND relation = 'event_log'::regclass"
            )
        assert both == 2, "one waits for the other"
    assert {answer.status_code for answer in await asyncio.gather(one, other)} == {201}
    assert (await after.owed("SNV", "D6"))["last_days"] == {"D6": "2020-06-14"}
    assert (await after.owed("SNV", "E2"))["last_days"] == {"E2": "2020-06-11"}


async def test_the_calendar_says_after_what_and_then_the_day(after: Replica) -> None:
    async def entry() -> dict[str, Any]:
        read = await after.read("/v1/calendar", {"unit": "SNV", "limit": 500})
        listed = read.raise_for_status().json()["entries"]
        (found,) = [each for each in listed if each["option"] == "D6"]
        return dict(found)

    unknown = await entry()
    assert unknown["last_day"] is None
    assert (unknown["due_after"]["days"], unknown["due_after"]["obligation"]) == (15, "D2")
    listed = (await after.read("/v1/calendar", {"unit": "SNV", "to": "2020-12-31"})).json()
    assert "D6" not in {each["option"] for each in listed["entries"]}
    link = await after.taken("/v1/calendar-links", {"unit": "SNV"}, role="board")
    feed = (await after.client.get(link["path"])).text.replace("\r\n ", "")
    assert "trong vòng 15 ngày sau khi hoàn thành" in feed
    await after.taken("/conference-reports", held("2020-06-01"))
    known = await entry()
    assert (known["last_day"], known["due_after"]) == ("2020-06-16", None)

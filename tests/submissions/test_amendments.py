"""Promises about amending a campaign while it runs, over HTTP and on a real database."""

import asyncio
from datetime import timedelta

import pytest

from infra.local.issuer import Issuer
from services.chassis.problems import Faults
from services.contracts.campaign.campaign import Campaign
from services.contracts.events import (
    CampaignAnnounced,
    DeadlineMissed,
    DeadlineMoved,
    EssaySubmitted,
    ObligationFulfilled,
    ObligationWaived,
)
from services.submissions.obligations.amendment_rules import check_amendment
from tests.submissions.amending import (
    CONTEST,
    D6,
    NEW_OBLIGATION,
    NOTICE,
    SECOND_OPTION,
    amend,
    amendment,
    status,
    without,
)
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.submissions.test_essays import rules
from tests.support.announcing import announcement

# The amendment itself


async def test_an_amendment_is_another_version_published_whole_and_read_back(
    replica: Replica,
) -> None:
    body = amendment((D6, D6.replace("07-10", "07-20")))
    taken = await replica.taken("/versions", body, role="board", key="one")
    assert (taken["version"], taken["owed"], taken["released"]) == (2, 0, 0)
    assert await replica.taken("/versions", body, role="board", key="one") == taken
    (fact,) = await replica.facts(CampaignAnnounced)
    assert (fact.version, fact.reason, fact.rules) == (2, "Sửa đổi kế hoạch", None)
    assert fact.plan == body["files"]["plan.yaml"]
    read = (await replica.read("/versions/2")).json()
    assert (read["files"], read["reason"]) == (body["files"], "Sửa đổi kế hoạch")
    assert (await replica.read("/v1/campaigns/hanoi-2020")).json()["version"] == 2


async def test_of_two_amendments_of_one_version_the_second_is_told_to_read_again(
    replica: Replica,
) -> None:
    bodies = [amendment((D6, D6.replace("07-10", day))) for day in ("07-20", "07-21")]
    answers = await asyncio.gather(
        *(
            replica.send("/versions", body, role="board", key=f"k{n}")
            for n, body in enumerate(bodies)
        )
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes in ([201, 409], [201, 503]), "503: it waited, and is to be sent again"
    for n, body in enumerate(bodies):
        again = await replica.send("/versions", body, role="board", key=f"k{n}")
        assert again.status_code == (201 if answers[n].status_code == 201 else 409)
    assert len(await replica.facts(CampaignAnnounced)) == 1


async def test_what_would_make_somebody_late_is_refused_all_at_once(replica: Replica) -> None:
    await replica.at("2020-08-20")
    body = amendment(
        (D6, D6.replace("07-10", "07-01")),
        ("    ends: {date: 2020-06-11", "    ends: {date: 2020-06-10"),
        ("timezone: Asia/Ho_Chi_Minh", "timezone: Asia/Bangkok"),
        ("campaign: hanoi-2020", "campaign: hanoi-2022"),
        more=NEW_OBLIGATION,
    )
    problem = await replica.refused(422, "/versions", body, role="board")
    assert rules(problem) == {
        ("/files/plan.yaml", "deadlines.backwards"),
        ("/files/plan.yaml", "campaigns.same-campaign"),
        ("/files/plan.yaml", "campaigns.same-zone"),
        ("/files/plan.yaml", "campaigns.new-and-over"),
    }
    ends = [fault["en"] for fault in problem["faults"] if fault["rule"] == "deadlines.backwards"]
    assert len(ends) == 2
    less = amendment(("reporting_grace_days: 3", "reporting_grace_days: 0"))
    problem = await replica.refused(422, "/versions", less, role="board")
    assert rules(problem) == {("/files/plan.yaml", "deadlines.backwards")}


async def test_no_day_that_was_open_is_taken_back(replica: Replica) -> None:
    """Else a campaign that has opened could be withdrawn, with all that was done."""
    await replica.at("2020-12-28")
    opens, closes = "opens: 2019-12-17", "closes: 2020-12-31"
    later = amendment((opens, "opens: 2020-01-02"), (closes, "closes: 2020-12-27"))
    problem = await replica.refused(422, "/versions", later, role="board")
    assert rules(problem) == {("/files/plan.yaml", "campaigns.opened")}
    assert len(problem["faults"]) == 2
    await amend(replica, (closes, "closes: 2020-12-28"))


def test_a_campaign_that_has_not_opened_can_open_later(campaign: Campaign) -> None:
    before = campaign.plan
    later = before.model_copy(update={"opens": before.opens + timedelta(days=1)})
    for today, refused in ((before.opens - timedelta(days=1), False), (before.opens, True)):
        faults = Faults()
        check_amendment(faults, before, later, {}, today)
        assert bool(faults.found) == refused


async def test_an_amendment_with_faults_changes_nothing(replica: Replica) -> None:
    body = amendment()
    body["files"]["plan.yaml"] = body["files"]["plan.yaml"].replace(
        "levels: [upper]", "levels: [uper]"
    )
    problem = await replica.refused(422, "/versions", body, role="board")
    assert {rule for _, rule in rules(problem)} == {"campaigns.documents"}


# Days


async def test_a_day_of_the_plan_moves_for_all_by_the_amendment_s_document(
    replica: Replica,
) -> None:
    await replica.at("2020-07-12")
    await replica.fire()
    await replica.taken("/contest-reports", CONTEST)
    assert (await replica.owed("SNV", "D6"))["days_late"] == 3
    await amend(replica, (D6, D6.replace("07-10", "07-20")))
    moved = await replica.facts(DeadlineMoved)
    assert len(moved) == 64
    assert {(fact.document, str(fact.last_day)) for fact in moved} == {
        ("300/BTĐ-NV2", "2020-07-19")
    }
    assert (await replica.owed("SNV", "D6"))["days_late"] == 0
    assert await status(replica, "STP", "D6") == "open"
    await replica.at("2020-07-19 23:59:59")
    assert not [f for f in await replica.fire() if isinstance(f, DeadlineMissed)]
    await replica.at("2020-07-20 00:00:00")
    missed = [f for f in await replica.fire() if isinstance(f, DeadlineMissed)]
    assert {(f.obligation, f.deadline_version) for f in missed} == {("D6", 2)}
    assert len(missed) == 63


async def test_a_day_that_only_a_document_moved_stays_until_the_plan_s_own_day_changes(
    replica: Replica,
) -> None:
    move = {"option": "D6", "date": "2020-07-15", "included": True, **NOTICE}
    await replica.taken("/deadline-moves", move, role="board")
    await amend(replica, ("max_words: 2000", "max_words: 2500"))
    assert (await replica.owed("SNV", "D6"))["last_days"] == {"D6": "2020-07-15"}
    await amend(replica, (D6, D6.replace("07-10", "07-20")), version=2)
    state = await replica.owed("SNV", "D6")
    assert (state["last_days"], state["deadline_version"]) == ({"D6": "2020-07-19"}, 3)
    again = {**move, "date": "2020-07-25"}
    assert (await replica.taken("/deadline-moves", again, role="board"))["units"] == 64
    assert (await replica.owed("SNV", "D6"))["deadline_version"] == 4


async def test_more_grace_opens_what_was_missed_and_it_is_missed_once_more(
    replica: Replica,
) -> None:
    await replica.at("2020-08-25")
    await replica.fire()
    assert await status(replica, "SNV", "D7") == "missed"
    await amend(replica, ("reporting_grace_days: 3", "reporting_grace_days: 10"))
    assert await status(replica, "SNV", "D7") == "open"
    await replica.at("2020-08-29 23:59:59")
    assert not [f for f in await replica.fire() if isinstance(f, DeadlineMissed)]
    await replica.at("2020-08-30 00:00:00")
    missed = [f for f in await replica.fire() if isinstance(f, DeadlineMissed)]
    assert {fact.obligation for fact in missed} == {"D7"}


async def test_an_option_more_opens_what_was_missed(replica: Replica) -> None:
    await replica.at("2020-07-12")
    await replica.fire()
    assert await status(replica, "SNV", "D6") == "missed"
    await amend(replica, (D6, SECOND_OPTION), without("D7"))
    assert await status(replica, "SNV", "D6") == "open"
    ceremony = {"unit": "SNV", "held_on": "2020-07-11"}
    done = await replica.taken("/ceremony-reports", ceremony)
    assert (done["obligation"]["option"], done["obligation"]["days_late"]) == ("D6B", 0)
    await replica.at("2020-08-01 00:00:00")
    missed = [f for f in await replica.fire() if isinstance(f, DeadlineMissed)]
    assert len([f for f in missed if f.obligation == "D6"]) == 63


async def test_an_option_fewer_leaves_what_was_done_by_it(replica: Replica) -> None:
    await amend(replica, (D6, SECOND_OPTION), without("D7"))
    await replica.at("2020-07-06")
    await replica.taken("/ceremony-reports", {"unit": "SNV", "held_on": "2020-07-05"})
    await amend(replica, version=2)
    state = await replica.owed("SNV", "D6")
    assert (state["status"], state["option"], state["days_late"]) == ("fulfilled", "D6B", 0)
    assert set((await replica.owed("STP", "D6"))["last_days"]) == {"D6"}
    await amend(replica, (D6, D6.replace("07-10", "07-20")), version=3)
    assert (await replica.owed("SNV", "D6"))["option"] == "D6B"
    await replica.at("2020-07-20 00:00:00")
    missed = [f for f in await replica.fire() if isinstance(f, DeadlineMissed)]
    assert len([f for f in missed if f.obligation == "D6"]) == 63


# Whom it asks


async def test_a_new_obligation_is_owed_from_now_on_and_what_was_sent_before_fulfils_it(
    replica: Replica,
) -> None:
    await replica.at("2020-07-01")
    await replica.taken("/essays", essay())
    taken = await amend(replica, more=NEW_OBLIGATION)
    assert taken["owed"] == 64
    assert await status(replica, "STP", "D8") == "open"
    state = await replica.owed("SNV", "D8")
    assert (state["status"], state["days_late"]) == ("fulfilled", 0)
    (fact,) = [f for f in await replica.facts(ObligationFulfilled) if f.obligation == "D8"]
    assert fact.unit == "SNV"
    await replica.at("2020-07-20 00:00:00")
    missed = [f for f in await replica.fire() if isinstance(f, DeadlineMissed)]
    assert len([f for f in missed if f.obligation == "D8"]) == 63


async def test_nobody_is_late_by_what_is_taken_out_and_it_can_be_put_back(
    replica: Replica,
) -> None:
    await replica.at("2020-07-09")
    await replica.taken("/contest-reports", CONTEST)
    await replica.taken("/waivers", {"unit": "STP", "obligation": "D6", **NOTICE}, role="board")
    await replica.at("2020-07-11")
    await replica.fire()
    await replica.taken("/contest-reports", {**CONTEST, "unit": "STC"})
    taken = await amend(replica, without("D6"))
    assert taken["released"] == 62
    states = {unit: await status(replica, unit, "D6") for unit in ("SNV", "STP", "STC", "VPUB")}
    assert states == {"SNV": "fulfilled", "STP": "waived", "STC": "waived", "VPUB": "waived"}
    released = [fact.unit for fact in await replica.facts(ObligationWaived)]
    assert len(released) == len(set(released)) == 63
    problem = await replica.refused(422, "/contest-reports", {**CONTEST, "unit": "VPUB"})
    assert rules(problem) == {("/unit", "reports.owed")}

    back = (D6, D6.replace("07-10", "07-20"))
    assert (await amend(replica, back, version=2))["owed"] == 0
    states = {unit: await status(replica, unit, "D6") for unit in states}
    assert states == {"SNV": "fulfilled", "STP": "waived", "STC": "fulfilled", "VPUB": "open"}
    assert (await replica.owed("STC", "D6"))["days_late"] == 0
    await replica.at("2020-07-20 00:00:00")
    missed = [f for f in await replica.fire() if isinstance(f, DeadlineMissed)]
    assert len([f for f in missed if f.obligation == "D6"]) == 61


async def test_a_unit_that_is_new_owes_what_is_not_over_and_one_that_ends_owes_until_the_day(
    replica: Replica,
) -> None:
    await replica.at("2020-07-15")
    await replica.fire()
    line = "STP,Sở Tư pháp,department,upper,HN,departments,,\n"
    new = line + "STX,Sở mới,department,upper,HN,departments,,\n"
    taken = await amend(replica, units=(line, new))
    assert taken["owed"] == 2
    owed = (await replica.read("/obligations", {"unit": "STX"})).json()["obligations"]
    assert {one["obligation"]: one["status"] for one in owed} == {"D2": "open", "D7": "open"}
    head = announcement().units.splitlines()[0]
    assert "valid_to" not in head, "the test adds it"
    units = announcement().units
    ending = "\n".join(
        f"{row},{'valid_to' if not n else '2020-08-01' if row.startswith('STP,') else ''}"
        for n, row in enumerate(units.splitlines())
    )
    body = {**amendment(version=2), "files": {**amendment()["files"], "units.csv": ending + "\n"}}
    taken = await replica.taken("/versions", body, role="board")
    assert taken["released"] == 2, "STX is gone"
    assert await status(replica, "STP", "D7") == "open", "until the day it owes"
    assert await status(replica, "STP", "D6") == "missed", "it was there on that day"
    await replica.at("2020-08-01")
    await replica.fire()
    owed = (await replica.read("/obligations", {"unit": "STP"})).json()["obligations"]
    assert "D7" not in {one["obligation"] for one in owed}
    owed = (await replica.read("/obligations", {"unit": "STX"})).json()
    assert owed.get("obligations") is None, "its code is in no version of now"


async def test_another_condition_frees_and_asks(replica: Replica) -> None:
    await replica.at("2020-06-04")
    await replica.taken("/essays", essay("STP"))  # first essays are not owed
    await replica.at("2020-06-07")
    await replica.taken("/essays", essay("SNV"))  # after the 5th: it fulfils them
    await replica.at("2020-06-08")
    states = {unit: await status(replica, unit, "D5") for unit in ("SNV", "STP", "STC")}
    assert states == {"SNV": "fulfilled", "STP": "not-owed", "STC": "open"}
    condition = "only_if: {no_essays_by: 2020-06-05}"
    await amend(replica, (condition, "only_if: {no_essays_by: 2020-06-03}"))
    states = {unit: await status(replica, unit, "D5") for unit in states}
    assert states == {"SNV": "fulfilled", "STP": "fulfilled", "STC": "open"}
    await replica.at("2020-06-10")
    await replica.taken("/essays", essay("STC"))
    await amend(replica, (condition, "only_if: {no_essays_by: 2020-06-10}"), version=2)
    states = {unit: await status(replica, unit, "D5") for unit in states}
    assert states == dict.fromkeys(states, "fulfilled"), "what was done in time stays done"
    await amend(replica, ("    only_if: {no_essays_by: 2020-06-05}\n", ""), version=3)
    assert await status(replica, "VPUB", "D5") == "open"


# Essays


async def test_a_later_end_of_the_contest_makes_entries_less_late_and_no_end_makes_them_later(
    replica: Replica,
) -> None:
    await replica.at("2020-06-01")
    await replica.taken("/essays", essay("STP"))  # owes no first essays
    await replica.at("2020-06-14")
    late = await replica.taken("/essays", essay("STP"))
    catch_up = await replica.taken("/essays", essay("SNV"))  # in time by first essays (D5)
    assert (late["days_late"], catch_up["days_late"]) == (3, 0)
    ends = "    ends: {date: 2020-06-11"
    taken = await amend(replica, (ends, "    ends: {date: 2020-06-13"), without("D5"))
    assert taken["essays_reassessed"] == 1
    newest = {fact.essay_id: fact for fact in await replica.facts(EssaySubmitted)}
    lateness = {str(one): fact.days_late for one, fact in newest.items()}
    assert (lateness[late["essay_id"]], lateness[catch_up["essay_id"]]) == (1, 0)


# From the topics alone


async def test_an_empty_database_builds_its_obligations_from_all_versions_and_says_nothing_twice(
    dsn: str, issuer: Issuer
) -> None:
    def of(version: int, *replaced: tuple[str, str]) -> CampaignAnnounced:
        body = amendment(*replaced)
        plan = body["files"]["plan.yaml"]
        return announcement(version=version, rules=False, edit=lambda _: plan)

    versions = [
        announcement(),
        of(2, (D6, D6.replace("07-10", "07-20"))),
        of(3, (D6, D6.replace("07-10", "07-20")), without("D7")),
    ]
    async with running_replica(settings_of(dsn, issuer), issuer, *versions) as replica:
        state = await replica.owed("SNV", "D6")
        assert (state["last_days"], state["deadline_version"]) == ({"D6": "2020-07-19"}, 2)
        assert await status(replica, "SNV", "D7") == "waived"
        assert await replica.events() == []
        assert (await replica.read("/v1/campaigns/hanoi-2020")).json()["version"] == 3


@pytest.mark.parametrize("order", [(1, 3, 2), (3, 1, 2)])
async def test_an_older_version_that_comes_late_changes_nothing_for_units(
    dsn: str, issuer: Issuer, order: tuple[int, ...]
) -> None:
    days = {1: "07-10", 2: "07-15", 3: "07-20"}
    versions = [
        announcement(
            version=one,
            rules=False,
            edit=lambda text, one=one: text.replace(D6, D6.replace("07-10", days[one])),
        )
        for one in order
    ]
    async with running_replica(settings_of(dsn, issuer), issuer, *versions) as replica:
        assert (await replica.owed("SNV", "D6"))["last_days"] == {"D6": "2020-07-19"}


async def test_an_amendment_says_how_many_days_it_moved_and_one_that_changes_nothing_is_refused(
    replica: Replica,
) -> None:
    problem = await replica.refused(422, "/versions", amendment(), role="board")
    assert rules(problem) == {("/files/plan.yaml", "campaigns.changes")}
    both = (D6, D6.replace("-10", "-12")), ("date: 2020-06-11", "date: 2020-06-15")
    assert (await amend(replica, *both))["days_moved"] == 2
    words = ("đợt thi đua năm 2020", "đợt thi đua của năm 2020")
    assert (await amend(replica, *both, words, version=2))["days_moved"] == 0

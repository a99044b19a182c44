"""Promises about reports: to whom, once, in which form, and what they fulfil."""

import asyncio
from typing import Any

from infra.local.issuer import Issuer
from services.contracts.campaign.campaign import Campaign
from services.contracts.events import (
    CeremonyReported,
    ConferenceReported,
    ContestReported,
    ObligationFulfilled,
)
from tests.submissions.replica import Replica, announced, running_replica, settings_of
from tests.submissions.test_essays import rules
from tests.submissions.test_how_much import PROPOSAL, PROPOSALS
from tests.support.announcing import announcement

CONFERENCE, CONTEST, CEREMONY = (
    "/conference-reports",
    "/contest-reports",
    "/ceremony-reports",
)
DOCUMENT = {"number": "15/BC-SNV", "date": "2020-08-20"}


def contest(unit: str = "SNV", **fields: Any) -> dict[str, Any]:
    return {"unit": unit, "entries": 120, "prizes": 12, **fields}


ONE_REPORT = """
  - id: D8
    title: {vi: "Báo cáo nhanh", en: "Report quickly"}
    source: "Mô phỏng"
    levels: [upper]
    options:
      - {id: D8, by: contest-reported, counted_by: received,
         due: {date: 2020-07-15, included: true}}
  - id: D9
    title: {vi: "Báo cáo và đề nghị khen", en: "A report and a proposal"}
    source: "Mô phỏng"
    levels: [upper]
    options:
      - {id: D9, by: contest-reported, also: [{by: commendation-proposed}], counted_by: received,
         due: {date: 2020-07-20, included: true}}
"""


# Conference


async def test_a_conference_held_in_time_fulfils_and_its_day_counts(replica: Replica) -> None:
    await replica.at("2020-08-21")
    body = {"unit": "SNV", "form": "held", "held_on": "2020-08-19", "receiver": "HN"}
    taken = await replica.taken(CONFERENCE, body)
    assert taken["obligation"]["status"] == "fulfilled"
    (fact,) = await replica.facts(ObligationFulfilled)
    assert (fact.obligation, fact.option, fact.days_late) == ("D2", "D2", 0)
    assert str(fact.by_id) == taken["report_id"]


async def test_a_written_report_needs_the_notice_to_the_city_and_fulfils_by_the_other_option(
    replica: Replica,
) -> None:
    await replica.at("2020-08-31")
    problem = await replica.refused(422, CONFERENCE, {"unit": "SNV", "form": "written"})
    assert rules(problem) == {("/city_document", "reports.city-document")}
    body = {"unit": "SNV", "form": "written", "city_document": DOCUMENT}
    await replica.taken(CONFERENCE, body)
    (fact,) = await replica.facts(ObligationFulfilled)
    assert (fact.obligation, fact.option, fact.days_late) == ("D2", "D3", 0)


async def test_a_second_conference_report_is_refused_whatever_its_form(replica: Replica) -> None:
    await replica.at("2020-08-20")
    written = {"unit": "SNV", "form": "written", "city_document": DOCUMENT}
    await replica.taken(CONFERENCE, written)
    for body in ({"unit": "SNV", "form": "held", "held_on": "2020-08-19"}, written):
        problem = await replica.refused(409, CONFERENCE, body)
        assert problem["type"].endswith("/second-report")
        assert "Sở Nội vụ đã gửi báo cáo này ngày 20/08/2020" in problem["detail"]
        assert "Sở Nội vụ sent this report on 20 August 2020" in problem["detail_en"]


async def test_two_reports_at_once_are_one_report_and_one_refusal(replica: Replica) -> None:
    answers = await asyncio.gather(*(replica.send(CONTEST, contest()) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert len(await replica.facts(ContestReported)) == 1
    assert len(await replica.facts(ObligationFulfilled)) == 1


async def test_a_report_to_the_wrong_level_is_refused_with_the_right_receiver(
    replica: Replica,
) -> None:
    commune = {"unit": "X00004", "form": "written", "receiver": "HN"}
    (fault,) = (await replica.refused(422, CONFERENCE, commune))["faults"]
    assert (fault["pointer"], fault["rule"]) == ("/receiver", "reports.receiver")
    assert "Q001" in fault["vi"]
    assert "Q001" in fault["en"]
    district = {"unit": "Q001", "form": "held", "held_on": "2020-04-20", "receiver": "SNV"}
    (fault,) = (await replica.refused(422, CONFERENCE, district))["faults"]
    assert "HN" in fault["en"]


async def test_without_a_receiver_a_report_goes_one_level_up(replica: Replica) -> None:
    taken = await replica.taken(CONFERENCE, {"unit": "X00004", "form": "written"})
    assert taken["receiver"] == "Q001"
    (fact,) = await replica.facts(ConferenceReported)
    assert fact.receiver == "Q001"


async def test_form_and_day_of_a_conference_must_agree(replica: Replica) -> None:
    held = {"unit": "SNV", "form": "held"}
    assert rules(await replica.refused(422, CONFERENCE, held)) == {
        ("/held_on", "reports.held-on"),
    }
    written = {"unit": "X00004", "form": "written", "held_on": "2020-04-20"}
    assert rules(await replica.refused(422, CONFERENCE, written)) == {
        ("/held_on", "reports.held-on"),
    }
    for day in ("2020-05-02", "2019-12-16"):
        early = {"unit": "SNV", "form": "held", "held_on": day}
        assert rules(await replica.refused(422, CONFERENCE, early)) == {
            ("/held_on", "reports.happened"),
        }


async def test_a_unit_that_owes_no_such_report_learns_so(replica: Replica) -> None:
    assert rules(await replica.refused(422, CONTEST, contest("X00004"))) == {
        ("/unit", "reports.owed"),
    }
    city = {"unit": "HN", "form": "held", "held_on": "2020-04-20"}
    assert rules(await replica.refused(422, CONFERENCE, city)) == {("/unit", "reports.owed")}


# Communes and their district


async def test_a_district_s_report_carries_the_sum_of_its_communes_at_that_moment(
    replica: Replica, campaign: Any
) -> None:
    communes = [unit.code for unit in campaign.units if unit.parent == "Q001"]
    await replica.taken(CONFERENCE, {"unit": communes[0], "form": "written"})
    await replica.taken(CONFERENCE, {"unit": communes[1], "form": "held", "held_on": "2020-04-20"})
    await replica.at("2020-06-30")
    await replica.taken(CONFERENCE, {"unit": communes[2], "form": "written"})  # a day late
    await replica.fire()
    body = {"unit": "Q001", "form": "held", "held_on": "2020-06-29"}
    taken = await replica.taken(CONFERENCE, body, role="district")
    assert taken["communes"] == {"held": 1, "written": 2, "none": len(communes) - 3}
    (published,) = [each for each in await replica.facts(ConferenceReported) if each.unit == "Q001"]
    assert published.communes is not None
    assert published.communes.model_dump() == taken["communes"]

    await replica.taken(CONFERENCE, {"unit": communes[3], "form": "written"})
    seen = (await replica.read("/units/Q001/communes", role="district", unit="Q001")).json()
    assert seen["summary"] == {"held": 1, "written": 3, "none": len(communes) - 4}
    assert seen["late"] == 2
    assert seen["missed"] == len(communes) - 4
    late = next(each for each in seen["communes"] if each["unit"] == communes[2])
    assert (late["form"], late["days_late"], late["status"]) == ("written", 1, "fulfilled")


# Contest and ceremony


async def test_a_contest_report_can_t_give_more_prizes_than_entries(replica: Replica) -> None:
    problem = await replica.refused(422, CONTEST, contest(entries=3, prizes=4))
    assert rules(problem) == {("/prizes", "reports.prizes")}


async def test_a_late_contest_report_is_kept_and_counted_late(replica: Replica) -> None:
    await replica.at("2020-07-12")
    await replica.fire()
    taken = await replica.taken(CONTEST, contest())
    assert (taken["obligation"]["status"], taken["obligation"]["days_late"]) == ("fulfilled", 3)
    await replica.refused(409, CONTEST, contest(entries=121))


async def test_the_day_of_the_ceremony_counts_not_that_of_its_report(replica: Replica) -> None:
    await replica.at("2020-08-22")
    body = {"unit": "SNV", "held_on": "2020-08-19", "joined_with": "half-year-review"}
    await replica.taken(CEREMONY, body)
    (fact,) = await replica.facts(ObligationFulfilled)
    assert (fact.obligation, fact.days_late) == ("D7", 0)
    assert len(await replica.facts(CeremonyReported)) == 1
    await replica.refused(409, CEREMONY, body)


# Proposals


async def test_a_proposal_goes_the_way_of_essays(replica: Replica) -> None:
    body = {
        "unit": "SNV",
        "exemplar": {"kind": "person", "name": "Gương mô phỏng"},
        "level": "city",
    }
    await replica.taken("/commendation-proposals", body)
    problem = await replica.refused(422, "/commendation-proposals", {**body, "unit": "X00004"})
    assert rules(problem) == {("/unit", "essays.level")}


def with_two_reports_for_one_obligation(campaign: Campaign) -> Campaign:
    """D6 by the contest's report or by that of the ceremony, whichever is sent."""
    d6 = campaign.plan.obligation("D6")
    ceremony = campaign.plan.obligation("D7").options[0]
    either = d6.model_copy(update={"options": (*d6.options, ceremony)})
    kept = tuple(one for one in campaign.plan.obligations if one.id not in ("D6", "D7"))
    plan = campaign.plan.model_copy(update={"obligations": (*kept, either)})
    return Campaign(plan, campaign.units)


async def test_of_two_reports_for_one_obligation_the_first_fulfils_and_both_are_kept(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    either = with_two_reports_for_one_obligation(campaign)
    async with running_replica(settings_of(dsn, issuer), issuer, announced(either)) as replica:
        await replica.at("2020-07-17")
        first = await replica.taken(CONTEST, contest())
        ceremony = {"unit": "SNV", "held_on": "2020-07-16"}
        second = await replica.taken(CEREMONY, ceremony)
        assert second["obligation"] == first["obligation"]
        assert first["obligation"]["option"] == "D6"
        assert len(await replica.facts(CeremonyReported)) == 1
        assert len(await replica.facts(ObligationFulfilled)) == 1
        await replica.refused(409, CEREMONY, ceremony)


# For several obligations


async def test_one_report_fulfils_every_obligation_that_asks_for_it(
    dsn: str, issuer: Issuer
) -> None:
    fact = announcement(edit=lambda plan: plan + ONE_REPORT)
    async with running_replica(settings_of(dsn, issuer), issuer, fact) as one:
        await one.at("2020-07-15")
        taken = await one.taken(CONTEST, contest())
        listed = [(each["obligation"], each["status"]) for each in taken["obligations"]]
        assert listed == [("D6", "fulfilled"), ("D8", "fulfilled"), ("D9", "open")]
        assert taken["obligation"] == taken["obligations"][0]
        facts = await one.facts(ObligationFulfilled)
        assert [(each.obligation, each.days_late) for each in facts] == [("D6", 6), ("D8", 0)]
        await one.taken(PROPOSALS, {**PROPOSAL, "unit": "SNV"})
        assert (await one.owed("SNV", "D9"))["status"] == "fulfilled"
        problem = await one.refused(409, CONTEST, contest())
        assert problem["type"].endswith("/second-report")

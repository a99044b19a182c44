"""Promises about the Board's statistics and the notice's paragraph."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.contracts.campaign.campaign import Campaign
from services.contracts.wording import Bilingual
from services.submissions.statistics.paragraph import paragraph_of
from services.submissions.statistics.schemas import Statistics
from services.submissions.statistics.statistics import ContestTally, Tally, statistics_of
from tests.submissions.replica import Replica, essay

STATISTICS = "/statistics"
EXEMPLAR = {"kind": "person", "name": "Gương mô phỏng"}


def _all_of(campaign: Campaign, counts: dict[str, int]) -> list[ContestTally]:
    """The counts as those of the campaign's one contest."""
    (contest,) = campaign.plan.contests
    tally = ContestTally(contest)
    for unit, count in counts.items():
        tally.add(unit, "written", count)
    return [tally]


def made(
    campaign: Campaign,
    counts: dict[str, int],
    day: date,
    *,
    simulated: bool = False,
    ahead_units: int = 13,
) -> Statistics:
    units = [unit for unit in campaign.units if unit.level == "upper"]
    tallies = {code: Tally(essays=count) for code, count in counts.items()}
    return statistics_of(
        campaign.plan,
        units,
        tallies,
        day,
        contests=_all_of(campaign, counts),
        simulated=simulated,
        ahead_units=ahead_units,
    )


def test_the_paragraph_reads_as_the_notice_does(campaign: Campaign) -> None:
    counts = {"Q009": 300, "Q005": 200, "SNV": 200, "TD": 277}
    text = paragraph_of(made(campaign, counts, date(2020, 5, 30), ahead_units=3), campaign)
    assert text.vi.startswith(
        "Tính đến 30/05/2020, các đơn vị đã gửi bài dự thi cấp Thành phố với tổng số 977 bài viết"
        " (bằng khoảng 80% so với cùng kỳ năm 2019), một số đơn vị có kết quả tích cực như: quận"
        " Thanh Xuân, Thành Đoàn Hà Nội, Sở Nội vụ, quận Cầu Giấy. Tuy nhiên vẫn còn 60 đơn vị đến"
        " nay chưa gửi bài dự thi ("
    )
    assert "64 đơn vị chưa đề xuất khen ĐHTT, NTVT" in text.vi
    assert "977 essays" in text.en
    assert "about 80% of the same period of 2019" in text.en


def test_of_many_that_tie_the_first_are_named_and_the_rest_counted(campaign: Campaign) -> None:
    upper = [unit.code for unit in campaign.units if unit.level == "upper"]
    counts = {code: 1 + (number < 5) for number, code in enumerate(upper[:36])}
    text = paragraph_of(made(campaign, counts, date(2020, 5, 30)), campaign)
    ahead = text.vi.partition("tích cực như: ")[2].partition(". Tuy nhiên")[0]
    assert ahead.count(", ") == 13
    assert ahead.endswith(" và 23 đơn vị khác, mỗi đơn vị từ 1 bài trở lên")
    assert " and 23 more with 1 essay or more each. But " in text.en


def test_simulated_data_are_called_simulated_in_both_languages(campaign: Campaign) -> None:
    text = paragraph_of(made(campaign, {"SNV": 1}, date(2020, 5, 30), simulated=True), campaign)
    assert "mô phỏng" in text.vi
    assert "Simulated" in text.en
    real = made(campaign, {"SNV": 1}, date(2020, 5, 30))
    assert "mô phỏng" not in paragraph_of(real, campaign).vi


def test_without_last_year_s_figure_nothing_is_compared(campaign: Campaign) -> None:
    statistics = made(campaign, {"SNV": 1}, date(2020, 5, 29))
    assert statistics.last_year is None
    assert "cùng kỳ" not in paragraph_of(statistics, campaign).vi


def test_ahead_are_those_above_the_mean_with_ties_and_nobody_when_all_are_alike(
    campaign: Campaign,
) -> None:
    day = date(2020, 5, 30)
    assert made(campaign, {"SNV": 9, "STP": 5, "STC": 5}, day, ahead_units=2).ahead == [
        "SNV", "STP", "STC",
    ]  # fmt: skip
    assert made(campaign, {}, day).ahead == []
    alike = {unit.code: 4 for unit in campaign.units if unit.level == "upper"}
    assert made(campaign, alike, day).ahead == []


def test_a_year_in_which_nobody_is_behind_ends_with_a_full_stop(campaign: Campaign) -> None:
    upper = [unit for unit in campaign.units if unit.level == "upper"]
    everyone = {unit.code: Tally(2, 1) for unit in upper}
    text = paragraph_of(
        statistics_of(
            campaign.plan,
            upper,
            everyone,
            date(2020, 5, 29),
            contests=_all_of(campaign, dict.fromkeys(everyone, 2)),
            simulated=False,
            ahead_units=13,
        ),
        campaign,
    )
    assert text.vi.endswith("với tổng số 128 bài viết.")
    assert text.en.endswith("the contest of the city.")


async def test_any_day_can_be_counted_again_from_what_is_stored(replica: Replica) -> None:
    await replica.at("2020-05-28")
    first = await replica.taken("/essays", essay("SNV", simulated=True))
    await replica.taken("/essays", essay("STP", simulated=True))
    await replica.at("2020-05-30 23:59:59")
    await replica.taken("/essays", essay("SNV"))
    proposal = {"unit": "SNV", "exemplar": EXEMPLAR, "level": "city"}
    await replica.taken("/commendation-proposals", proposal)
    await replica.at("2020-06-01")
    await replica.taken("/essays", essay("STC"))
    path = f"/essays/{first['essay_id']}/withdrawal"
    await replica.taken(path, {"reason": "Trùng"}, unit="SNV")

    async def on(day: str) -> dict[str, Any]:
        answer = await replica.read(STATISTICS, {"as_of": day})
        result: dict[str, Any] = answer.raise_for_status().json()
        return result

    before, then, now = [await on(day) for day in ("2020-05-29", "2020-05-30", "2020-06-01")]
    assert (before["essays"], then["essays"], now["essays"]) == (2, 3, 3)
    assert (before["proposals"], then["proposals"]) == (0, 1)
    assert then["last_year"]["ratio"] == "0.0025"
    assert then["units"][0] == {"unit": "SNV", "name": "Sở Nội vụ", "essays": 2, "proposals": 1}
    assert "STC" in then["without_essays"]
    assert "STC" not in now["without_essays"]
    assert "SNV" not in then["without_proposals"]
    assert then["simulated"] is True
    assert "mô phỏng" in then["paragraph"]["vi"]
    assert {unit["unit"] for unit in then["units"]} == {
        unit.code for unit in (await replica.context()).campaign.units if unit.level == "upper"
    }


async def test_a_day_in_the_future_is_refused(replica: Replica) -> None:
    answer = await replica.read(STATISTICS, {"as_of": "2020-05-02"})
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["parameter"] == "query:as_of"


def test_another_province_s_campaign_is_called_as_its_plan_calls_it(campaign: Campaign) -> None:
    levels = {**campaign.plan.levels, "city": Bilingual("Tỉnh", "the province")}
    elsewhere = replace(campaign, plan=campaign.plan.model_copy(update={"levels": levels}))
    text = paragraph_of(made(elsewhere, {"SNV": 1}, date(2020, 5, 30)), elsewhere)
    assert "bài dự thi cấp Tỉnh với" in text.vi
    assert "the contest of the province" in text.en

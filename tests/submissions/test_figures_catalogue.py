"""Promises of the catalogue of figures: what is outside it is refused with the nearest known word,
who reports is who the plan names, and everybody reads it."""

from collections.abc import AsyncIterator

import pytest

from infra.local.issuer import Issuer
from services.contracts.events import CampaignAnnounced, FigureReported
from tests.submissions.replica import Replica, running_replica, settings_of
from tests.submissions.test_essays import rules
from tests.submissions.test_figures import FIGURES, figure
from tests.support.announcing import announcement

FUND = "periods: [year, half-year]\n    reported_by: [unit, above, board]"
BUS = "documents-over-the-bus"


def catalogue(reported_by: str) -> str:
    return f'min: "0"\n    max: "1000"\n    periods: [year, half-year]{reported_by}'


def one_bonus(reported_by: str) -> CampaignAnnounced:
    """The campaign of 2020 in which these report the second figure."""

    def edit(plan: str) -> str:
        assert FUND in plan
        return plan.replace(FUND, catalogue(reported_by))

    return announcement(edit=edit)


@pytest.fixture
async def by_justice(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    """The department of justice and the units above report the fund."""
    announced = one_bonus("\n    reported_by: [STP, above]")
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        yield one


async def test_a_misspelt_name_is_refused_with_the_nearest_one(replica: Replica) -> None:
    body = figure(name="documents-over-the-bos")
    (fault,) = (await replica.refused(422, FIGURES, body))["faults"]
    assert (fault["pointer"], fault["rule"]) == ("/name", "figures.known")
    assert f"có thể là “{BUS}”" in fault["vi"]
    assert f"did you mean “{BUS}”?" in fault["en"]


async def test_period_and_numbers_outside_the_figure_are_all_refused_at_once(
    by_justice: Replica,
) -> None:
    outside = {"period": "2020-H3", "value": "-1", "target": "1000.5"}
    problem = await by_justice.refused(422, FIGURES, figure(**outside), unit="STP")
    assert rules(problem) == {
        ("/period", "figures.period"),
        ("/value", "figures.range"),
        ("/target", "figures.range"),
    }
    assert "“2020-H2”" in problem["faults"][0]["en"] or "“2020-H1”" in problem["faults"][0]["en"]
    assert "từ 0 đến 1.000" in problem["faults"][1]["vi"]
    decimals = figure(name=BUS, value="1.5", target="0.5")
    problem = await by_justice.refused(422, FIGURES, decimals)
    assert rules(problem) == {("/value", "figures.whole"), ("/target", "figures.whole")}


async def test_a_named_unit_reports_for_all_and_no_unit_its_own(by_justice: Replica) -> None:
    problem = await by_justice.refused(403, FIGURES, figure("SNV"), unit="SNV")
    assert "Sở Tư pháp" in problem["detail"]
    await by_justice.refused(403, FIGURES, figure("SNV"), role="board")
    await by_justice.taken(FIGURES, figure("SNV"), unit="STP")
    await by_justice.taken(FIGURES, figure("X00004"), unit="STP")
    await by_justice.taken(FIGURES, figure("X00004"), role="district", unit="Q001")
    await by_justice.refused(403, FIGURES, figure("Q001"), role="district", unit="Q001")
    await by_justice.refused(403, FIGURES, figure("X00004"), role="district", unit="Q002")
    assert [fact.version for fact in await by_justice.facts(FigureReported)] == [1, 1, 2]


async def test_what_the_plan_gives_to_nobody_the_board_alone_reports(
    dsn: str, issuer: Issuer
) -> None:
    announced = one_bonus("")
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        await one.refused(403, FIGURES, figure("SNV"), unit="SNV")
        await one.refused(403, FIGURES, figure("X00004"), role="district", unit="Q001")
        await one.taken(FIGURES, figure("SNV"), role="board")


async def test_answers_and_the_catalogue_have_titles(by_justice: Replica) -> None:
    taken = await by_justice.taken(FIGURES, figure("SNV"), unit="STP")
    assert taken["title"]["vi"] == "Quỹ thi đua, khen thưởng (triệu đồng)"
    assert taken["period_title"]["vi"] == "6 tháng đầu năm 2020"
    got = (await by_justice.read(f"{FIGURES}/catalogue", role="unit", unit="X00004")).json()
    bus, fund = got["figures"]
    assert (got["takes_any"], bus["name"], bus["kind"]) == (False, BUS, "whole")
    assert (fund["min"], fund["max"], fund["reported_by"]) == ("0", "1000", ["STP", "above"])
    assert fund["reporters"]["vi"] == "Sở Tư pháp; đơn vị cấp trên"
    assert [one["period"] for one in fund["periods"]] == ["2019", "2020", "2019-H2", "2020-H1", "2020-H2"]  # fmt: skip  # noqa: E501
    assert fund["periods"][3]["title"]["en"] == "the first half of 2020"


async def test_a_plan_of_before_takes_any_figure(dsn: str, issuer: Issuer) -> None:
    def without_catalogue(plan: str) -> str:
        before, _, rest = plan.partition("\nfigures:\n")
        return f"{before}\n{rest[rest.index('timezone:') :]}"

    announced = announcement(edit=without_catalogue)
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        taken = await one.taken(FIGURES, figure(name="anything", period="2020-M7", value="0.5"))
        assert taken["title"] == {"vi": "anything", "en": "anything"}

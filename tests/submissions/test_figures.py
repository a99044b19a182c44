"""Promises of figures: the last of a unit, name and period counts; refusals name every fault."""

import asyncio
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from infra.local.issuer import Issuer
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.units import UnitTree
from services.contracts.events import FigureReported
from tests.submissions.replica import Replica, announced, essay, running_replica, settings_of
from tests.submissions.test_essays import rules

FIGURES = "/figures"


def figure(unit: str = "SNV", **fields: Any) -> dict[str, Any]:
    """The body of a figure that breaks no rule."""
    return {
        "unit": unit,
        "name": "emulation-fund",
        "period": "2020-H1",
        "value": "812",
        "target": "900",
        "evidence": "Báo cáo 12/BC-SNV",
        **fields,
    }


async def read(replica: Replica, unit: str, **query: Any) -> dict[str, Any]:
    """A unit's figures, as the Board reads them."""
    answer = await replica.read(FIGURES, {"unit": unit, **query})
    page: dict[str, Any] = answer.raise_for_status().json()
    return page


# The last one counts


async def test_a_later_figure_of_the_same_period_replaces_the_earlier_one(replica: Replica) -> None:
    await replica.taken(FIGURES, figure())
    await replica.taken(FIGURES, figure(value="850.5"), role="board")
    await replica.taken(FIGURES, figure(period="2020-H2"))
    await replica.taken(FIGURES, figure("STP"))
    published = [
        (each.unit, each.period, str(each.value), each.version)
        for each in await replica.facts(FigureReported)
    ]
    assert published == [
        ("SNV", "2020-H1", "812", 1),
        ("SNV", "2020-H1", "850.5", 2),
        ("SNV", "2020-H2", "812", 1),
        ("STP", "2020-H1", "812", 1),
    ]
    found = (await read(replica, "SNV"))["figures"]
    stored = [(each["period"], each["value"]) for each in found]
    assert stored == [("2020-H1", "850.5"), ("2020-H2", "812")]
    earlier = [[one["value"] for one in each["earlier"]] for each in found]
    assert earlier == [["812"], []]
    assert found[0]["earlier"][0]["reported_at"] <= found[0]["reported_at"]


async def test_what_is_read_is_what_was_last_published(replica: Replica) -> None:
    await replica.taken(FIGURES, figure(simulated=True))
    taken = await replica.taken(FIGURES, figure(value="-0.000001", target=None))
    (stored,) = (await read(replica, "SNV"))["figures"]
    published = (await replica.facts(FigureReported))[-1].model_dump(mode="json")
    assert stored["reported_at"] == taken["reported_at"]
    for member in ("name", "period", "version", "value", "target", "evidence", "simulated"):
        assert stored[member] == published[member], member
    assert (stored["version"], stored["value"], stored["target"]) == (2, "-0.000001", None)


async def test_figures_reported_at_once_get_a_version_each(replica: Replica) -> None:
    bodies = [figure(value=str(number)) for number in range(8)]
    await asyncio.gather(*(replica.taken(FIGURES, body) for body in bodies))
    published = {each.version: str(each.value) for each in await replica.facts(FigureReported)}
    assert set(published) == set(range(1, 9))
    (stored,) = (await read(replica, "SNV"))["figures"]
    assert (stored["version"], stored["value"]) == (8, published[8])


async def test_a_figure_sent_again_under_its_key_is_one_version(replica: Replica) -> None:
    first = await replica.taken(FIGURES, figure(), key="once")
    assert await replica.taken(FIGURES, figure(), key="once") == first
    assert len(await replica.facts(FigureReported)) == 1


async def test_evidence_in_decomposed_unicode_is_kept_and_published_in_nfc(
    replica: Replica,
) -> None:
    written = unicodedata.normalize("NFD", "Báo cáo 12/BC-SNV của Sở Nội vụ")
    await replica.taken(FIGURES, figure(evidence=written))
    (published,) = await replica.facts(FigureReported)
    (stored,) = (await read(replica, "SNV"))["figures"]
    assert published.evidence == stored["evidence"] == "Báo cáo 12/BC-SNV của Sở Nội vụ"


# Who


@pytest.mark.parametrize(
    ("role", "caller", "unit", "may"),
    [
        ("unit", "SNV", "SNV", True),
        ("unit", "SNV", "STP", False),
        ("unit", "X00004", "X00004", True),
        ("unit", "X00004", "Q001", False),
        ("unit", "Q001", "X00004", False),  # the role unit alone opens no communes
        ("district", "Q001", "Q001", True),
        ("district", "Q001", "X00004", True),
        ("district", "Q002", "X00004", False),
        ("board", None, "X00004", True),
    ],
)
async def test_a_unit_reports_and_reads_its_own_a_district_its_communes_the_board_all(
    replica: Replica, role: str, caller: str | None, unit: str, may: bool
) -> None:
    sent = await replica.send(FIGURES, figure(unit), role=role, unit=caller)
    got = await replica.read(FIGURES, {"unit": unit}, role=role, unit=caller or "")
    assert (sent.status_code, got.status_code) == ((201, 200) if may else (403, 403))
    assert len(await replica.facts(FigureReported)) == may


async def test_only_who_may_read_learns_that_a_unit_is_unknown(replica: Replica) -> None:
    assert (await replica.read(FIGURES, {"unit": "NOWHERE"})).status_code == 404
    by_unit = await replica.read(FIGURES, {"unit": "NOWHERE"}, role="unit", unit="SNV")
    assert by_unit.status_code == 403


# Refused


async def test_every_fault_of_the_form_is_named_at_its_place_in_both_languages(
    replica: Replica,
) -> None:
    body = figure(name="Documents", period="2020/H1", value="8,12", target=900.5, evidence=" ")
    problem = await replica.refused(422, FIGURES, {**body, "note": "x"})
    faults = {fault["pointer"]: fault for fault in problem["faults"]}
    assert set(faults) == {"/name", "/period", "/value", "/target", "/evidence", "/note"}
    assert "Viết “8.12”." in faults["/value"]["vi"]
    assert "số thập phân" in faults["/target"]["vi"]
    for pointer in ("/value", "/target"):
        assert "decimal" in faults[pointer]["en"]
        assert "binary" not in faults[pointer]["vi"]


@pytest.mark.parametrize("value", ["1e3", "NaN", "1" * 15, "0.0000001", 0.5, True, None, ""])
async def test_a_value_that_is_no_exact_decimal_is_refused(replica: Replica, value: object) -> None:
    problem = await replica.refused(422, FIGURES, figure(value=value))
    assert [fault["pointer"] for fault in problem["faults"]] == ["/value"]


async def test_a_unit_that_is_unknown_is_refused_by_its_rule(replica: Replica) -> None:
    problem = await replica.refused(422, FIGURES, figure("X99999"), role="board")
    assert rules(problem) == {("/unit", "units.known")}


async def test_a_unit_that_no_longer_exists_reports_no_figure_and_what_it_reported_is_read(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    gone = campaign.units["STP"].model_copy(update={"valid_to": date(2020, 7, 1)})
    tree = UnitTree(gone if unit.code == gone.code else unit for unit in campaign.units)
    later = Campaign(campaign.plan, tree)
    async with running_replica(settings_of(dsn, issuer), issuer, announced(later)) as replica:
        await replica.at("2020-06-30")
        await replica.taken(FIGURES, figure("STP"))
        await replica.at("2020-07-01")
        problem = await replica.refused(422, FIGURES, figure("STP"))
        assert rules(problem) == {("/unit", "units.existing")}
        assert len((await read(replica, "STP"))["figures"]) == 1


async def test_after_the_campaign_closed_all_is_reported_at_once(
    replica: Replica,
) -> None:
    await replica.at("2021-06-30")
    body = figure("X99999")
    problem = await replica.refused(422, FIGURES, body, role="board")
    assert rules(problem) == {
        ("", "campaign.open"),
        ("/unit", "units.known"),
    }


# In pages


async def test_a_page_goes_on_behind_the_figure_where_the_last_one_ended(replica: Replica) -> None:
    bus, fund = "documents-over-the-bus", "emulation-fund"
    for name, period in (
        (fund, "2020-H2"),
        (bus, "2020-H2"),
        (fund, "2020-H1"),
        (bus, "2020"),
    ):
        await replica.taken(FIGURES, figure(name=name, period=period))
    whole = (await read(replica, "SNV"))["figures"]
    found, after = [], {}
    while True:
        page = await read(replica, "SNV", limit=1, **after)
        found += page["figures"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == whole
    assert len(whole) == 4
    assert (await read(replica, "STP"))["figures"] == []


@pytest.mark.parametrize(
    ("sent", "spellings"),
    [
        ("1.000", ("1000", "1")),
        ("1.234", ("1234", "1.2340")),
        ("-12.500", ("-12500", "-12.5")),
        ("1.234.567", ("1234567",)),
    ],
)
@pytest.mark.parametrize("field", ["value", "target"])
async def test_a_number_that_may_be_a_thousand_or_a_one_is_refused_with_both_spellings(
    replica: Replica, field: str, sent: str, spellings: tuple[str, ...]
) -> None:
    (fault,) = (await replica.refused(422, FIGURES, figure(**{field: sent})))["faults"]
    assert (fault["pointer"], fault["rule"]) == (f"/{field}", "numbers.ambiguous")
    for spelling in spellings:
        assert spelling in fault["vi"]
        taken = await replica.taken(FIGURES, figure(**{field: spelling}))
        assert Decimal(taken[field]) == Decimal(spelling)


async def test_the_answer_repeats_a_figure_as_vietnamese_writes_it(replica: Replica) -> None:
    taken = await replica.taken(FIGURES, figure(value="1234.5", target="0.125"))
    assert (taken["value"], taken["target"]) == ("1234.5", "0.125")
    assert taken["understood"] == {
        "vi": "1.234,5 (chỉ tiêu: 0,125)",
        "en": "1,234.5 (target: 0.125)",
    }


async def test_a_mark_and_minutes_are_held_to_the_same(replica: Replica) -> None:
    essay_id = (await replica.taken("/essays", essay()))["essay_id"]
    path = f"/essays/{essay_id}/judgement"
    problem = await replica.refused(422, path, {"mark": "12.500"}, role="board")
    assert problem["faults"][0]["rule"] == "numbers.ambiguous"
    recorded = essay(form="recorded", minutes="1.000", words=None)
    problem = await replica.refused(422, "/essays", recorded)
    assert problem["faults"][0]["rule"] == "numbers.ambiguous"

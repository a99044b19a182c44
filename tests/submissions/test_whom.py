"""Promises about whom something is asked of: clusters, named units, all but some; and who takes the
place of a named unit that ends."""

from collections.abc import AsyncIterator

import pytest

from infra.local.issuer import Issuer
from tests.submissions.amending import amend
from tests.submissions.reform import REFORM, START, conference, statuses
from tests.submissions.replica import Replica, running_replica, settings_of
from tests.submissions.test_essays import rules
from tests.support.announcing import announcement

CLUSTERS = (
    "levels: [upper]\n    options:\n      - id: D6\n",
    "clusters: [departments]\n    units: [MTTQ]\n    except: {units: [STC]}\n"
    "    options:\n      - id: D6\n",
)
OF_DEPARTMENTS = (
    "periods: [year, half-year]\n",
    "periods: [year, half-year]\n    applies_to: {kinds: [department]}\n",
)
KIND = """
reports:
  - id: note
    title: {vi: "Báo cáo nhanh", en: "Note"}
    units: [X1]
    receiver: root
    fields:
      - {id: note, title: {vi: "Nội dung", en: "Note"}, type: text}
"""


def with_clusters(plan: str) -> str:
    for old, new in (CLUSTERS, OF_DEPARTMENTS):
        assert old in plan
        plan = plan.replace(old, new)
    return plan


def of_named(plan: str) -> str:
    """T2 is asked of a cluster less one; a kind of report of one commune alone."""
    before, found, after = plan.partition("  - id: T2\n")
    after = after.replace("levels: [commune]", "clusters: [of-H1]\n    except: {units: [X2]}", 1)
    return (before + found + after).replace("\ntimezone:", f"\n{KIND.strip()}\ntimezone:")


@pytest.fixture
async def clusters(dsn: str, issuer: Issuer) -> AsyncIterator[Replica]:
    announced = announcement(edit=with_clusters)
    async with running_replica(settings_of(dsn, issuer), issuer, announced) as one:
        yield one


async def owing(one: Replica, obligation: str) -> set[str]:
    async with one.chassis.database.transaction() as tx:
        rows = await tx.fetch("SELECT unit FROM obligations WHERE obligation = $1", obligation)
    return {row["unit"] for row in rows}


async def test_a_cluster_and_a_named_unit_owe_and_an_excepted_one_does_not(
    clusters: Replica,
) -> None:
    units = (await clusters.context()).campaign.units
    departments = {unit.code for unit in units if unit.cluster == "departments"}
    assert await owing(clusters, "D6") == (departments - {"STC"}) | {"MTTQ"}
    body = {"unit": "STC", "entries": 3, "prizes": 1}
    problem = await clusters.refused(422, "/contest-reports", body)
    assert rules(problem) == {("/unit", "reports.owed")}
    await clusters.taken("/contest-reports", {**body, "unit": "MTTQ"})
    assert (await clusters.owed("MTTQ", "D6"))["status"] == "fulfilled"


async def test_an_amendment_asks_others(clusters: Replica) -> None:
    old, new = CLUSTERS
    await amend(clusters, (old, new.replace("STC", "SNV")), OF_DEPARTMENTS)
    assert (await clusters.owed("STC", "D6"))["status"] == "open"
    assert (await clusters.owed("SNV", "D6"))["status"] == "waived"


async def test_an_order_concerns_clusters_but_for_some(clusters: Replica) -> None:
    scope = {"clusters": ["departments"], "except": {"units": ["SNV"]}}
    body = {
        "option": "D6", "date": "2020-08-01", "included": True, "scope": scope,
        "document": "12/TB", "reason": "Bão",
    }  # fmt: skip
    await clusters.taken("/deadline-moves", body, role="board")
    days = {
        unit: (await clusters.owed(unit, "D6"))["last_days"]["D6"]
        for unit in ("STP", "SNV", "MTTQ")
    }
    assert days == {"STP": "2020-08-01", "SNV": "2020-07-09", "MTTQ": "2020-07-09"}
    (order,) = (await clusters.read("/orders")).raise_for_status().json()["orders"]
    nobody = {"levels": [], "kinds": [], "clusters": [], "units": []}
    assert order["scope"] == {
        **nobody, "clusters": ["departments"], "except": {**nobody, "units": ["SNV"]},
    }  # fmt: skip
    wrong = {"clusters": ["department"], "except": {"units": ["SNW"]}}
    problem = await clusters.refused(422, "/deadline-moves", {**body, "scope": wrong}, role="board")
    assert rules(problem) == {
        ("/scope/clusters/0", "orders.scope"),
        ("/scope/except/units/0", "orders.scope"),
    }


async def test_a_figure_is_reported_of_whom_the_plan_says(clusters: Replica) -> None:
    figures = (await clusters.context()).plan.figures
    (name,) = (name for name, figure in figures.items() if figure.applies_to is not None)
    body = {"unit": "Q001", "name": name, "period": "2020-H1", "value": "3", "evidence": "x"}
    problem = await clusters.refused(422, "/figures", body, role="board")
    assert rules(problem) == {("/unit", "figures.unit")}
    await clusters.taken("/figures", {**body, "unit": "SNV"}, role="board")


async def test_who_took_over_from_a_named_unit_owes_and_sends_what_that_one_would(
    dsn: str, issuer: Issuer
) -> None:
    announced = announcement(REFORM, edit=of_named)
    settings = settings_of(dsn, issuer, simulated_start=START)
    async with running_replica(settings, issuer, announced) as one:
        one.campaign = "reform-2025"
        assert await owing(one, "T2") == {"X1"}
        note = {"unit": "X2", "answers": {"note": "Một"}}
        assert rules(await one.refused(422, "/reports/note", note)) == {("/unit", "reports.owed")}
        await one.at("2025-07-01")
        await one.fire()
        assert (await statuses(one, "X3"))["T2"] == "open"
        await one.taken("/conference-reports", conference("X3", "2025-06-14", "HN"))
        assert (await one.owed("X3", "T2"))["status"] == "fulfilled"
        await one.taken("/reports/note", {**note, "unit": "X3"})
        refused = await one.refused(422, "/reports/note", {**note, "unit": "X5"})
        assert rules(refused) == {("/unit", "reports.owed")}

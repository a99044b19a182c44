"""What scoring answers over HTTP: standings, reasons, history, digest; and to whom."""

import httpx
import pytest

from tests.scoring.facts import API, essay, fulfilled, judged, proposed, waived, withdrawn
from tests.scoring.served_scoring import Stand, lines_of, ranks_of
from tests.support.foreign import Foreign
from tests.support.refusals import check_refusals


async def test_standings_show_ranks_and_that_the_table_is_a_sample(stand: Stand) -> None:
    await stand.hears(essay("Q009", "a"), essay("Q009", "b"), essay("Q001", "c"))
    document = await stand.read(
        f"{API}/standings", cluster="urban-districts", role="unit", unit="SNV"
    )
    assert document["rule_set"]["sample"] is True
    assert "MINH HỌA" in document["rule_set"]["title"]["vi"]
    assert "SAMPLE" in document["rule_set"]["title"]["en"]
    ranks = ranks_of(document)
    assert (ranks["Q009"], ranks["Q001"], ranks["Q002"]) == (1, 2, 3)
    assert [u["rank"] for u in document["clusters"][0]["units"]] == [1, 2] + [3] * 10
    assert document["clusters"][0]["up_to_date"] is True


async def test_without_a_cluster_all_clusters_are_shown(stand: Stand) -> None:
    document = await stand.read(f"{API}/standings")
    shown = {cluster["cluster"]: len(cluster["units"]) for cluster in document["clusters"]}
    assert shown["departments"] == 22
    assert shown["communes-of-Q001"] == 14
    assert sum(shown.values()) == 643


NOWHERE = [
    f"{API}/standings?cluster=nowhere",
    f"{API}/units/NOWHERE/points",
    f"{API}/units/HN/points",
    f"{API}/units/NOWHERE/points/history",
]


async def test_what_is_not_scored_here_is_not_found_and_the_answer_names_it(stand: Stand) -> None:
    for path in NOWHERE:
        answer = await stand.asked(path)
        assert answer.status_code == httpx.codes.NOT_FOUND, path
        (fault,) = answer.json()["faults"]
        assert fault["vi"]
        assert fault["en"]


async def test_every_line_of_an_explanation_names_rule_source_and_facts(stand: Stand) -> None:
    await stand.hears(
        essay("SNV", "a"),
        essay("SNV", "late", late=True),
        essay("SNV", "gone"),
        withdrawn("SNV", "gone"),
        judged("SNV", "a", "92.5"),
        proposed("SNV", "p"),
        fulfilled("SNV", "D6", days_late=2),
        waived("SNV", "D7"),
        essay("STP", "other", late=True),
    )
    document = await stand.read(f"{API}/units/SNV/points", role="unit", unit="SNV")
    lines = lines_of(document)
    for line in lines.values():
        assert line["legal_source"]
        for text in ("title", "rule", "formula"):
            assert line[text]["vi"]
            assert line[text]["en"]
    types = {
        name: [fact["type"].split(".")[-2] for fact in line["facts"]]
        for name, line in lines.items()
    }
    assert types["I.1"] == ["essay-submitted"] * 2
    assert types["I.3"] == ["commendation-proposed"]
    assert types["II.1"] == types["II.2"] == ["essay-judged"]
    assert types["II.3"] == ["essay-withdrawn", "essay-judged"]
    assert types["III.1"] == ["essay-submitted"]
    assert types["III.2"] == []
    assert types["III.3"] == ["obligation-fulfilled"]
    assert types["III.4"] == ["obligation-waived"]
    assert lines["III.3"]["points"] == "7.5"
    assert lines["III.3"]["formula"]["vi"] == "chậm 2 ngày, bậc đến 2 ngày: 7,5 điểm"
    assert lines["I.2"]["formula"]["en"] == "10 × 2 / 2 (leading the cluster: Sở Nội vụ): 10"
    total = sum(float(group["points"]) for group in document["groups"])
    assert float(document["total"]) == pytest.approx(total)


async def test_simulated_data_is_marked_wherever_it_shows(stand: Stand) -> None:
    await stand.hears(essay("Q009", "real"))
    assert (await stand.read(f"{API}/standings"))["simulated"] is False
    await stand.hears(essay("SNV", "drawn").model_copy(update={"simulated": True}))
    standings = await stand.read(f"{API}/standings")
    assert standings["simulated"] is True
    marked = [c["cluster"] for c in standings["clusters"] if c["simulated"]]
    assert marked == ["departments"]
    points = await stand.read(f"{API}/units/SNV/points")
    assert points["simulated"] is True
    assert [fact["simulated"] for fact in lines_of(points)["I.1"]["facts"]] == [True]


async def test_history_tells_every_version_newest_first(stand: Stand) -> None:
    for name in ("a", "b", "c"):
        await stand.hears(essay("SNV", name))
    document = await stand.read(f"{API}/units/SNV/points/history", role="unit", unit="SNV", limit=3)
    assert [one["version"] for one in document["versions"]] == [4, 3, 2]
    assert [one["lines"]["I.1"] for one in document["versions"]] == ["1.5", "1", "0.5"]
    assert document["more"] is True
    rest = await stand.read(f"{API}/units/SNV/points/history", role="unit", unit="SNV", before=2)
    assert [one["total"] for one in rest["versions"]] == ["0"]
    assert rest["more"] is False


async def test_the_digest_changes_with_points_and_names_its_clusters(stand: Stand) -> None:
    before = await stand.read(f"{API}/digest", role="ops")
    await stand.hears(essay("SNV", "a"))
    after = await stand.read(f"{API}/digest", role="ops")
    assert before["digest"] != after["digest"]
    changed = {
        name for name, digest in after["clusters"].items() if before["clusters"][name] != digest
    }
    assert changed == {"departments"}
    assert after["up_to_date"] is True


RIGHTS = [
    ("unit", "SNV", "SNV", 200),
    ("unit", "SNV", "STP", 403),
    ("unit", "SNV", "NOWHERE", 403),
    ("unit", None, "SNV", 403),
    ("district", "Q001", "Q001", 200),
    ("district", "Q001", "X00004", 200),
    ("district", "Q001", "Q002", 403),
    ("district", "Q002", "X00004", 403),
    ("district", None, "X00004", 403),
    ("board", None, "X00004", 200),
]


async def test_a_unit_reads_its_own_points_a_district_its_communes_the_board_all(
    stand: Stand,
) -> None:
    for role, unit, asked, status in RIGHTS:
        for path in (
            f"{API}/units/{asked}/points",
            f"{API}/units/{asked}/points/history",
        ):
            answer = await stand.asked(path, role=role, unit=unit)
            assert answer.status_code == status, f"{role} {unit} reads {path}"


async def test_every_route_refuses_whom_and_what_it_must(stand: Stand) -> None:
    headers = {"Authorization": f"Bearer {stand.issuer.mint('board')}", "Idempotency-Key": "one"}
    await stand.client.post(f"{API}/publications", json={}, headers=headers)
    frozen = "what the Board published, ranks and totals, is for every unit"
    foreign = Foreign(
        ids={"version": "1", "campaign": "hanoi-2020", "number": "1"},
        bodies={
            "POST /v1/campaigns/{campaign}/units/{code}/score-entries": {
                "criterion": "II.3", "stage": "self", "points": "1", "reason": "Đạt",
                "evidence": "Báo cáo 12",
            }
        },
        for_all={
            "GET /v1/campaigns/{campaign}/publications/{version}": frozen,
            "GET /v1/campaigns/{campaign}/scores-to-enter": "the caller's own marks",
            **dict.fromkeys(
                (
                    f"GET /v1/campaigns/{{campaign}}/{path}"
                    for path in (
                        "standings", "digest", "publications", "rule-sets", "rule-sets/{number}",
                    )
                ),
                "ranks, totals and rules are for every unit",
            ),
        },
    )  # fmt: skip
    await check_refusals(stand.url, stand.issuer, foreign=foreign)


async def test_latency_without_samples_says_so(stand: Stand) -> None:
    document = await stand.read("/v1/latency", role="ops")
    assert (document["samples"], document["p50_ms"], document["p99_ms"]) == (0, None, None)

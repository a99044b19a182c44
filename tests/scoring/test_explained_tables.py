"""One unit's points as they are answered: sub-totals, what caps did, and what was set aside."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.contracts.events import UnitFact
from services.scoring.campaign_snapshot import CampaignTimeline
from services.scoring.engine.digest import unit_digest
from services.scoring.points.explanation import explained
from services.scoring.points.queries import StoredCluster, StoredPoints
from tests.scoring.facts import figure, judged, known
from tests.scoring.manual import campaign
from tests.scoring.sample_rules import criterion, group

NOW = datetime(2020, 12, 31, tzinfo=UTC)
TITLE = {"vi": "Mẫu", "en": "Sample"}


def of_figure(name: str, kind: str = "sum", **more: Any) -> dict[str, Any]:
    title = {"vi": f"số {name}", "en": name}
    where = [{"field": "name", "is": name}]
    return {
        "title": title,
        "kind": kind,
        "of": "figure-reported",
        "field": "value",
        "where": where,
    } | more


MARK = {"of": "essay-judged", "field": "mark", "title": {"vi": "ba bài", "en": "three essays"}}
RULES: dict[str, Any] = {
    "measures": {
        "trees": of_figure("trees", at_most="100"),
        "all": {"kind": "total", "title": TITLE, "plus": ["trees", "meetings"]},
        "meetings": of_figure("meetings", whole=True),
        "best": {"kind": "best", "count": 3, **MARK},
    },
    "groups": [
        group(
            criterion("count", "I.1", "200", measure="all", each="1", cap="200"),
            maximum="230",
            groups=[
                group(
                    criterion("linear", "I.a.1", "30", measure="best", target="300"),
                    criterion("count", "I.a.2", "20", measure="meetings", each="10", cap="20"),
                    id_="I.a",
                    maximum="30",
                    cap="30",
                )
            ],
        )
    ],
}


def answer(*facts: UnitFact, rules: Mapping[str, Any] = RULES) -> dict[str, Any]:
    """What is answered about unit A, as JSON."""
    snapshot = CampaignTimeline(*campaign(rules, {"A": {}, "B": {}})).at(NOW)
    in_words = known(*facts)
    found = snapshot.standings(in_words).unit("A")
    assert found is not None
    digest = unit_digest(found)
    one = StoredPoints(found, "departments", 1, digest, NOW)
    state = StoredCluster(digest, simulated=False, computed_at=NOW, up_to_date=True)
    return explained(snapshot, one, state, in_words, 2).model_dump(mode="json")


FACTS = (
    figure("A", "trees:2020", "250"),
    figure("A", "meetings:2020-H1", "2"),
    figure("A", "meetings:2020-H2", "1.5"),
    *(judged("A", name, mark) for name, mark in zip("abcd", ("90", "90", "75", "40"), strict=True)),
)


def test_sub_totals_stand_beside_the_lines_with_what_their_cap_took() -> None:
    (outer,) = answer(*FACTS)["groups"]
    assert [line["criterion"] for line in outer["lines"]] == ["I.1", "I.a.1", "I.a.2"]
    assert [line["points"] for line in outer["lines"]] == ["102", "25.5", "20"]
    (inner,) = outer["subtotals"]
    assert (inner["within"], inner["points"], inner["capped"]) == ("I", "30", True)
    assert (inner["criteria"], inner["title"]["en"]) == (["I.a.1", "I.a.2"], "Group")
    assert (outer["points"], outer["capped"]) == ("132", False)


def test_a_measure_that_counts_as_its_end_is_shown_with_what_it_would_be() -> None:
    lines = {line["criterion"]: line for line in answer(*FACTS)["groups"][0]["lines"]}
    (held,) = lines["I.1"]["held"]
    assert (held["measure"], held["value"], held["counts_as"]) == ("trees", "250", "100")
    assert held["title"] == {"vi": "số trees", "en": "trees"}
    assert lines["I.a.1"]["held"] == []
    below = answer(figure("A", "trees:2020", "99"))["groups"][0]["lines"][0]
    assert below["held"] == []


def test_a_number_that_is_not_whole_is_set_aside_and_shown() -> None:
    lines = {line["criterion"]: line for line in answer(*FACTS)["groups"][0]["lines"]}
    half = known(FACTS[2])[0].record
    assert [fact["record"] for fact in lines["I.a.2"]["set_aside"]] == [half]
    assert half not in [fact["record"] for fact in lines["I.a.2"]["facts"]]
    assert [fact["record"] for fact in lines["I.1"]["set_aside"]] == [half]
    assert lines["I.a.1"]["set_aside"] == []
    assert len(lines["I.a.1"]["facts"]) == 3, "the three best, and not the fourth"


def test_conditions_that_a_measure_counts_are_shown_met_or_not() -> None:
    good = {
        "kind": "met",
        "title": TITLE,
        "conditions": [
            {"measure": "trees", "at_least": "100"},
            {"not": {"measure": "meetings", "is": "2"}},
        ],
    }
    counted = criterion("count", measure="twice", each="1", cap="10")
    measures = {**RULES["measures"], "good": good, "twice": {"kind": "total", "plus": ["good"]}}
    rules = {"measures": measures, "groups": [group(counted, maximum="10")]}
    (line,) = answer(*FACTS[:2], rules=rules)["groups"][0]["lines"]
    assert line["points"] == "1"
    trees, meetings = line["conditions"]
    assert (trees["measure"], trees["met"], meetings["met"]) == ("good", True, False)
    assert meetings["condition"]["vi"] == "không (số meetings = 2)"
    (met,) = [
        one for one in answer(rules=rules)["groups"][0]["lines"][0]["conditions"] if one["met"]
    ]
    assert met == meetings | {"met": True}
    assert answer(*FACTS)["groups"][0]["lines"][0]["conditions"] == []

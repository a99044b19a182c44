"""A level that was forced down can be defended: by its law, its condition and the facts."""

from typing import Any

import pytest

from services.contracts.rules import RuleSet
from services.scoring.engine.score import score
from tests.scoring.campaign import SAMPLE_WRITTEN
from tests.scoring.facts import API, essay, event, figure, fulfilled, known, missed
from tests.scoring.running import adopts, take
from tests.scoring.sample_rules import criterion, group, rules, unit
from tests.scoring.served_scoring import Stand

STRUCK = """    knock_outs:
      - id: K1
        title: {vi: "Không báo cáo hội nghị", en: "No report of the conference"}
        legal_source: "Mẫu"
        when: {measure: conference, is: missed}
        level: not-done
    levels:
      - {level: excellent"""


async def test_who_was_knocked_out_learns_why(stand: Stand) -> None:
    assert "  conference:\n" in SAMPLE_WRITTEN
    database = stand.chassis.database
    await adopts(
        database, SAMPLE_WRITTEN.replace("    levels:\n      - {level: excellent", STRUCK, 1)
    )
    gone = event(missed("SNV", "D2"))
    await take(database, [gone, event(essay("SNV", "a")), event(fulfilled("STP", "D2"))])
    await stand.hears()
    struck, fine = [await stand.read(f"{API}/units/{unit}/points") for unit in ("SNV", "STP")]
    assert fine["knocked_out"] == []
    (one,) = struck["knocked_out"]
    assert (one["id"], one["level"], one["legal_source"]) == ("K1", "not-done", "Mẫu")
    assert one["title"]["en"] == "No report of the conference"
    assert one["rule"]["vi"] == "Hội nghị điển hình tiên tiến quá hạn"
    assert [fact["id"] for fact in one["facts"]] == [str(gone.id)]


async def test_who_has_too_few_points_learns_of_what_and_from_which_facts(stand: Stand) -> None:
    below = 'points_below: {of: [I, III], percent: "50"}'
    struck = STRUCK.replace("when: {measure: conference, is: missed}", below)
    database = stand.chassis.database
    await adopts(
        database, SAMPLE_WRITTEN.replace("    levels:\n      - {level: excellent", struck, 1)
    )
    done = event(essay("SNV", "a"))
    await take(database, [done])
    await stand.hears()
    (one,) = (await stand.read(f"{API}/units/SNV/points"))["knocked_out"]
    assert one["rule"]["vi"] == "Số lượng hoặc Tiến độ dưới 50% số điểm tối đa"
    assert [fact["id"] for fact in one["facts"]] == [str(done.id)]


def _latest(name: str) -> dict[str, Any]:
    where = [{"field": "name", "is": name}]
    return {"kind": "latest", "of": "figure-reported", "field": "value", "where": where}


def knocked_out(below: dict[str, Any], a: str, b: str | None) -> bool:
    """Whether a unit with these points, of 9 and 3, is below; without b it has only the 9."""
    data = rules(
        group(criterion("linear", "I.1", "9", measure="a", target="9"), id_="I", maximum="9"),
        group(
            criterion("linear", "II.1", "3", measure="b", target="3", no_value="not-assigned"),
            id_="II",
            maximum="3",
        ),
    ).model_dump(mode="json", by_alias=True)
    text = {"vi": "Mẫu", "en": "Sample"}
    table = data["tables"][0] | {
        "levels": [{"level": "high", "title": text, "from": "1"}, {"level": "low", "title": text}],
        "knock_outs": [
            {"id": "K", "title": text, "legal_source": "Mẫu", "level": "low", "points_below": below}
        ],
    }
    measures = {"a": _latest("a"), "b": _latest("b")}
    ruled = RuleSet.model_validate({**data, "measures": measures, "tables": [table]})
    facts = [figure("A", "a:2020", a), *([figure("A", "b:2020", b)] if b else [])]
    found = score(known(*facts), {"c": [unit("A")]}, ruled).unit("A")
    assert found is not None
    assert (found.level == "low") is bool(found.knocked_out)
    return bool(found.knocked_out)


@pytest.mark.parametrize(
    ("below", "a", "b", "expected"),
    [
        ({"of": ["I"], "points": "3"}, "3", "0", False),
        ({"of": ["I"], "points": "3"}, "2.99", "3", True),
        ({"of": ["I", "II"], "percent": "33"}, "9", "0.99", False),
        ({"of": ["I", "II"], "percent": "33.34"}, "9", "1", True),
        ({"of": ["I", "II"], "percent": "100"}, "9", "3", False),
        ({"of": ["II"], "percent": "50"}, "9", None, False),
        ({"of": ["II.1", "I.1"], "points": "1"}, "0", None, True),
    ],
)
def test_one_with_too_few_points_is_enough_and_what_is_not_assigned_is_passed_over(
    below: dict[str, Any], a: str, b: str | None, expected: bool
) -> None:
    assert knocked_out(below, a, b) is expected

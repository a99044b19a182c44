"""Two tables in one year, each for the work of its days: whose work, what of a year, and why."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.problems import FAULTY, Faults, Refusal
from services.contracts.campaign import Campaign, UnitTree
from services.contracts.campaign.deadlines import UNKNOWN_DAY
from services.contracts.events import DeadlineMissed, UnitFact
from services.contracts.rules import RuleSet
from services.measuring.records import current
from services.measuring.work_day import day_of_work
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.engine.digest import unit_digest
from services.scoring.engine.results import UnitPoints
from services.scoring.points.explanation import explained
from services.scoring.points.queries import StoredCluster, StoredPoints
from services.scoring.score_entries.rules import criterion_to_score
from tests.scoring.campaign import sample_campaign
from tests.scoring.facts import (
    HANOI,
    essay,
    figure,
    fulfilled,
    judged,
    known,
    missed,
    moved,
    proposed,
    score_entered,
    waived,
    withdrawn,
)
from tests.scoring.sample_rules import MEASURES, criterion, group, unit

SECOND = date(2020, 7, 1)
TITLE = {"vi": "Mẫu", "en": "Sample"}
D6 = {"measure": "report", "is": "fulfilled"}


def table(id_: str, *criteria: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A table of one group."""
    maximum = str(sum(Decimal(one["maximum"]) for one in criteria))
    given = {"id": id_, "title": TITLE, "applies_to": {"levels": ["upper"]}, "maximum": maximum}
    return given | {"groups": [group(*criteria, maximum=maximum)]} | more


FIRST_HALF = table(
    "first",
    criterion("count", "I.1", "10", measure="essays", each="2", cap="10"),
    criterion("yes-no", "I.2", "10", when=D6),
    criterion("leader", "I.3", "20", measure="marks"),
    criterion("entered", "I.4", "10", minimum="0", stages=["final"], no_value="0"),
    valid_to=str(SECOND),
    levels=[{"level": "c", "title": TITLE}],
    knock_outs=[
        {
            "id": "K1",
            "title": TITLE,
            "legal_source": "Mẫu",
            "when": {"measure": "withdrawn", "at_least": "1"},
            "level": "c",
        }
    ],
)
SECOND_HALF = table(
    "second",
    criterion("count", "I.1", "50", measure="essays", each="10", cap="50"),
    criterion("yes-no", "I.2", "10", when=D6),
    valid_from=str(SECOND),
    levels=[{"level": "a", "title": TITLE, "from": "20"}, {"level": "c", "title": TITLE}],
)


def rules(*tables: dict[str, Any], **more: Any) -> RuleSet:
    return RuleSet.model_validate(
        {
            "rule_set": "by-days",
            "sample": True,
            "title": TITLE,
            "campaign": "hanoi-2020",
            "each_table_counts": "work-of-its-days",
            "measures": MEASURES,
            "tables": list(tables or (FIRST_HALF, SECOND_HALF)),
            **more,
        }
    )


UNITS = UnitTree([unit("A"), unit("B")])


def on(day: str, units: UnitTree = UNITS, of: RuleSet | None = None) -> CampaignSnapshot:
    campaign = Campaign(sample_campaign().plan, units)
    return CampaignTimeline(campaign, of or rules()).on(date.fromisoformat(f"2020-{day}"))


def points(snapshot: CampaignSnapshot, *facts: UnitFact, code: str = "A") -> UnitPoints:
    found = snapshot.standings(known(*facts)).unit(code)
    assert found is not None
    return found


def lines(found: UnitPoints) -> dict[str, str | None]:
    """Points by line; None where it is not assigned."""
    return {
        line.criterion: format(line.points.normalize(), "f") if line.assigned else None
        for line in found.lines
    }


def without_a_day(fact: UnitFact) -> UnitFact:
    """The fact, where the last day is not known yet."""
    return fact.model_copy(update={"last_day": UNKNOWN_DAY})


def counted_by_act(fact: UnitFact) -> UnitFact:
    """An essay of a contest that counts by the day on which it was handed in."""
    day = date(2020, 6, 29)
    return fact.model_copy(update={"acted_on": day, "counted_day": day})


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        ([essay("A", "e", day="6-30"), judged("A", "e", "80", day="8-1")], "2020-06-30"),
        ([judged("A", "e", "80", day="8-1"), withdrawn("A", "e", day="8-2")], "2020-08-01"),
        ([fulfilled("A", "D6")], "2020-07-09"),
        ([missed("A", "D6"), fulfilled("A", "D6", days_late=30, version=2)], "2020-07-09"),
        ([missed("A", "D6"), moved("A", "D6", version=2)], "2020-07-14"),
        ([missed("A", "D6"), waived("A", "D6", version=2)], "2020-07-09"),
        ([waived("A", "D6")], "2020-07-01"),
        ([without_a_day(fulfilled("A", "D6", days_late=2))], "2020-07-11"),
        ([without_a_day(moved("A", "D6"))], "9999-12-31"),
        ([counted_by_act(essay("A", "e", day="7-2"))], "2020-06-29"),
        ([figure("A", "trees:2020-H1", "3")], "2020-06-30"),
        ([figure("A", "trees:2020", "3")], "2020-12-31"),
        ([figure("A", "trees:any-time", "3")], "2020-07-03"),
        ([proposed("A", "p")], "2020-05-20"),
    ],
)
def test_the_day_of_the_work_is_one_for_all_that_is_known_of_a_thing(
    facts: list[UnitFact], day: str
) -> None:
    assert str(day_of_work(current(known(*facts)), HANOI)) == day


def test_work_counts_once_by_the_table_of_its_day_and_leaders_are_those_of_the_part() -> None:
    facts = (
        essay("A", "early"),
        judged("A", "early", "40"),
        essay("A", "later", day="7-1"),
        judged("A", "later", "100", day="8-1"),
        essay("B", "b"),
        judged("B", "b", "80"),
        fulfilled("A", "D6"),
    )
    found = points(on("12-31"), *facts)
    assert lines(found) == {
        "first/I.1": "2",
        "first/I.2": None,  # its last day is in the second half
        "first/I.3": "10",  # 40 of 80: the 100 were marked, and handed in, in the other part
        "first/I.4": "0",
        "second/I.1": "10",
        "second/I.2": "10",
    }
    assert [(one.table, one.total, one.maximum) for one in found.parts] == [
        ("first", 12, 40),
        ("second", 20, 60),
    ]
    assert (found.total, found.maximum, found.table, found.level) == (32, 100, "second", "a")


def test_an_obligation_goes_over_with_its_last_day_and_is_asked_for_once() -> None:
    june = DeadlineMissed(
        **missed("A", "D6").model_dump(exclude={"last_day"}), last_day=date(2020, 6, 20)
    )
    late = lines(points(on("12-31"), june))
    assert (late["first/I.2"], late["second/I.2"]) == ("0", None)
    put_off = lines(points(on("12-31"), june, moved("A", "D6", version=2)))
    assert (put_off["first/I.2"], put_off["second/I.2"]) == (None, "0")


def test_what_a_later_table_counts_is_not_counted_before_its_day() -> None:
    facts = (fulfilled("A", "D6"), figure("A", "documents-over-the-bus:2020", "7"))
    in_june = on("06-30")
    assert points(in_june, *facts).total == 0
    assert [fact["work_day"] for fact in answer(in_june, *facts)["counts_later"]] == [
        "2020-12-31",
        "2020-07-09",
    ]
    assert points(on("07-01"), *facts).total == 10
    assert answer(on("07-01"), *facts)["counts_later"] == []


def test_a_score_counts_where_its_criterion_is_whenever_it_was_entered() -> None:
    found = points(on("12-31"), score_entered("A", "I.4", "final", "7"))
    assert lines(found)["first/I.4"] == "7"
    assert found.total == 7


def test_scores_of_all_parts_can_be_entered() -> None:
    parts, faults = on("12-31").parts_of(unit("A")), Faults()
    found = criterion_to_score(faults, parts, "I.4")
    assert found is not None
    assert (found.part.table.id, found.criterion.id) == ("first", "I.4")
    assert criterion_to_score(faults, parts, "I.3") is None
    assert criterion_to_score(faults, parts, "I.9") is None
    with pytest.raises(Refusal) as refused:
        faults.refuse_as(FAULTY)
    assert [one.rule for one in refused.value.faults] == [
        "score-entries.kind",
        "score-entries.criterion",
    ]


def test_a_knock_out_of_an_earlier_part_forces_the_level_of_the_year() -> None:
    good = [essay("A", f"{n}", day="7-2") for n in range(5)]
    gone = essay("A", "gone"), withdrawn("A", "gone", day="9-1")
    assert points(on("12-31"), *good).level == "a"
    found = points(on("12-31"), *good, *gone)
    assert (found.level, found.knocked_out) == ("c", ("first/K1",))
    (struck,) = answer(on("12-31"), *good, *gone)["knocked_out"]
    assert [(fact["work_day"], fact["carried_over"]) for fact in struck["facts"]] == [
        ("2020-05-20", True)
    ]


def test_ties_are_decided_by_the_points_of_an_id_in_all_parts() -> None:
    first = table("first", criterion("count", "I.1", "10", measure="essays", each="5", cap="10"))
    second = table(
        "second",
        criterion("count", "I.1", "10", measure="essays", each="5", cap="10"),
        criterion("count", "I.2", "10", measure="good", each="5", cap="10"),
    )
    of = rules(first | {"valid_to": str(SECOND)}, second | {"valid_from": str(SECOND)})
    of = of.model_copy(update={"tie_break": ("I.1",)})
    facts = (
        *(essay("A", "a"), judged("A", "a", "90")),
        *(essay("B", "b", day="7-2"), judged("B", "b", "90"), essay("A", "c")),
    )
    assert points(on("12-31", of=of), *facts).rank == 1
    assert points(on("12-31", of=of), *facts, code="B").rank == 2


def test_a_unit_has_in_each_part_the_table_of_its_kind_then() -> None:
    was, is_ = unit("A"), unit("A").model_copy(update={"kind": "so"})
    units = UnitTree(
        [
            was.model_copy(update={"valid_to": SECOND}),
            is_.model_copy(update={"valid_from": SECOND}),
        ]
    )
    of = rules(
        FIRST_HALF | {"applies_to": {"kinds": ["quan"]}},
        SECOND_HALF | {"applies_to": {"kinds": ["so"]}},
    )
    facts = (essay("A", "early"), essay("A", "later", day="7-1"))
    found = points(on("12-31", units, of), *facts)
    assert [(one.table, one.total) for one in found.parts] == [("first", 2), ("second", 10)]


def test_a_unit_that_comes_back_to_a_table_has_one_part_by_it() -> None:
    """Or two lines would have one id."""
    back, kind = date(2020, 10, 1), {"kind": "so"}
    units = UnitTree(
        [
            unit("A").model_copy(update={"valid_to": SECOND}),
            unit("A").model_copy(update={"valid_from": SECOND, "valid_to": back, **kind}),
            unit("A").model_copy(update={"valid_from": back}),
        ]
    )
    of = rules(
        table(
            "districts",
            criterion("count", measure="essays", each="2", cap="10"),
            applies_to={"kinds": ["quan"]},
            levels=[{"level": "c", "title": TITLE}],
        ),
        SECOND_HALF | {"applies_to": {"kinds": ["so"]}, "valid_to": str(back)},
    )
    days = ("5-1", "7-2", "10-2")
    facts = [essay("A", f"of {day}", day=day) for day in days]
    found = points(on("12-31", units, of), *facts)
    assert [(one.table, one.total) for one in found.parts] == [("second", 10), ("districts", 4)]
    assert found.table == "districts"
    assert len(lines(found)) == len(found.lines)


def test_work_of_a_unit_that_ended_joins_the_same_part_of_who_took_over() -> None:
    ended = unit("B").model_copy(update={"valid_to": date(2020, 10, 1), "successor": "A"})
    units = UnitTree([unit("A"), ended])
    facts = (essay("B", "early"), essay("B", "later", day="7-1"), essay("A", "own"))
    found = points(on("12-31", units), *facts)
    assert [(one.table, one.total) for one in found.parts] == [("first", 4), ("second", 10)]


def test_a_new_unit_has_the_parts_of_who_it_took_over_and_else_nothing_before_it_began() -> None:
    began = {"valid_from": SECOND}
    old = unit("B").model_copy(update={"valid_to": SECOND, "successor": "A"})
    new = unit("A").model_copy(update=began)
    heir = points(on("12-31", UnitTree([new, old])), essay("B", "early"))
    assert [(one.table, one.total, one.maximum) for one in heir.parts] == [
        ("first", 2, 40),
        ("second", 0, 60),
    ]
    alone = points(on("12-31", UnitTree([new, unit("B")])), essay("A", "one", day="7-2"))
    assert [(one.table, one.total, one.maximum) for one in alone.parts] == [
        ("first", 0, 0),
        ("second", 10, 60),
    ]
    assert round(alone.comparable, 2) == Decimal("18.33")  # 10 of 60 on the scale of 110


def test_days_without_a_table_are_counted_by_the_next_one() -> None:
    late = table(
        "late",
        criterion("count", measure="essays", each="1", cap="10"),
        valid_from="2020-09-01",
        applies_to={"kinds": ["so"]},
    )
    of = rules(
        table(
            "spring",
            criterion("count", measure="essays", each="5", cap="10"),
            valid_to="2020-06-01",
            applies_to={"kinds": ["so"]},
        ),
        late,
        table("others", criterion("count", measure="essays", each="1", cap="10"), valid_to=None)
        | {"applies_to": {"kinds": ["xa"]}},
    )
    units = UnitTree([unit("A").model_copy(update={"kind": "so"})])
    found = points(on("12-31", units, of), essay("A", "e", day="5-20"), essay("A", "f", day="7-2"))
    assert [(one.table, one.total) for one in found.parts] == [("spring", 5), ("late", 1)]


def answer(snapshot: CampaignSnapshot, *facts: UnitFact) -> dict[str, Any]:
    """What is answered about unit A, as JSON."""
    in_words, now = known(*facts), datetime(2020, 12, 31, tzinfo=UTC)
    found = snapshot.standings(in_words).unit("A")
    assert found is not None
    one = StoredPoints(found, "c", 1, unit_digest(found), now)
    state = StoredCluster("", simulated=False, computed_at=now, up_to_date=True)
    return explained(snapshot, one, state, in_words, 2).model_dump(mode="json")


def test_the_explanation_shows_both_parts_and_marks_what_was_carried_over() -> None:
    early = essay("A", "early"), judged("A", "early", "40")
    june = fulfilled("A", "D6")
    later = essay("A", "later", day="7-1")
    shown = answer(on("12-31"), *early, later, june)
    assert [(one["table"], one["total"], one["valid_to"]) for one in shown["parts"]] == [
        ("first", "22", "2020-07-01"),
        ("second", "20", None),
    ]
    assert [(one["group"], one["table"]) for one in shown["groups"]] == [
        ("first/I", "first"),
        ("second/I", "second"),
    ]
    by_line = {line["criterion"]: line for of in shown["groups"] for line in of["lines"]}
    (counted,) = by_line["first/I.1"]["facts"]
    assert (counted["work_day"], counted["carried_over"]) == ("2020-05-20", False)
    (mark,) = by_line["first/I.3"]["facts"]
    assert (mark["work_day"], mark["carried_over"]) == ("2020-05-20", True)
    assert by_line["first/I.2"]["facts"] == []
    (done,) = by_line["second/I.2"]["facts"]
    assert (done["work_day"], done["carried_over"]) == ("2020-07-09", False)
    assert [fact["time"][:10] for fact in by_line["second/I.1"]["facts"]] == ["2020-07-01"]


def test_a_rule_set_that_does_not_say_so_has_the_tallies_and_the_basis_that_it_had() -> None:
    divided, whole = rules(), rules().model_copy(update={"each_table_counts": "all-work"})
    campaign = Campaign(sample_campaign().plan, UNITS)
    plain, parted = (CampaignTimeline(campaign, one).on(SECOND) for one in (whole, divided))
    facts = known(essay("A", "early"), essay("A", "later", day="7-1"))
    assert plain.tallier.tallies(facts)["A"] == {"essays": 2, "in_time": 2}
    assert parted.tallier.tallies(facts)["A"] == {
        f"{period}|{name}": 1 for period in (0, 1) for name in ("essays", "in_time")
    }
    assert plain.measures_digest != parted.measures_digest

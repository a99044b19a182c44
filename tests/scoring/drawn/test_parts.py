"""Each table counts the work of its days: parts are what they would be alone, and add up."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from services.contracts.envelope import Event
from services.contracts.events import ScoreEntered
from services.contracts.rules import DaysLateMeasure, RuleSet, measures_of
from services.measuring.records import STATUS_EVENTS, KnownFact, by_record, current
from services.measuring.work_day import day_of_work
from services.scoring.engine.digest import digest_of
from services.scoring.engine.parts import within
from services.scoring.engine.results import Results
from services.scoring.engine.score import score
from services.scoring.engine.tallier import tallier_of
from tests.scoring.drawn.edited import in_force, not_assigned
from tests.scoring.drawn.facts import seasons
from tests.scoring.drawn.situations import Situation, by_days, each_counts_its_days, tried
from tests.scoring.drawn.units import CLUSTERS, CODES, HALF_YEAR
from tests.scoring.facts import HANOI
from tests.scoring.in_memory import InMemory
from tests.scoring.sample_rules import criterion, group

SECOND = date.fromisoformat(HALF_YEAR)
DAYS = (SECOND - timedelta(days=1), SECOND)
"""One of each half."""


def halves(facts: list[KnownFact]) -> tuple[list[KnownFact], list[KnownFact]]:
    """The facts of each half: of its works, and the scores that people enter."""
    found: tuple[list[KnownFact], list[KnownFact]] = ([], [])
    for of_record in by_record(facts).values():
        record = current(of_record)
        entered = ScoreEntered.event in record
        second = day_of_work(record, HANOI) >= SECOND
        for half, is_its in ((0, not second), (1, second)):
            if is_its or entered:
                found[half].extend(of_record)
    return found


def alone(rules: RuleSet, half: int, of_halves: tuple[list[KnownFact], ...]) -> Results:
    """What one half amounts to by the tables of its days; obligations of the other are not asked
    for."""
    here, other = of_halves[half], of_halves[1 - half]
    tables = in_force(rules, DAYS[half])
    for table in rules.tables:
        if not table.valid_from and not table.valid_to:
            continue  # one table for the year has no halves
        if (table.valid_from is None) == bool(half):
            continue
        for one in table.criteria:
            asked = {
                measure.obligation
                for name in measures_of(one)
                if isinstance(measure := rules.measured[name], DaysLateMeasure)
            }
            gone = [
                code
                for code in CODES
                if asked
                and not asked & _spoken_of(here, code)
                and (half == 0 or asked <= _spoken_of(other, code))
            ]
            if gone:
                tables = not_assigned(tables, (table.id, one.id), gone)
    content = tables.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    content.pop("each_table_counts", None)
    return score(here, CLUSTERS, RuleSet.model_validate(content))


def _spoken_of(facts: list[KnownFact], unit: str) -> set[str]:
    return {
        fact.fields["obligation"]
        for fact in facts
        if fact.unit == unit and fact.event in STATUS_EVENTS
    }


@tried
@given(by_days())
def test_the_points_of_a_unit_are_the_sum_of_what_each_half_gives_alone(one: Situation) -> None:
    of_halves = halves(one.facts)
    parts = [alone(one.rules, half, of_halves) for half in (0, 1)]
    for code in CODES:
        points = one.scored().unit(code)
        if points is None or not points.parts:
            continue
        by_itself = [found for part in parts if (found := part.unit(code)) is not None]
        assert [(each.table, each.total, each.maximum) for each in points.parts] == [
            (each.table, each.total, each.maximum) for each in by_itself
        ]
        assert points.total == sum(each.total for each in by_itself)
        assert points.maximum == sum(each.maximum for each in by_itself)
        assert {line.criterion: line.points for line in points.lines} == {
            within(each.table, line.criterion): line.points
            for each in by_itself
            for line in each.lines
        }


@tried
@given(by_days(), st.data())
def test_running_tallies_come_to_the_same_in_any_order_and_in_any_batches(
    one: Situation, data: st.DataObject
) -> None:
    arriving: list[Event] = data.draw(st.permutations([*one.events, *one.events[::3]]))
    size = data.draw(st.sampled_from([1, 1, 2, 5, 20]))
    running = InMemory(one.rules, CLUSTERS)
    for start in range(0, len(arriving), size):
        running.take(arriving[start : start + size])
    truth = tallier_of(one.rules).tallies(one.facts)
    assert {unit: tally for unit, tally in running.tallies.items() if tally} == {
        unit: tally for unit, tally in truth.items() if tally
    }
    assert digest_of(running.results()) == digest_of(one.scored())


@tried
@given(by_days())
def test_a_rule_set_with_one_table_a_year_has_no_parts(one: Situation) -> None:
    for result in one.scored().clusters.values():
        for points in result.units:
            tables = [t for t in one.rules.tables if t.id.startswith(points.table.split("-")[0])]
            assert bool(points.parts) == (len(tables) > 1)


MEASURES: Mapping[str, Any] = {
    "essays": {"kind": "count", "of": "essay-submitted", "unless": "essay-withdrawn"},
    "marks": {"kind": "sum", "of": "essay-judged", "field": "mark", "unless": "essay-withdrawn"},
    "documents": {
        "kind": "sum",
        "of": "figure-reported",
        "field": "value",
        "where": [{"field": "value", "at_least": "0"}],  # no part gives less than nothing
    },
}
WITHOUT_END = "1000000"


def additive(*, divided: bool) -> RuleSet:
    """Points for each, by one table or by the same one twice, without any cap that is reached."""
    text = {"vi": "Mẫu", "en": "Sample"}
    each = [
        criterion(
            "base-plus-minus",
            f"I.{at}",
            WITHOUT_END,
            base="0",
            floor=f"-{WITHOUT_END}",
            ceiling=WITHOUT_END,
            plus=[{"measure": name, "each": "2"}],
        )
        for at, name in enumerate(MEASURES, start=1)
    ]
    table = {
        "title": text,
        "applies_to": {"levels": ["upper"]},
        "maximum": "3000000",
        "groups": [group(*each, maximum="3000000")],
    }
    once = [{**table, "id": "year"}]
    twice = [
        {**table, "id": "first", "valid_to": HALF_YEAR},
        {**table, "id": "second", "valid_from": HALF_YEAR},
    ]
    found = RuleSet.model_validate(
        {
            "rule_set": "additive",
            "sample": True,
            "title": text,
            "campaign": "hanoi-2020",
            "rounding": {"to": "0.000001", "mode": "half-up"},
            "measures": MEASURES,
            "tables": twice if divided else once,
        }
    )
    return each_counts_its_days(found) if divided else found


@tried
@given(seasons(additive(divided=False)))
def test_the_same_table_on_both_sides_gives_what_it_gives_undivided(season: Any) -> None:
    whole = Situation(additive(divided=False), season).scored()
    divided = Situation(additive(divided=True), season).scored()
    totals = {
        points.unit: points.total for result in whole.clusters.values() for points in result.units
    }
    assume(any(totals.values()))
    for code, total in totals.items():
        points = divided.unit(code)
        assert points is not None
        assert points.total == total
        assert sum((part.total for part in points.parts), Decimal(0)) == total

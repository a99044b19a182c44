"""Groups in groups: sub-totals, caps, bonuses and assignment at each level."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from services.contracts.events import PointsPublished, PublishedSubtotal
from services.contracts.rules import RuleSet
from services.scoring.engine.digest import unit_digest
from services.scoring.engine.explain import facts_by_criterion
from services.scoring.engine.results import ClusterResult, Subtotal, UnitPoints
from services.scoring.engine.score import score
from services.scoring.publications.differences import lines
from services.scoring.publications.published_facts import Issue, points_of, points_published
from tests.scoring.facts import essay, known, score_entered
from tests.scoring.sample_rules import criterion, group, rules, unit


def entered(id_: str, maximum: str = "10", **more: Any) -> dict[str, Any]:
    return criterion("entered", id_, maximum, **more)


def table(**of_inner: Any) -> RuleSet:
    """I (30) with I.1 (10) and I.a (20, its criteria 24, capped); in that I.a.i (4) as well."""
    innermost = group(entered("I.a.i.1", "4"), id_="I.a.i", maximum="4")
    inner = {"cap": "20", "groups": [innermost], **of_inner}
    return rules(
        group(
            entered("I.1"),
            maximum="30",
            groups=[group(entered("I.a.1"), entered("I.a.2"), id_="I.a", maximum="20", **inner)],
        ),
        maximum="30",
    )


ALL: Mapping[str, str] = {"I.1": "6", "I.a.1": "10", "I.a.2": "9", "I.a.i.1": "4"}


def points_by(of: RuleSet, given: Mapping[str, str] = ALL, code: str = "A") -> UnitPoints:
    facts = known(*(score_entered(code, id_, "final", points) for id_, points in given.items()))
    found = score(facts, {"c": [unit("A"), unit("B")]}, of).unit(code)
    assert found is not None
    return found


def subtotals(points: UnitPoints) -> dict[str, Subtotal]:
    return {each.group: each for of in points.groups for each in of.subtotals}


def test_each_level_has_its_sub_total_under_its_cap_and_lines_keep_theirs() -> None:
    points = points_by(table())
    (outer,) = points.groups
    inner = subtotals(points)
    assert [line.criterion for line in points.lines] == ["I.1", "I.a.1", "I.a.2", "I.a.i.1"]
    assert [line.points for line in outer.lines] == [6, 10, 9, 4]
    assert (inner["I.a.i"].points, inner["I.a.i"].capped, inner["I.a.i"].within) == (
        4,
        False,
        "I.a",
    )
    assert (inner["I.a"].points, inner["I.a"].capped, inner["I.a"].within) == (20, True, "I")
    assert (inner["I.a"].criteria, inner["I.a.i"].criteria) == (("I.a.1", "I.a.2"), ("I.a.i.1",))
    assert (outer.points, outer.capped, points.total, points.maximum) == (26, False, 26, 30)


def test_the_cap_of_the_outer_group_takes_from_what_the_inner_ones_leave() -> None:
    of = rules(
        group(
            maximum="12",
            cap="12",
            groups=[
                group(entered("a.1"), id_="a", maximum="10"),
                group(entered("b.1"), id_="b", maximum="5", cap="5"),
            ],
        ),
        maximum="12",
    )
    points = points_by(of, {"a.1": "9", "b.1": "8"})
    assert (points.groups[0].points, points.groups[0].capped) == (12, True)
    assert {id_: each.points for id_, each in subtotals(points).items()} == {"a": 9, "b": 5}


def test_a_bonus_group_in_a_group_comes_on_top_of_it() -> None:
    of = rules(
        group(
            entered("I.1"),
            maximum="10",
            groups=[group(entered("x.1", "5"), id_="x", maximum="5", bonus=True)],
        )
    )
    points = points_by(of, {"I.1": "10", "x.1": "4"})
    (outer,) = points.groups
    assert (points.total, points.maximum, outer.maximum, outer.bonus) == (14, 10, 10, 4)
    assert (subtotals(points)["x"].maximum, subtotals(points)["x"].bonus) == (0, 4)


def test_what_is_on_top_of_an_inner_group_is_on_top_of_the_outer_one_up_to_its_cap() -> None:
    inner = group(entered("a.1"), entered("a.2", "5", bonus=True), id_="a", maximum="10")
    of = rules(group(maximum="10", cap="12", groups=[inner]))
    points = points_by(of, {"a.1": "9", "a.2": "5"})
    assert (points.total, points.groups[0].bonus, points.groups[0].capped) == (12, 3, True)
    assert subtotals(points)["a"].bonus == 5


def test_a_group_that_is_not_assigned_takes_all_that_is_in_it_out() -> None:
    points = points_by(table(assigned_to={"except_units": ["A"]}))
    assert [line.assigned for line in points.lines] == [True, False, False, False]
    assert (points.total, points.maximum, points.comparable) == (6, 10, 18)
    assert points_by(table(assigned_to={"except_units": ["A"]}), code="B").maximum == 30


def test_what_decides_about_an_outer_group_is_behind_every_line_in_it() -> None:
    when = {"measure": "essays", "at_least": "1"}
    of = rules(
        group(
            maximum="10",
            assigned_to={"when": when},
            groups=[
                group(
                    maximum="10", id_="a", groups=[group(entered("a.1"), id_="a.i", maximum="10")]
                )
            ],
        )
    )
    facts = known(essay("A", "one"))
    assert facts_by_criterion(facts, of.tables[0], of)["a.1"] == facts
    assert set(of.tables[0].measures()) == {"essays", "entered:a.1:final"}


@pytest.mark.parametrize(("first", "comparable"), [("10", "30"), ("5", "27.66")])
def test_what_was_earned_of_the_maximum_is_scaled_level_by_level(
    first: str, comparable: str
) -> None:
    content = table().content()
    (outer,) = content["tables"][0]["groups"]
    outer["criteria"][0]["assigned_to"] = {"except_units": ["A"]}
    given = {"I.a.1": first, "I.a.2": "9.44", "I.a.i.1": "4"}
    points = points_by(RuleSet.model_validate(content), given)
    assert points.maximum == 20
    assert points.comparable == Decimal(comparable), "never more of I.a than its 20"


def test_an_inner_group_may_decide_between_equal_totals() -> None:
    content = table().content()
    of = RuleSet.model_validate({**content, "tie_break": ["I.a"]})
    entries = [
        *(("A", id_, points) for id_, points in (("I.1", "9"), ("I.a.1", "3"))),
        *(("B", id_, points) for id_, points in (("I.1", "3"), ("I.a.1", "9"))),
    ]
    facts = known(*(score_entered(code, id_, "final", points) for code, id_, points in entries))
    found = score(facts, {"c": [unit("A"), unit("B")]}, of).clusters["c"].units
    assert [(one.unit, one.total, one.rank) for one in found] == [("B", 12, 1), ("A", 12, 2)]


def test_the_digest_of_points_speaks_of_sub_totals_and_is_the_same_where_there_are_none() -> None:
    points = points_by(table())
    (outer,) = points.groups
    other = replace(outer.subtotals[0], points=Decimal(19))
    changed = replace(points, groups=(replace(outer, subtotals=(other, *outer.subtotals[1:])),))
    assert unit_digest(points) != unit_digest(changed)


def test_points_that_were_stored_before_there_were_sub_totals_are_read() -> None:
    flat = rules(group(entered("I.1"), maximum="10"))
    points = points_by(flat, {"I.1": "7"})
    stored = msgspec.to_builtins(points)
    assert stored["groups"][0].pop("subtotals") == ()
    assert msgspec.convert(stored, UnitPoints) == points


def test_a_flat_rule_set_says_nothing_of_groups_in_groups() -> None:
    flat = rules(group(entered("I.1"), maximum="10")).content()
    (written,) = flat["tables"][0]["groups"]
    assert set(written) == {"id", "title", "maximum", "criteria"}


def published(points: UnitPoints, of: RuleSet) -> PointsPublished:
    now = datetime(2020, 12, 31, tzinfo=UTC)
    issue = Issue("hanoi-2020", 1, of, now, now, None, None, simulated=False)
    return points_published(issue, ClusterResult("c", (points,), simulated=False), points, {})


def test_a_publication_has_the_sub_totals_and_gives_them_back() -> None:
    points = points_by(table())
    made = published(points, table())
    assert [(each.group, each.within) for each in made.subtotals] == [
        ("I.a", "I"),
        ("I.a.i", "I.a"),
    ]
    assert points_of(PointsPublished.model_validate_json(made.model_dump_json())) == points


def test_a_sub_total_that_differs_is_named() -> None:
    points = points_by(table())
    made, now = published(points, table()), published(points_by(table(cap=None)), table())
    found = [one.en for one in lines(made, now, table())]
    assert found == [
        "group I: points: published 26, computed 29",
        "group I.a: points: published 20, computed 23",
        "group I.a: capped: published yes, computed no",
    ]


@pytest.mark.parametrize("name", sorted(PublishedSubtotal.model_fields))
def test_no_field_of_a_sub_total_can_be_forged(name: str) -> None:
    points = points_by(table())
    made = published(points, table())
    first, *others = made.subtotals
    value = getattr(first, name)
    other = {bool: True, Decimal: Decimal(7), str: "I.z", tuple: ("I.z",)}[type(value)]
    if other == value:
        other = False
    forged = made.model_copy(
        update={"subtotals": (first.model_copy(update={name: other}), *others)}
    )
    assert list(lines(forged, made, table())), name
    assert points_of(forged) != points

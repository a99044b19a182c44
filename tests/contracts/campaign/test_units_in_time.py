"""Units that are renamed, moved, merged and split: who is what, and where, on each day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.campaign.units import Unit, UnitTree

MAY = date(2025, 5, 1)
REFORM = date(2025, 7, 1)
"""All districts of the country ended, and communes were redrawn below the cities and provinces."""
LATER = date(2025, 9, 1)
ONE_DAY = timedelta(days=1)


def unit(
    code: str,
    parent: str | None = "HN",
    *,
    name: str = "",
    level: str = "commune",
    cluster: str | None = None,
    since: date | None = None,
    until: date | None = None,
    successor: str | None = None,
) -> Unit:
    return Unit(
        code=code,
        name=name or f"Đơn vị {code}",
        kind=level,
        level=level,
        parent=parent,
        cluster=cluster,
        valid_from=since,
        valid_to=until,
        successor=successor,
    )


CITY = unit("HN", None, level="city")


def codes(units: object) -> list[str]:
    return [one.code for one in units]  # type: ignore[attr-defined]


# --- two communes become one ---


@pytest.fixture(scope="module")
def merged() -> UnitTree:
    """X1 and X2 become X3 on 1 May; X3 is taken over by X4, its neighbour, on 1 September."""
    return UnitTree(
        [
            CITY,
            unit("X1", until=MAY, successor="X3"),
            unit("X2", until=MAY, successor="X3"),
            unit("X3", since=MAY, until=LATER, successor="X4"),
            unit("X4"),
        ]
    )


def holder(tree: UnitTree, code: str, day: date) -> str | None:
    found = tree.holder(code, day)
    return found.code if found is not None else None


def test_what_a_unit_left_is_held_by_its_successor_from_the_day_it_ended(merged: UnitTree) -> None:
    assert holder(merged, "X1", MAY - ONE_DAY) == "X1"
    assert holder(merged, "X1", MAY) == "X3"
    assert holder(merged, "X1", LATER - ONE_DAY) == "X3"


def test_a_chain_of_successors_is_followed_to_who_exists(merged: UnitTree) -> None:
    assert {holder(merged, code, LATER) for code in ("X1", "X2", "X3", "X4")} == {"X4"}


def test_a_unit_knows_whom_it_took_over_from(merged: UnitTree) -> None:
    assert codes(merged.predecessors("X3", MAY)) == ["X1", "X2"]
    assert codes(merged.predecessors("X3", MAY - ONE_DAY)) == []
    assert codes(merged.predecessors("X4", LATER)) == ["X1", "X2", "X3"]
    assert codes(merged.predecessors("X3", LATER)) == []
    assert codes(merged.predecessors("nobody", LATER)) == []


def test_an_old_code_is_answered_with_what_became_of_it(merged: UnitTree) -> None:
    ended = merged.ended("X1", LATER)
    assert ended is not None
    assert (ended.unit.name, ended.day, ended.successor) == ("Đơn vị X1", MAY, "X3")
    assert merged.ended("X1", MAY - ONE_DAY) is None
    assert merged.ended("X4", LATER) is None
    assert merged.ended("nobody", LATER) is None


def test_a_unit_that_is_yet_to_begin_is_held_by_nobody(merged: UnitTree) -> None:
    assert merged.holder("X3", MAY - ONE_DAY) is None
    assert merged.ended("X3", MAY - ONE_DAY) is None


def test_of_a_split_one_unit_takes_over_and_the_others_begin() -> None:
    tree = UnitTree(
        [
            CITY,
            unit("X1", until=MAY, successor="X2"),
            unit("X2", since=MAY),
            unit("X3", since=MAY),
        ]
    )
    assert codes(tree.predecessors("X2", MAY)) == ["X1"]
    assert codes(tree.predecessors("X3", MAY)) == []


# --- a commune moves to another district ---


@pytest.fixture(scope="module")
def moved() -> UnitTree:
    """X1 goes from Q1 to Q2 on 1 May and changes its cluster; it is renamed on 1 July."""
    return UnitTree(
        [
            CITY,
            unit("Q1", level="upper"),
            unit("Q2", level="upper"),
            unit("X1", "Q1", name="Xã Cũ", cluster="of-Q1", until=MAY),
            unit("X2", "Q1", cluster="of-Q1"),
            unit("X1", "Q2", name="Xã Cũ", cluster="of-Q2", since=MAY, until=REFORM),
            unit("X1", "Q2", name="Xã Mới", cluster="of-Q2", since=REFORM),
        ]
    )


def test_a_moved_unit_is_once_in_the_tree_of_each_day(moved: UnitTree) -> None:
    for day in (MAY - ONE_DAY, MAY, REFORM):
        assert codes(moved.on(day)) == ["HN", "Q1", "Q2", "X1", "X2"]
    assert codes(moved) == ["HN", "Q1", "Q2", "X1", "X2"]
    assert len(moved) == 5
    assert len(moved.rows) == 7


def test_a_moved_unit_has_the_parent_cluster_and_name_of_the_day(moved: UnitTree) -> None:
    eve, day = MAY - ONE_DAY, MAY
    assert codes(moved.on(eve).ancestors("X1")) == ["Q1", "HN"]
    assert codes(moved.on(day).ancestors("X1")) == ["Q2", "HN"]
    assert codes(moved.children("Q1", eve)) == ["X1", "X2"]
    assert codes(moved.children("Q1", day)) == ["X2"]
    assert codes(moved.clusters(day)["of-Q2"]) == ["X1"]
    assert "of-Q2" not in moved.clusters(eve)
    names = [moved.on(d)["X1"].name for d in (eve, day, REFORM)]
    assert names == ["Xã Cũ", "Xã Cũ", "Xã Mới"]
    was = moved.get("X1", eve)
    assert was is not None
    assert was.parent == "Q1"


def test_a_moved_unit_has_not_ended_and_holds_its_own(moved: UnitTree) -> None:
    assert moved.ended("X1", MAY) is None
    assert holder(moved, "X1", MAY) == "X1"
    assert moved.exists("X1", MAY)


def test_without_a_day_a_unit_is_as_it_was_last(moved: UnitTree) -> None:
    assert moved["X1"].name == "Xã Mới"
    assert codes(moved.ancestors("X1")) == ["Q2", "HN"]
    assert codes(moved.subtree("Q1")) == ["Q1", "X2"]
    assert moved.covers("Q2", "X1")
    assert not moved.covers("Q1", "X1")


def test_a_question_with_a_day_has_one_answer_whatever_tree_is_asked(moved: UnitTree) -> None:
    view = moved.on(REFORM)
    assert view.on(MAY - ONE_DAY) is moved.on(MAY - ONE_DAY)
    assert view.exists("X1", MAY)
    assert codes(view.children("Q1", MAY - ONE_DAY)) == ["X1", "X2"]
    assert view.rows == moved.rows


def test_two_units_may_change_places() -> None:
    """A circle only where the days are mixed: on no day is one above the other and below it."""
    tree = UnitTree(
        [
            CITY,
            unit("A", "HN", until=MAY),
            unit("B", "A", until=MAY),
            unit("B", "HN", since=MAY),
            unit("A", "B", since=MAY),
        ]
    )
    assert codes(tree.on(MAY - ONE_DAY).ancestors("B")) == ["A", "HN"]
    assert codes(tree.on(MAY).ancestors("A")) == ["B", "HN"]


# --- the reform of 1 July 2025, with a campaign that runs across it ---


@pytest.fixture(scope="module")
def reformed() -> UnitTree:
    """Two districts end, four communes become two that report to the city, one stays as it is."""
    return UnitTree(
        [
            CITY,
            unit("Q1", level="upper", until=REFORM),
            unit("Q2", level="upper", until=REFORM),
            unit("X1", "Q1", until=REFORM, successor="P1"),
            unit("X2", "Q1", until=REFORM, successor="P1"),
            unit("X3", "Q2", until=REFORM, successor="P1"),
            unit("X4", "Q2", until=REFORM),
            unit("X4", "HN", since=REFORM),
            unit("P1", "HN", since=REFORM),
        ]
    )


def test_the_reform_is_one_tree_with_two_shapes(reformed: UnitTree) -> None:
    assert codes(reformed.on(REFORM - ONE_DAY)) == ["HN", "Q1", "Q2", "X1", "X2", "X3", "X4"]
    assert codes(reformed.on(REFORM)) == ["HN", "X4", "P1"]
    assert codes(reformed.children("HN", REFORM)) == ["X4", "P1"]
    assert codes(reformed.predecessors("P1", REFORM)) == ["X1", "X2", "X3"]
    assert reformed.holder("Q1", REFORM) is None


# --- a tree that cannot be is never made ---


@pytest.mark.parametrize(
    ("units", "what"),
    [
        ([CITY, unit("X1", until=MAY), unit("X1", since=MAY - ONE_DAY)], "overlap"),
        ([CITY, unit("X1", until=MAY), unit("X1", since=REFORM)], "leave days between"),
        ([CITY, unit("X1", until=MAY, successor="X9")], "successor X9 of unit X1"),
        ([CITY, unit("X1", until=MAY, successor="X1")], "successor X1 of unit X1"),
        ([CITY, unit("X1", until=MAY, successor="X2"), unit("X2", since=REFORM)], "does not exist"),
        (
            [
                CITY,
                unit("X1", until=MAY, successor="X2"),
                unit("X2", until=MAY, successor="X1"),
            ],
            "does not exist",
        ),
        ([CITY, unit("X1", until=MAY, successor="HN"), unit("X1", since=MAY)], "has a successor"),
        ([CITY, unit("X1", since=MAY, until=MAY)], "ends before"),
        ([CITY, unit("Q1", until=MAY), unit("X1", "Q1")], "parent Q1 does not"),
        (
            [
                CITY,
                unit("A", until=MAY),
                unit("B", "A", until=REFORM),
                unit("A", "B", since=MAY, until=REFORM),
            ],
            "circle",
        ),
    ],
)
def test_a_tree_whose_questions_would_not_end_is_never_made(units: list[Unit], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        UnitTree(units)


# --- for any tree ---

FIRST = date(2025, 1, 1)


@st.composite
def histories(draw: st.DrawFn) -> UnitTree:
    """Units that begin, are renamed, end and are taken over, in any order of rows."""
    count = draw(st.integers(2, 9))
    days = st.integers(0, 6)
    lives = [
        sorted(draw(st.lists(days, min_size=2, max_size=4, unique=True))) for _ in range(count)
    ]
    rows = [CITY]
    for at, life in enumerate(lives):
        open_end = draw(st.booleans())
        for one, (begins, ends) in enumerate(pairwise(life)):
            last = one == len(life) - 2
            heirs = [
                f"U{other}"
                for other, its in enumerate(lives)
                if other != at and its[0] <= ends < its[-1]
            ]
            endless = last and open_end
            rows.append(
                unit(
                    f"U{at}",
                    name=f"Tên {begins}",
                    since=FIRST + begins * ONE_DAY,
                    until=None if endless else FIRST + ends * ONE_DAY,
                    successor=draw(st.sampled_from([None, *heirs]))
                    if last and not endless and heirs
                    else None,
                )
            )
    return UnitTree(draw(st.permutations(rows)))


DAYS = [FIRST + day * ONE_DAY for day in range(-1, 9)]


@given(histories())
def test_what_an_ended_unit_left_has_one_holder_on_each_day_as_long_as_somebody_took_over(
    tree: UnitTree,
) -> None:
    for day in DAYS:
        for one in tree:
            ended, held = tree.ended(one.code, day), tree.holder(one.code, day)
            if tree.exists(one.code, day):
                assert held == tree.get(one.code, day)
                assert ended is None
            elif ended is not None and ended.successor is not None:
                assert held == tree.holder(ended.successor, day)
            else:
                assert held is None
            assert held is None or tree.exists(held.code, day)


@given(histories())
def test_predecessors_part_what_ended_among_those_that_hold_it(tree: UnitTree) -> None:
    for day in DAYS:
        of = {one.code: codes(tree.predecessors(one.code, day)) for one in tree}
        taken = [code for its in of.values() for code in its]
        assert len(taken) == len(set(taken))
        assert set(taken) == {
            one.code
            for one in tree
            if (held := tree.holder(one.code, day)) is not None and held.code != one.code
        }
        for code, its in of.items():
            assert all(holder(tree, gone, day) == code for gone in its)
            assert its == [one.code for one in tree if one.code in its]


@given(histories())
def test_the_tree_of_a_day_has_who_exists_once_and_as_it_was_then(tree: UnitTree) -> None:
    for day in DAYS:
        expected = {row.code: row for row in tree.rows if row.exists_on(day)}
        assert {one.code: one for one in tree.on(day)} == expected
        assert sum(row.exists_on(day) for row in tree.rows) == len(tree.on(day))

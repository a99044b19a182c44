"""The unit tree at any depth and on any day."""

import unicodedata
from datetime import date

import pytest

from services.contracts.campaign.units import Audience, Unit, UnitTree, UnknownUnitError

REFORM = date(2025, 7, 1)
"""Hanoi had 30 districts before that day and none from it on."""
EVE = date(2025, 6, 30)


def unit(
    code: str,
    parent: str | None,
    level: str = "l",
    cluster: str | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
) -> Unit:
    return Unit(
        code=code,
        name=f"Đơn vị {code}",
        kind="k",
        level=level,
        parent=parent,
        cluster=cluster,
        valid_from=since,
        valid_to=until,
    )


@pytest.fixture(scope="module")
def five_levels() -> UnitTree:
    """Children before parents, as a file may have them."""
    return UnitTree(
        [
            unit("E1", "D1", "l5"),
            unit("D1", "C1", "l4"),
            unit("C1", "B1", "l3", "c"),
            unit("C2", "B1", "l3", "c"),
            unit("B1", "A", "l2"),
            unit("B2", "A", "l2"),
            unit("A", None, "l1"),
        ]
    )


@pytest.fixture(scope="module")
def reformed() -> UnitTree:
    """A district that ends on 1 July 2025 with its wards, and a ward that begins that day."""
    return UnitTree(
        [
            unit("HN", None),
            unit("Q001", "HN", "upper", "urban", until=REFORM),
            unit("X1", "Q001", "commune", "of-Q001", until=REFORM),
            unit("X2", "Q001", "commune", "of-Q001", since=date(2021, 1, 1), until=REFORM),
            unit("P1", "HN", "commune", "wards", since=REFORM),
        ]
    )


def test_five_levels_are_climbed_to_the_root(five_levels: UnitTree) -> None:
    assert [u.code for u in five_levels.ancestors("E1")] == ["D1", "C1", "B1", "A"]
    assert five_levels.ancestors("A") == ()


def test_five_levels_are_walked_down_parents_first(five_levels: UnitTree) -> None:
    assert [u.code for u in five_levels.subtree("B1")] == ["B1", "C1", "C2", "D1", "E1"]
    assert [u.code for u in five_levels.subtree("E1")] == ["E1"]


def test_a_unit_covers_itself_and_all_below_and_nothing_else(five_levels: UnitTree) -> None:
    covered = {code for code in (u.code for u in five_levels) if five_levels.covers("B1", code)}
    assert covered == {"B1", "C1", "C2", "D1", "E1"}
    assert not five_levels.covers("B1", "unknown")
    assert not five_levels.covers("unknown", "unknown")


def test_a_unit_exists_up_to_the_eve_of_the_day_it_ends(reformed: UnitTree) -> None:
    assert reformed.exists("Q001", EVE)
    assert not reformed.exists("Q001", REFORM)
    assert not reformed.exists("P1", EVE)
    assert reformed.exists("P1", REFORM)
    assert not reformed.exists("nobody", REFORM)


def test_a_unit_that_ended_is_still_known_by_its_code(reformed: UnitTree) -> None:
    ended = reformed.get("Q001")
    assert ended is not None
    assert ended.valid_to == REFORM
    assert reformed["Q001"] is ended


def test_the_tree_of_a_day_has_the_units_of_that_day(reformed: UnitTree) -> None:
    def codes(day: date) -> list[str]:
        return [u.code for u in reformed.on(day)]

    assert codes(date(2020, 12, 31)) == ["HN", "Q001", "X1"]
    assert codes(date(2021, 1, 1)) == ["HN", "Q001", "X1", "X2"]
    assert codes(EVE) == ["HN", "Q001", "X1", "X2"]
    assert codes(REFORM) == ["HN", "P1"]


def test_the_tree_of_a_day_is_made_once_between_two_changes(reformed: UnitTree) -> None:
    assert reformed.on(date(2022, 1, 1)) is reformed.on(date(2023, 1, 1))
    assert reformed.on(date(2020, 1, 1)) is not reformed.on(date(2022, 1, 1))


def test_a_tree_without_days_is_the_same_on_every_day(five_levels: UnitTree) -> None:
    assert five_levels.on(REFORM) is five_levels


def test_children_and_clusters_are_those_of_the_day(reformed: UnitTree) -> None:
    assert [u.code for u in reformed.children("HN", EVE)] == ["Q001"]
    assert [u.code for u in reformed.children("HN", REFORM)] == ["P1"]
    assert {c: [u.code for u in us] for c, us in reformed.clusters(EVE).items()} == {
        "urban": ["Q001"],
        "of-Q001": ["X1", "X2"],
    }
    assert list(reformed.clusters(REFORM)) == ["wards"]


def test_a_unit_is_asked_as_it_is_on_the_last_day_or_on_its_own_last_one(
    reformed: UnitTree,
) -> None:
    communes, opens = Audience(levels=("commune",)), date(2020, 1, 1)

    def asked(audience: Audience, last_day: date, opens: date = opens) -> list[str]:
        return [u.code for u in reformed if reformed.is_asked(u.code, audience, opens, last_day)]

    assert asked(communes, date(2020, 6, 1)) == ["X1"]
    assert asked(communes, EVE) == ["X1", "X2"]
    assert asked(communes, REFORM) == ["X1", "X2", "P1"], "those that end owe it until they do"
    assert asked(communes, REFORM, opens=REFORM) == ["P1"], "who ended before is not asked"
    assert len(asked(Audience(kinds=("k",)), EVE)) == 4
    assert not reformed.is_asked("nobody", communes, opens, EVE)


def test_questions_about_an_unknown_unit_name_it(five_levels: UnitTree) -> None:
    for ask in (five_levels.ancestors, five_levels.subtree, five_levels.__getitem__):
        with pytest.raises(UnknownUnitError, match="nobody"):
            ask("nobody")
    with pytest.raises(UnknownUnitError, match="nobody"):
        five_levels.children("nobody", REFORM)
    assert five_levels.get("nobody") is None
    assert "nobody" not in five_levels


@pytest.mark.parametrize(
    ("units", "what"),
    [
        ([unit("A", None), unit("A", None)], "overlap"),
        ([unit("A", "B")], "unknown parent B"),
        ([unit("A", "B"), unit("B", "A")], "circle"),
        ([unit("A", "A")], "circle"),
    ],
)
def test_a_tree_that_cannot_be_walked_is_never_made(units: list[Unit], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        UnitTree(units)


def test_names_are_brought_to_one_unicode_form() -> None:
    decomposed = unicodedata.normalize("NFD", "Hội Nông dân")
    assert decomposed != "Hội Nông dân"
    assert Unit(code="HND", name=decomposed, kind="k", level="l").name == "Hội Nông dân"


def test_codes_keep_their_leading_zeros() -> None:
    ward = Unit(code="00004", name="Phường Trúc Bạch", kind="k", level="l", gso_code="00004")
    assert (ward.code, ward.gso_code) == ("00004", "00004")

"""Who sees whom by the tree of a day, and for whom the account of a unit that ended acts."""

from datetime import date, timedelta

import pytest

from services.contracts.campaign.rights import acts_for, may_see_unit
from services.contracts.campaign.units import UnitTree
from tests.contracts.campaign.test_units_in_time import CITY, unit

MAY = date(2025, 5, 1)
REFORM = date(2025, 7, 1)
EVE = REFORM - timedelta(days=1)


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


SEES = [
    # account of, asked about, on the eve, on the day
    ("Q1", "X1", True, False),  # its district is no more, and the city's account is not its own
    ("Q1", "Q1", True, True),
    ("Q2", "X1", False, False),
    ("Q2", "X4", True, False),
    ("X1", "X1", True, True),
    ("X1", "P1", False, True),  # it acts for its successor
    ("X1", "X2", False, True),  # which holds what the other one left as well
    ("P1", "X3", False, True),
    ("P1", "X4", False, False),
    ("X4", "X4", True, True),
    ("HN", "X1", True, True),
    ("HN", "P1", True, True),
    ("HN", "Q1", True, True),  # nobody took over: it is still below whom it reported to
    ("Q9", "X1", False, False),
]


@pytest.mark.parametrize(("account", "about", "eve", "day"), SEES)
def test_rights_are_those_of_the_day_and_follow_the_successor(
    reformed: UnitTree, account: str, about: str, eve: bool, day: bool
) -> None:
    roles = {"district"}
    assert may_see_unit(roles, account, about, reformed, EVE) is eve
    assert may_see_unit(roles, account, about, reformed, REFORM) is day


def test_an_account_acts_for_who_took_over(reformed: UnitTree) -> None:
    assert acts_for("X1", reformed, EVE) == "X1"
    assert acts_for("X1", reformed, REFORM) == "P1"
    assert acts_for("Q1", reformed, REFORM) == "Q1"
    assert acts_for("unknown", reformed, REFORM) == "unknown"
    assert acts_for(None, reformed, REFORM) is None


def test_a_unit_sees_its_own_whatever_its_role_and_ops_sees_none(reformed: UnitTree) -> None:
    assert may_see_unit({"unit"}, "X1", "X2", reformed, REFORM)
    assert not may_see_unit({"unit"}, "HN", "X1", reformed, REFORM)
    assert not may_see_unit({"ops"}, "X1", "X1", reformed, REFORM)
    assert not may_see_unit({"district"}, None, "X1", reformed, REFORM)
    assert may_see_unit({"board"}, None, "X1", reformed, REFORM)


def test_the_district_sees_a_commune_that_ended_and_that_nobody_took_over() -> None:
    tree = UnitTree([CITY, unit("Q1"), unit("Q2"), unit("X1", "Q1", until=MAY)])
    assert may_see_unit({"district"}, "Q1", "X1", tree, MAY)
    assert not may_see_unit({"district"}, "Q2", "X1", tree, MAY)

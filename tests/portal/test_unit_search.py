"""Promise: a unit is found as people call it, and what is listed is in Vietnamese order."""

import pytest

from services.contracts.campaign.loader import load_campaign
from services.contracts.campaign.units import UnitTree
from services.portal.unit_search import code_of, found, in_order
from tests.support.announcing import HANOI


@pytest.fixture(scope="module")
def units() -> UnitTree:
    """Those of 2020."""
    return load_campaign(HANOI).units


@pytest.mark.parametrize(
    "asked", ["thanh xuan", "Thanh Xuân", "quận thanh xuân", "TX", "tx", "qtx", "Q009", " q009 "]
)
def test_thanh_xuan_is_found_first(units: UnitTree, asked: str) -> None:
    assert found(units, asked)[0].code == "Q009"


def test_what_is_named_whole_stands_before_what_is_named_in_part(units: UnitTree) -> None:
    names = [unit.name for unit in found(units, "thanh xuan")]
    assert names == [
        "Quận Thanh Xuân",
        "Xã Thanh Xuân",
        "Phường Thanh Xuân Bắc",
        "Phường Thanh Xuân Nam",
        "Phường Thanh Xuân Trung",
    ]


@pytest.mark.parametrize("asked", ["", "  ", "khong co", "%", "(", "\N{COMBINING ACUTE ACCENT}"])
def test_nothing_is_found_where_nothing_is_meant(units: UnitTree, asked: str) -> None:
    assert found(units, asked) == []


def test_units_stand_in_vietnamese_order(units: UnitTree) -> None:
    districts = [unit.name for unit in in_order(units) if unit.kind == "quan"]
    assert districts[:5] == [
        "Quận Ba Đình",
        "Quận Bắc Từ Liêm",
        "Quận Cầu Giấy",
        "Quận Đống Đa",
        "Quận Hà Đông",
    ]


def test_a_line_means_a_unit_where_it_is_its_code_or_whole_name(units: UnitTree) -> None:
    assert code_of(units, "quan thanh xuan ") == "Q009"
    assert code_of(units, "q009") == "Q009"
    assert code_of(units, "Thanh Xuân") == "Thanh Xuân"

"""T5, a labour federation: a table a kind of unit, levels of whole numbers, knock-outs."""

from decimal import Decimal

import pytest

from tests.scoring.facts import figure
from tests.scoring.tables.trial import trial

ROUND_FIRST = trial("t5_labour_federation")
HALF_OPEN = trial(
    "t5_labour_federation",
    without=(
        '    level_rounding: {to: "1", mode: half-up}\n',
        ', up_to: "89"',
        ', up_to: "74"',
        ', up_to: "49"',
    ),
)
TABLES = {"OFF": "offices", "SCH": "schools", "ENT": "enterprises"}
KNOCK_OUTS = {
    "illegal-strikes": "K1",
    "fatal-accidents-own-fault": "K2",
    "key-officials-disciplined": "K3",
}


@pytest.mark.parametrize(
    ("total", "round_first", "half_open"),
    [
        ("100", "excellent", "excellent"),
        ("90", "excellent", "excellent"),
        ("89.99", "excellent", "good"),
        ("89.5", "excellent", "good"),
        ("89.49", "good", "good"),
        ("89", "good", "good"),
        ("75", "good", "good"),
        ("74.5", "good", "done"),
        ("74.49", "done", "done"),
        ("50", "done", "done"),
        ("49.5", "done", "not-done"),
        ("49.49", "not-done", "not-done"),
        ("49", "not-done", "not-done"),
        ("0", "not-done", "not-done"),
    ],
)
def test_what_lies_between_two_whole_numbers_goes_as_the_table_declares(
    total: str, round_first: str, half_open: str
) -> None:
    fact = figure("OFF", "item-points:2024", total)
    for table, level in ((ROUND_FIRST, round_first), (HALF_OPEN, half_open)):
        points = table.unit("OFF", fact)
        assert (points.total, points.level) == (Decimal(total), level)


@pytest.mark.parametrize("code", TABLES)
def test_each_kind_of_unit_has_its_own_table(code: str) -> None:
    points = ROUND_FIRST.unit(code, figure(code, "item-points:2024", "80"))
    assert (points.table, points.level) == (TABLES[code], "good")


@pytest.mark.parametrize("code", TABLES)
@pytest.mark.parametrize("what", KNOCK_OUTS)
@pytest.mark.parametrize("total", ["100", "60", "10"])
def test_any_knock_out_forces_the_lowest_level_and_leaves_the_points(
    code: str, what: str, total: str
) -> None:
    facts = [figure(code, "item-points:2024", total), figure(code, f"{what}:2024", "1")]
    points = ROUND_FIRST.unit(code, *facts)
    assert (points.total, points.level) == (Decimal(total), "not-done")
    assert points.knocked_out == (KNOCK_OUTS[what],)


def test_all_knock_outs_that_hold_are_named() -> None:
    facts = [figure("ENT", f"{what}:2024", "2") for what in KNOCK_OUTS]
    assert ROUND_FIRST.unit("ENT", *facts).knocked_out == ("K1", "K2", "K3")


def test_what_is_reported_as_none_knocks_nobody_out() -> None:
    facts = [figure("ENT", f"{what}:2024", "0") for what in KNOCK_OUTS]
    points = ROUND_FIRST.unit("ENT", figure("ENT", "item-points:2024", "95"), *facts)
    assert (points.knocked_out, points.level) == ((), "excellent")


def test_a_strike_that_a_correction_takes_back_knocks_out_no_more() -> None:
    facts = [
        figure("ENT", "item-points:2024", "95"),
        figure("ENT", "illegal-strikes:2024", "1"),
        figure("ENT", "illegal-strikes:2024", "0", version=2),
    ]
    assert ROUND_FIRST.unit("ENT", *facts).level == "excellent"

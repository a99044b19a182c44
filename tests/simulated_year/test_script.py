"""Promise: the simulated year has the numbers of the notice, and is the same at every run."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from infra.local.simulated_year.script import (
    COUNT_DAY,
    LATE_COMMUNE,
    NOTICE_DAY,
    PRAISED,
    SILENT,
    Act,
    acts_of_the_year,
)
from services.contracts.campaign.units import Unit

UNITS = Path("infra/campaigns/hanoi-2020/units.csv")


def units() -> list[Unit]:
    with UNITS.open(encoding="utf-8") as lines:
        return [
            Unit.model_validate({k: v or None for k, v in row.items()})
            for row in csv.DictReader(lines)
        ]


@pytest.fixture(scope="module")
def acts() -> list[Act]:
    return acts_of_the_year(units())


def essays(acts: list[Act]) -> list[Act]:
    return [act for act in acts if act.verb == "essay"]


def test_the_numbers_of_the_notice_are_met_exactly(acts: list[Act]) -> None:
    assert sum(act.day <= COUNT_DAY for act in essays(acts)) == 977
    withdrawn = sum(act.verb == "withdrawal" for act in acts)
    assert len(essays(acts)) - withdrawn == 2150


def test_the_praised_units_are_ahead_on_30_may(acts: list[Act]) -> None:
    counts = Counter(act.unit for act in essays(acts) if act.day <= COUNT_DAY)
    assert {unit for unit, _ in counts.most_common(len(PRAISED))} == set(PRAISED)


def test_some_units_never_send_and_many_have_sent_nothing_on_the_notices_day(
    acts: list[Act],
) -> None:
    ever = {act.unit for act in essays(acts)}
    by_the_notice = {act.unit for act in essays(acts) if act.day <= NOTICE_DAY}
    upper = {unit.code for unit in units() if unit.level == "upper"}
    assert upper - ever == set(SILENT)
    assert len(upper - by_the_notice) > len(SILENT) + 5


def test_more_than_half_arrive_in_the_last_days(acts: list[Act]) -> None:
    late_rush = [act for act in essays(acts) if act.day > COUNT_DAY]
    assert len(late_rush) > len(essays(acts)) / 2


def test_a_commune_reports_late_and_nobody_acts_twice_under_one_name(acts: list[Act]) -> None:
    late = [act for act in acts if act.unit == LATE_COMMUNE]
    assert [act.day >= date(2020, 6, 30) for act in late] == [True]
    names = Counter((act.verb, act.ref) for act in acts)
    assert not [name for name, count in names.items() if count > 1]


def test_two_runs_draw_the_same_year(acts: list[Act]) -> None:
    assert acts_of_the_year(units()) == acts


def test_a_year_in_small_keeps_its_stories(acts: list[Act]) -> None:
    small = acts_of_the_year(units(), scale=0.06)
    assert len(essays(small)) < len(essays(acts)) / 10
    assert {act.verb for act in small} == {act.verb for act in acts}
    assert LATE_COMMUNE in {act.unit for act in small}

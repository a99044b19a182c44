"""The schedule is drawn from its seed alone, and breaks everything that it promises to break."""

from collections import Counter
from datetime import date

import pytest

from infra.local.stack import ROOT
from services.chassis.crash import AFTER_EFFECT, INSIDE_REBALANCE, POINTS
from services.contracts.campaign.loader import load_campaign
from tests.chaos.commands import commands, silent_communes
from tests.chaos.planter import KINDS
from tests.chaos.receiver import MOODS, mood
from tests.chaos.schedule import POINTS as LINES
from tests.chaos.schedule import (
    POISON_AT_ONCE,
    PROCESSES,
    Act,
    crash_points,
    elsewhere,
    planned,
    schedule,
)

LONG = 100_000


def drawn(seed: int, count: int) -> list[Act]:
    return schedule(seed, count, poison=KINDS)


@pytest.mark.parametrize("count", [600, LONG])
def test_the_same_seed_draws_the_same_schedule_and_another_one_another(count: int) -> None:
    assert drawn(7, count) == drawn(7, count)
    assert drawn(7, count) != drawn(8, count)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("count", [600, LONG])
def test_every_process_dies_and_every_crash_point_is_met(seed: int, count: int) -> None:
    acts = drawn(seed, count)
    dying = {act.target for act in acts if act.verb in ("kill", "crash")}
    assert dying == set(PROCESSES)
    assert crash_points(acts) == set(POINTS)
    verbs = {act.verb for act in acts}
    assert verbs >= {"rebalance", "kill-broker", "kill-database", "repeat", "shuffle", "gone"}


@pytest.mark.parametrize("seed", range(8))
def test_in_a_long_run_every_service_dies_at_every_line_that_it_passes(seed: int) -> None:
    met = planned(drawn(seed, LONG))
    for service, points in LINES.items():
        assert all(met[f"{point} of {service}"] for point in points)
    assert met[f"{INSIDE_REBALANCE} of scoring"]
    assert met[f"{INSIDE_REBALANCE} of notifications"]
    assert {point for points in LINES.values() for point in points} | {INSIDE_REBALANCE} == set(
        POINTS
    )


def test_what_met_nothing_is_tried_on_the_other_replica() -> None:
    crash = Act(5, "crash", "scoring-1", AFTER_EFFECT, 2)
    assert elsewhere(crash) == Act(5, "crash", "scoring-0", AFTER_EFFECT, 1)
    assert planned([elsewhere(crash)]) == planned([crash])
    rebalance = Act(5, "rebalance", "scoring-1", "scoring-0", 1.5)
    assert elsewhere(rebalance) == Act(5, "rebalance", "scoring-0", "scoring-1", 1.5)


def test_in_a_long_run_both_groups_rebalance_and_both_servers_are_stopped_and_killed() -> None:
    acts = drawn(7, LONG)
    assert {act.target.rpartition("-")[0] for act in acts if act.verb == "rebalance"} == {
        "scoring",
        "notifications",
    }
    assert {"freeze", "stop-broker", "kill-broker", "stop-database", "kill-database"} <= {
        act.verb for act in acts
    }
    assert sum(act.verb == "kill" for act in acts) >= 2 * len(PROCESSES)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_done_to_a_process_twice_at_the_same_time(seed: int) -> None:
    breaking = [
        act for act in drawn(seed, LONG) if act.verb in ("kill", "crash", "freeze", "rebalance")
    ]
    at_once = Counter((act.at, act.target) for act in breaking)
    at_once += Counter((act.at, act.what) for act in breaking if act.verb == "rebalance")
    assert max(at_once.values()) == 1


@pytest.mark.parametrize("count", [600, LONG])
def test_of_a_hundred_events_one_is_poison_of_every_kind_and_never_many_at_once(
    count: int,
) -> None:
    poison = [act for act in drawn(7, count) if act.verb == "poison"]
    assert len(poison) == max(len(KINDS), count // 100)
    assert {act.what for act in poison} == set(KINDS)
    assert all(0 <= int(act.target) < 6 for act in poison)
    assert max(Counter(act.at for act in poison).values()) <= 3 * POISON_AT_ONCE


def test_the_calendar_goes_forwards_and_stays_within_the_campaign() -> None:
    days = [date.fromisoformat(act.what) for act in drawn(7, LONG) if act.verb == "calendar"]
    assert days == sorted(days)
    assert days[-1] < date(2020, 12, 31)


def test_commands_are_the_same_for_a_seed_and_of_every_kind() -> None:
    units = list(load_campaign(ROOT / "infra" / "campaigns" / "hanoi-2020").units)
    sent = list(commands(7, 5000, units))
    assert sent == list(commands(7, 5000, units))
    assert len({command.key for command in sent}) == len(sent)
    assert len({command.event for command in sent}) == 8
    assert 0.02 < sum(command.doomed for command in sent) / len(sent) < 0.08
    assert not silent_communes(units) & {command.unit for command in sent}


def test_a_receiver_turns_some_away_in_every_way_and_says_yes_at_the_third_call_at_last() -> None:
    numbers = range(1, 2001)
    firsts = Counter(mood(7, "/hook/0", number, 1) for number in numbers)
    assert set(firsts) == {"yes", *MOODS}
    assert {mood(7, "/hook/0", number, 3) for number in numbers} == {"yes"}
    repeated = [mood(7, "/hook/0", number, 1) for number in numbers]
    assert Counter(repeated) == firsts
    assert repeated != [mood(7, "/hook/1", number, 1) for number in numbers]
    assert repeated != [mood(8, "/hook/0", number, 1) for number in numbers]

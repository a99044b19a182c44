"""What is broken, and after how many commands: drawn from a seed, the same for the same seed. Pure.

A run is a number of rounds. Each round kills every process (in one at named lines, in the next one
anywhere), stops or kills the broker and the database, and lets one member of a consumer group miss
its session while another one dies inside the rebalance that follows. Between these, copies and
poison are planted and the calendar moves.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple

from services.chassis.crash import (
    AFTER_ACCEPTED,
    AFTER_COMMIT,
    AFTER_EFFECT,
    AFTER_PUBLISH,
    INSIDE_DRAIN,
    INSIDE_REBALANCE,
)

Verb = Literal[
    "kill",
    "crash",
    "freeze",
    "rebalance",
    "stop-broker",
    "kill-broker",
    "stop-database",
    "kill-database",
    "repeat",
    "shuffle",
    "poison",
    "gone",
    "calendar",
]

PROCESSES = tuple(
    f"{service}-{number}"
    for number in (0, 1)
    for service in ("submissions", "scoring", "notifications")
)
"""Two replicas of each service."""

POINTS: dict[str, tuple[str, ...]] = {
    "submissions": (AFTER_COMMIT, AFTER_PUBLISH, INSIDE_DRAIN),
    "scoring": (AFTER_COMMIT, AFTER_PUBLISH, AFTER_EFFECT, INSIDE_DRAIN),
    "notifications": (AFTER_EFFECT, AFTER_ACCEPTED, INSIDE_DRAIN),
    # INSIDE_REBALANCE needs another member that misses its session: the act `rebalance`.
    # Notifications has an outbox too, for what is bad or gone: too seldom to wait for.
}
"""Lines at which a service can be made to die: under these commands it surely passes there."""

_ALL_POINTS = {point for points in POINTS.values() for point in points}

CALENDAR = (
    date(2020, 3, 2),
    date(2020, 6, 6),  # who owes a first essay is known (D5)
    date(2020, 6, 13),
    date(2020, 6, 21),  # D5 is missed
    date(2020, 6, 29),
    date(2020, 7, 1),  # D1
    date(2020, 7, 6),  # D6 is moved on this day
    date(2020, 7, 16),  # D6 as moved
    date(2020, 8, 24),  # D2 has no reports in time any more, D7 is missed
    date(2020, 9, 2),  # D2 by its other option, D3
)
"""Days to which the simulated clock is moved, so that every deadline of the campaign passes."""


class Move(NamedTuple):
    """A deadline that the Board moves."""

    on: date
    """The simulated day on which it does."""
    option: str
    to: date
    """The new last day."""


MOVE = Move(date(2020, 7, 6), "D6", date(2020, 7, 14))

POISON_SHARE = 0.01
POISON_AT_ONCE = 15
"""Far below `dead_letter_run_limit`: bad messages among good ones, not a bad deploy."""

_ROUND = 20_000
"""Commands a round in a long run; a short one has one round."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that is done to the system once `at` commands were answered.

    Acts with the same `at` are done at the same time. `target` is a process or a place, `what` how,
    `amount` how much: seconds, records, or the n-th pass of a crash point.
    """

    at: int
    verb: Verb
    target: str = ""
    what: str = ""
    amount: float = 0

    @property
    def name(self) -> str:
        """What is done, whenever."""
        return " ".join(filter(None, [self.verb, self.target, self.what]))

    def __str__(self) -> str:
        amount = f" {self.amount:g}" if self.amount else ""
        return f"{self.at:>7,}  {self.verb:13} {self.target:16} {self.what}{amount}".rstrip()


def schedule(
    seed: int, commands: int, *, poison: Sequence[str], rounds: int | None = None
) -> list[Act]:
    """The acts of a run of so many commands, by their time.

    `poison` names the kinds there are; `rounds` is by default one for each 20,000 commands.
    """
    draw = random.Random(seed)  # noqa: S311 - a schedule that can be repeated, not a secret
    rounds = rounds or max(1, round(commands / _ROUND))
    lines = _lines(draw)
    waves = [wave for number in range(rounds) for wave in _round(draw, number, lines)]
    # From a twentieth of the commands to nine tenths: what is broken last must still be met.
    first, last = commands // 20, commands - commands // 10
    step = (last - first) / max(1, len(waves))
    broken = [
        Act(round(first + number * step), *rest)
        for number, wave in enumerate(waves)
        for rest in wave
    ]
    spread = [*_calendar(commands), *_copies(draw, commands, rounds)]
    spread += _poison(draw, commands, poison)
    return sorted([*broken, *spread], key=lambda act: act.at)


_Rest = tuple[Verb, str, str, float]


def _round(
    draw: random.Random, number: int, lines: Mapping[str, Sequence[str]]
) -> Iterator[list[_Rest]]:
    """Waves of acts; those of one wave are done at the same time, each to another process."""
    gone: _Rest = ("gone", f"/hook/{draw.randrange(3)}", "410", 0)
    if number % 2:  # every process, anywhere, one after the other
        for process in draw.sample(PROCESSES, len(PROCESSES)):
            yield [("kill", process, "", _absence(draw))]
        yield [_rebalance(draw, "scoring"), gone]
    else:  # every process, at the lines that matter; others die while scoring rebalances
        first, second = _at_the_lines(draw, number // 2, lines)
        yield first
        yield [*second, _rebalance(draw, "scoring"), gone]
    if number:
        yield [_rebalance(draw, "notifications")]
    if number:
        yield [("freeze", draw.choice(["submissions-0", "submissions-1"]), "", 8)]
    for server in ("broker", "database"):
        verb: Verb = f"stop-{server}" if number % 2 else f"kill-{server}"  # type: ignore[assignment]
        yield [(verb, "", "", 0)]


def _rebalance(draw: random.Random, service: str) -> _Rest:
    frozen, dying = draw.sample([f"{service}-0", f"{service}-1"], 2)
    return ("rebalance", dying, frozen, 1.5)


def _lines(draw: random.Random) -> dict[str, list[str]]:
    """The order in which each service dies at its lines: two a round, and so that none is left out.

    The first round meets every line in some service; two rounds meet all of them in each.
    """
    while True:
        lines = {service: draw.sample(points, len(points)) for service, points in POINTS.items()}
        if len({point for points in lines.values() for point in points[:2]}) == len(_ALL_POINTS):
            return lines


def _at_the_lines(
    draw: random.Random, turn: int, lines: Mapping[str, Sequence[str]]
) -> list[list[_Rest]]:
    """Every process at a line of its own; in the second wave none of scoring."""
    waves: list[list[_Rest]] = [[], []]
    for service, points in lines.items():
        for number, process in enumerate(draw.sample([f"{service}-0", f"{service}-1"], 2)):
            point = points[(2 * turn + number) % len(points)]
            passes = draw.randint(1, 2) if point in (AFTER_COMMIT, AFTER_EFFECT) else 1
            waves[_second(process)].append(("crash", process, point, passes))
    return waves


def _second(process: str) -> bool:
    return process.endswith("-1") and not process.startswith("scoring")


def _absence(draw: random.Random) -> float:
    """Seconds until it is started again: at once, or after a while."""
    return round(draw.choice([0, 0, 0.5, 2]) * draw.random(), 1)


def _calendar(commands: int) -> Iterator[Act]:
    """Moved evenly, to the last day a tenth before the end."""
    for number, day in enumerate(CALENDAR, 1):
        at = round(commands * 0.9 * number / len(CALENDAR))
        yield Act(at, "calendar", "", day.isoformat())


def _copies(draw: random.Random, commands: int, rounds: int) -> Iterator[Act]:
    for verb in ("repeat", "shuffle"):
        for _ in range(rounds):
            at = draw.randrange(commands // 5, commands - commands // 10)
            yield Act(at, verb, "", "", 120)  # type: ignore[arg-type]  # of the tuple above


def _poison(draw: random.Random, commands: int, kinds: Sequence[str]) -> Iterator[Act]:
    """Of every hundred commands' events one, all kinds in turn, a handful at a time."""
    left = max(len(kinds), round(commands * POISON_SHARE))
    number = 0
    while left:
        size = min(left, POISON_AT_ONCE)
        at = draw.randrange(commands // 20, commands - commands // 20)
        for _ in range(size):
            yield Act(at, "poison", str(draw.randrange(6)), kinds[number % len(kinds)])
            number += 1
        left -= size


def marks(act: Act) -> list[str]:
    """What came to pass when this act did, by names that can be counted."""
    match act.verb:
        case "crash":
            return [act.verb, f"{act.what} of {service_of(act.target)}"]
        case "rebalance":
            return [act.verb, f"{INSIDE_REBALANCE} of {service_of(act.target)}"]
        case _:
            return [act.verb]


def planned(acts: Iterable[Act]) -> Counter[str]:
    """How often each thing is to come to pass."""
    return Counter(mark for act in acts for mark in marks(act))


def elsewhere(act: Act) -> Act:
    """The same act on the other replica, at once; what is not about a replica as it was."""
    match act.verb:
        case "crash":
            return replace(act, target=other_replica(act.target), amount=1)
        case "rebalance":
            return replace(act, target=act.what, what=act.target)
        case _:
            return act


def service_of(process: str) -> str:
    """`scoring` of `scoring-1`."""
    return process.rpartition("-")[0]


def other_replica(process: str) -> str:
    """`scoring-0` of `scoring-1`."""
    service, _, number = process.rpartition("-")
    return f"{service}-{1 - int(number)}"


def crash_points(acts: Sequence[Act]) -> set[str]:
    """The named lines at which some process dies in this schedule."""
    points = {act.what for act in acts if act.verb == "crash"}
    return points | ({INSIDE_REBALANCE} if any(act.verb == "rebalance" for act in acts) else set())

"""Promises about orders and acts of several units in whatever order, through to their points."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contracts.campaign.audience import Audience
from services.contracts.campaign.unit import Unit
from services.contracts.campaign.units import UnitTree
from services.contracts.events import DeadlineMissed, ObligationFact
from services.scoring.engine.digest import digest_of
from services.scoring.engine.score import score
from services.submissions.obligations.fulfil import fulfil
from services.submissions.obligations.miss import miss
from services.submissions.obligations.new_day import move
from services.submissions.obligations.obligation import Obligation, Step
from services.submissions.obligations.release import owe_again, waive
from services.submissions.orders.order import Act, Order, Orders
from tests.scoring.campaign import sample_snapshot
from tests.scoring.facts import event, known_events
from tests.scoring.in_memory import InMemory
from tests.submissions.examples import DOCUMENT, HANOI, contest_report, submission
from tests.submissions.test_obligations_in_any_order import days

UNITS = ("SNV", "STP", "STC")
RULES = sample_snapshot().rules
CLUSTERS = {"departments": sample_snapshot().clusters["departments"]}
TREE = UnitTree(
    Unit(code=code, name=f"Sở {code}", kind="department", level="upper") for code in UNITS
)
scopes = st.one_of(
    st.none(),
    st.just(Audience(kinds=("department",))),
    st.sets(st.sampled_from(UNITS), min_size=1).map(lambda units: Audience(units=tuple(units))),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("report"), days, st.sampled_from(UNITS), st.none()),
        st.tuples(st.just("withdraw"), days, st.sampled_from(UNITS), st.none()),
        st.tuples(st.just("move"), days, scopes, days),
        st.tuples(st.just("waive"), days, scopes, st.none()),
        st.tuples(st.just("take-back"), days, scopes, st.integers(0, 5)),
    ),
    max_size=14,
).map(lambda drawn: sorted(drawn, key=lambda step: step[1]))


@dataclass
class Season:
    """One obligation of three units under the orders of the Board, and what was published."""

    orders: Orders = field(default_factory=lambda: Orders([], TREE))
    states: dict[str, Obligation] = field(default_factory=dict)
    facts: list[ObligationFact] = field(default_factory=list)

    def __post_init__(self) -> None:
        blank = contest_report()
        for unit in UNITS:
            self.states[unit] = Obligation("hanoi-2020", unit, blank.planned, HANOI)

    def publish(self, unit: str, step: Step, now: datetime) -> None:
        state, facts = step
        for fact in facts:
            if isinstance(fact, DeadlineMissed):
                assert fact.missed_at <= now
                assert (
                    fact.last_day == self.orders.planned(state.planned, unit).last_option.last_day
                )
                assert self.orders.release(unit, state.id) is None, "missed by one who is released"
        self.states[unit] = state
        self.facts += facts

    def time_passes(self, now: datetime) -> None:
        for unit, state in self.states.items():
            self.publish(unit, miss(state, now), now)

    def order(self, act: Act, scope: Audience | None, now: datetime, detail: object) -> None:
        """As the commands do it: terms by all orders before, and by all with this one."""
        number = len(self.orders.orders) + 1
        back = None
        if act == "take-back":
            if not self.orders.orders:
                return
            back = self.orders.orders[int(str(detail)) % len(self.orders.orders)].id
        versions = [state.deadline_version for state in self.states.values()]
        version = max([*versions, *(one.deadline_version or 1 for one in self.orders.orders)]) + 1
        order = Order(
            id=UUID(int=number),
            number=number,
            act=act,
            at=now,
            scope=scope,
            obligation="D6",
            option="D6",
            last_day=detail if isinstance(detail, date) else None,
            takes_back=back,
            deadline_version=version,
            **DOCUMENT,
        )
        before, self.orders = self.orders, self.orders.and_then(order)
        for unit, state in self.states.items():
            was, day = (
                each.planned(state.planned, unit) if each.deadlines("D6", unit) else PLANNED
                for each in (before, self.orders)
            )
            if was.option("D6").last_day != day.option("D6").last_day:
                last_day = day.option("D6").last_day
                step = move(state, "D6", last_day, deadline_version=version, now=now, **DOCUMENT)
                self.publish(unit, step, now)
            self.release(unit, before, version, now)

    def release(self, unit: str, before: Orders, version: int, now: datetime) -> None:
        state = self.states[unit]
        was, released = (each.release(unit, "D6") is not None for each in (before, self.orders))
        if released and state.status != "waived":
            self.publish(unit, waive(state, now=now, **DOCUMENT), now)
        elif was and not released:
            step = owe_again(
                state, "waiver-taken-back", deadline_version=version, now=now, **DOCUMENT
            )
            self.publish(unit, step, now)


PLANNED = contest_report().planned


def played(drawn: list[tuple[str, date, object, object]]) -> Season:
    season = Season()
    for verb, day, whom, detail in drawn:
        now = datetime.combine(day, time(9), HANOI)
        season.time_passes(now)
        if verb == "report":
            sent = submission("contest-reported", now)
            season.publish(str(whom), fulfil(season.states[str(whom)], sent), now)
        elif verb == "withdraw":
            state = season.states[str(whom)]
            if state.status == "fulfilled":
                step = owe_again(
                    state,
                    "essay-withdrawn",
                    deadline_version=state.deadline_version + 1,
                    document=None,
                    reason="Trùng",
                    now=now,
                )
                season.publish(str(whom), step, now)
        else:
            assert whom is None or isinstance(whom, Audience)
            season.order(verb, whom, now, detail)  # type: ignore[arg-type]  # an act
    season.time_passes(datetime(2020, 12, 31, tzinfo=HANOI))
    return season


@given(steps)
def test_each_version_of_each_unit_is_missed_once_on_its_day_and_never_by_the_released(
    drawn: list[tuple[str, date, object, object]],
) -> None:
    season = played(drawn)
    misses = Counter(
        (fact.unit, fact.deadline_version)
        for fact in season.facts
        if isinstance(fact, DeadlineMissed)
    )
    assert all(count == 1 for count in misses.values())
    for unit, state in season.states.items():
        of_unit = [fact.version for fact in season.facts if fact.unit == unit]
        assert of_unit == list(range(2, len(of_unit) + 2))
        assert state.status != "open", "its time is over"
        assert (state.status == "waived") == (season.orders.release(unit, "D6") is not None)
        ordered = season.orders.planned(PLANNED, unit).option("D6").last_day
        assert state.option("D6").last_day == ordered
        assert (misses[unit, state.deadline_version] == 1) or state.status != "missed"


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(steps, st.randoms(use_true_random=False))
def test_however_its_facts_arrive_the_running_points_are_the_truth(
    drawn: list[tuple[str, date, object, object]], chance: Random
) -> None:
    events = [event(fact) for fact in played(drawn).facts]
    truth = digest_of(score(known_events(events), CLUSTERS, RULES))
    running = InMemory(RULES, CLUSTERS)
    arriving = events * 2
    chance.shuffle(arriving)
    for at in range(0, len(arriving), 3):
        running.take(arriving[at : at + 3])
    assert digest_of(running.results()) == truth

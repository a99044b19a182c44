"""Promises of obligations that count, over drawn options and acts in any order: they say what an
oracle says that counts by hand, and nothing is published that changed nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.campaign.asked_acts import AskedAct
from services.contracts.campaign.obligation_plan import Option
from services.contracts.events import DeadlineMissed, ObligationFact, ObligationReopened
from services.submissions.obligations.completion import completion
from services.submissions.obligations.counting import EVER, ActChanged, settled
from services.submissions.obligations.miss import miss
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.submission import Submission
from tests.submissions.examples import HANOI, option, owed

BEGINS = date(2020, 6, 1)
FORMS = ("written", "press")
FIGURE = "figure-reported"
ESSAY = "essay-submitted"

# What is asked

many = st.integers(1, 3)
targets = st.sampled_from(
    [
        [],
        [{"units": ["SNV"], "at_least": 2}],
        [{"kinds": ["department"], "at_least": 1}, {"units": ["STP"], "at_least": 3}],
        [{"kinds": ["department"], "at_least": 3}, {"units": ["SNV"], "at_least": 1}],
    ]
)
essays = st.fixed_dictionaries(
    {"by": st.just(ESSAY), "at_least": many, "targets": targets},
    optional={"forms": st.sampled_from([["written"], ["press"]]), "mark": st.just("50")},
)
proposals = st.fixed_dictionaries({"by": st.just("commendation-proposed"), "at_least": many})
figures = st.fixed_dictionaries(
    {"by": st.just(FIGURE), "figure": st.just("fund")},
    optional={
        "period": st.sampled_from(["Q1", "Q2"]),
        "reaches": st.sampled_from(["10", "20"]),
        "targets": st.just([{"units": ["SNV"], "reaches": "15"}]),
    },
)
reports = st.fixed_dictionaries(
    {"by": st.just("report-submitted"), "report": st.just("summary")},
    optional={"period": st.sampled_from(["Q1", "Q2"])},
)
parts = st.lists(st.one_of(essays, proposals, figures, reports), min_size=1, max_size=3)
asked = st.lists(st.tuples(parts, st.integers(1, 12)), min_size=1, max_size=2)

# What is done: each on a day of its own

which = st.integers(0, 5)
steps_drawn = st.lists(
    st.one_of(
        st.tuples(st.just("essay"), st.sampled_from(FORMS)),
        st.tuples(st.just("essay"), st.sampled_from(FORMS)),
        st.tuples(st.just("withdraw"), which),
        st.tuples(st.just("judge"), st.tuples(which, st.sampled_from([40, 50, 60]))),
        st.tuples(st.just("propose"), st.none()),
        st.tuples(st.just("figure"), st.tuples(st.sampled_from(["Q1", "Q2"]), st.integers(5, 25))),
        st.tuples(st.just("report"), st.sampled_from(["Q1", "Q2"])),
        st.tuples(st.just("return"), st.sampled_from(["Q1", "Q2"])),
    ),
    max_size=14,
)


def options_of(drawn: list[tuple[list[dict[str, object]], int]]) -> list[Option]:
    made = []
    for at, (wanted, days) in enumerate(drawn):
        due = (BEGINS + timedelta(days)).isoformat()
        first, *also = wanted
        made.append(option(f"A{at}", due, included=True, **(first | {"also": also})))  # type: ignore[arg-type]
    return made


@dataclass
class Desk:
    """What is stored of a unit, as the service keeps it."""

    by_mark: bool
    today: date = BEGINS
    acts: dict[object, Submission] = field(default_factory=dict)
    returned: set[object] = field(default_factory=set)
    made: int = 0

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, datetime.min.time(), HANOI) + timedelta(hours=12)

    def there(self) -> dict[object, Submission]:
        return {key: act for key, act in self.acts.items() if key not in self.returned}

    def do(self, step: str, detail: object) -> tuple[Submission | None, Submission | None] | None:
        """One step: what the act was before and is now. None: it can't be done."""
        before = self.there()
        key = self._do(step, detail)
        return None if key is None else (before.get(key), self.there().get(key))

    def _do(self, step: str, detail: object) -> object:
        self.made += 1
        key: object = (step, detail)
        if step in ("essay", "propose"):
            key = self.made
            by = ESSAY if step == "essay" else "commendation-proposed"
            self.acts[key] = self._act(by, form=detail)
            return key
        if step in ("withdraw", "judge"):
            number, mark = detail if isinstance(detail, tuple) else (detail, 0)
            entries = [key for key, act in self.acts.items() if act.by == ESSAY]
            if number >= len(entries):
                return None
            key = entries[number]
            if step == "withdraw":
                del self.acts[key]
                return key
            judged = self.now if self.by_mark else None
            self.acts[key] = replace(self.acts[key], mark=Decimal(mark), judged_at=judged)
        elif step == "figure":
            assert isinstance(detail, tuple)
            key = ("figure", detail[0])
            old = self.acts.get(key)
            new = self._act(FIGURE, figure="fund", period=detail[0], value=Decimal(detail[1]))
            if old and old.value is not None:
                history = (*old.earlier, (old.value, old.received_at))
                new = replace(new, by_id=old.by_id, earlier=history)
            self.acts[key] = new
        else:
            key = ("report", detail)
            if step == "return":
                if key not in self.there():
                    return None
                self.returned.add(key)
            elif key in self.there():
                return None
            else:
                new = self._act("report-submitted", report="summary", period=detail)
                # Sent again it counts by the day on which it was sent first.
                self.acts[key] = self.acts.get(key, new)
                self.returned.discard(key)
        return key

    def _act(self, by: str, **fields: object) -> Submission:
        return Submission(by, UUID(int=self.made), self.now, **fields)  # type: ignore[arg-type]


# The oracle


def takes(part: AskedAct, act: Submission) -> bool:
    """The words of docs/campaigns.md, one after the other."""
    if part.by != act.by:
        return False
    if part.by == ESSAY:
        formed = not part.forms or act.form in part.forms
        return formed and (part.mark is None or (act.mark or Decimal(0)) >= part.mark)
    return part.period in (None, act.period)


def needed(part: AskedAct, what: str) -> Decimal | int | None:
    for target in part.targets:
        if "SNV" in target.units:
            return getattr(target, what)  # type: ignore[no-any-return]
    for target in part.targets:
        if "department" in target.kinds:
            return getattr(target, what)  # type: ignore[no-any-return]
    return getattr(part, what)  # type: ignore[no-any-return]


def day_of(part: AskedAct, acts: list[Submission]) -> date | None:
    """When the part was complete, by what is there."""
    days = []
    for act in acts:
        if not takes(part, act):
            continue
        since = act.received_at
        if part.by == FIGURE:
            goal = needed(part, "reaches") or Decimal(-1)
            versions = [*act.earlier, (act.value or Decimal(0), act.received_at)]
            enough = [value >= goal for value, _ in versions]
            if not enough[-1]:
                continue
            low = [at for at, good in enumerate(enough) if not good]
            since = versions[low[-1] + 1 if low else 0][1]
        days.append(since.date())
    wanted = 1 if part.by == FIGURE else needed(part, "at_least")
    assert isinstance(wanted, int)
    return sorted(days)[wanted - 1] if len(days) >= wanted else None


Done = tuple[str, date, int]
"""Option, counted day, days late."""


def complete(options: list[Option], acts: list[Submission]) -> Iterator[Done]:
    """The options that are complete."""
    for each in options:
        found = [day_of(part, acts) for part in each.parts]
        days = [day for day in found if day is not None]
        if len(days) == len(found):
            yield each.id, max(days), max((max(days) - each.due.date).days, 0)


def expected(
    options: list[Option],
    acts: list[Submission],
    before: Done | None,
    was: Submission | None,
    now: Submission | None,
) -> Done | None:
    """What is complete first; once there was something, another only where something was taken
    away, or where that is less late, or as late and earlier."""
    by = before[0] if before else ""
    best = min(complete(options, acts), key=lambda one: (one[1], one[0] != by), default=None)
    if before is None or (was is not None and _took(options, was, now)):
        return best
    if best and (best[2], best[1]) < (before[2], before[1]):
        return best
    return before


def _took(options: list[Option], was: Submission, now: Submission | None) -> bool:
    """Whether the act counted for some part, and does not now."""
    alone = [
        part.model_copy(update={"at_least": 1, "targets": _figures_only(part)})
        for each in options
        for part in each.parts
    ]
    return any(day_of(part, [was]) and not (now and day_of(part, [now])) for part in alone)


def _figures_only(part: AskedAct) -> object:
    return part.targets if part.by == FIGURE else ()


def state_of(obligation: Obligation) -> Done | None:
    done = obligation.fulfilment
    return done and (done.option, done.counted_day, done.days_late)


@settings(max_examples=300)
@given(asked, steps_drawn)
def test_it_is_fulfilled_as_the_oracle_counts_and_each_change_is_published_once(
    drawn: list[tuple[list[dict[str, object]], int]], steps: list[tuple[str, object]]
) -> None:
    options = options_of(drawn)
    state = replace(owed("N1", *options), kind="department")
    desk = Desk(any(part.mark is not None for each in options for part in each.parts))
    before: Done | None = None
    published: list[ObligationFact] = []
    for step, detail in steps:
        desk.today += timedelta(days=1)
        state, facts = miss(state, desk.now)
        published += facts
        changed = desk.do(step, detail)
        if changed is None or not state.planned.counts_acts:
            continue
        was, now = changed
        acts = [act for act in desk.there().values() if act.option_of(state.planned)]
        acts.sort(key=lambda act: (act.known_at, act.by_id))
        # Of an essay it is asked when it came, before what was fulfilled or after.
        act = was or now
        assert act is not None
        came_at = act.received_at if act.by == ESSAY else EVER
        change = ActChanged(came_at, "essay-judged", "lý do", was=was, now=now)
        by = state.fulfilment and state.fulfilment.by_id
        after, facts = settled(state, acts, desk.now, change)
        wanted = expected(options, list(desk.there().values()), before, was, now)
        assert state_of(after) == wanted
        assert (after.status == "fulfilled") == (wanted is not None)
        kept = wanted == before and any(act.by_id == by for act in acts)
        if kept or (wanted is None and before is None):
            assert facts == ()
        assert sum(fact.event == "obligation-fulfilled" for fact in facts) <= 1
        state, before = after, wanted
        published += facts
        for each in options:
            _check_missing(state, each, acts)
    versions = [fact.version for fact in published]
    assert versions == list(range(2, len(versions) + 2))
    misses = [fact.deadline_version for fact in published if isinstance(fact, DeadlineMissed)]
    assert len(misses) == len(set(misses))
    reopened = [fact for fact in published if isinstance(fact, ObligationReopened)]
    assert state.deadline_version == 1 + len(reopened)


def _check_missing(state: Obligation, each: Option, acts: list[Submission]) -> None:
    """What is missing is said of each part, and is 0 where it is complete."""
    found = completion(each, acts, state.unit, state.kind, HANOI)
    for part in found.parts:
        day = day_of(part.part, acts)
        assert (part.day is None) == (day is None)
        if day is not None:
            assert part.missing == 0
        elif part.part.by != FIGURE:
            wanted = needed(part.part, "at_least")
            assert isinstance(wanted, int)
            assert part.missing == wanted - sum(takes(part.part, act) for act in acts)

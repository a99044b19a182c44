"""Promises of what an option asks for: how many acts, by which it is complete, on which day, and
how much is missing."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from services.contracts.events import DeadlineMissed, ObligationFulfilled
from services.submissions.obligations.completion import completion
from services.submissions.obligations.counting import counted_again, fulfil_in_order
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.submission import Submission
from tests.submissions.examples import HANOI, at, option, owed

ESSAY = "essay-submitted"


def essay(number: int, day: str, **fields: object) -> Submission:
    fields = {"form": "written", **fields}
    return Submission(ESSAY, UUID(int=number), at(day), **fields)  # type: ignore[arg-type]


def three_essays(**fields: object) -> Obligation:
    return owed("N1", option("N1", "2020-07-10", by=ESSAY, at_least=3, **fields))


def missing(state: Obligation, *acts: Submission) -> list[Decimal | None]:
    (only,) = state.planned.options
    return [one.missing for one in completion(only, acts, state.unit, state.kind, HANOI).parts]


def test_it_is_fulfilled_by_the_third_essay_and_by_its_day() -> None:
    sent = [essay(1, "2020-06-01"), essay(2, "2020-06-02"), essay(3, "2020-07-12")]
    state, facts = fulfil_in_order(three_essays(), sent[:2])
    assert (state.status, facts, missing(state, *sent[:2])) == ("open", (), [1])
    state, facts = fulfil_in_order(state, sent)
    assert state.status == "fulfilled"
    missed, done = facts
    assert isinstance(missed, DeadlineMissed)
    assert isinstance(done, ObligationFulfilled)
    assert (done.by_id, done.counted_day, done.days_late) == (UUID(int=3), date(2020, 7, 12), 3)
    assert fulfil_in_order(state, [*sent, essay(4, "2020-07-13")]) == (state, ())


def test_an_essay_that_is_taken_back_takes_away_what_it_gave() -> None:
    sent = [essay(number, f"2020-06-0{number}") for number in range(1, 5)]
    state, _ = fulfil_in_order(three_essays(), sent)
    again = counted_again(state, [sent[0], *sent[2:]])
    assert again is not None
    (fact,) = again[1]
    assert isinstance(fact, ObligationFulfilled)
    assert (fact.version, fact.by_id) == (3, UUID(int=4))
    assert counted_again(state, sent[:3]) == (state, ())
    assert counted_again(state, sent[1:3]) is None


def test_only_the_forms_and_marks_count_that_the_plan_names() -> None:
    state = three_essays(forms=["press"], mark="7.5")
    judged = at("2020-07-20")
    good = [
        essay(number, "2020-06-01", form="press", mark=Decimal("7.5"), judged_at=judged)
        for number in range(1, 4)
    ]
    low = essay(4, "2020-06-01", form="press", mark=Decimal("7.4"), judged_at=judged)
    other = essay(5, "2020-06-01", mark=Decimal(9), judged_at=judged)
    assert missing(state, low, other, essay(6, "2020-06-01", form="press")) == [3]
    state, facts = fulfil_in_order(state, good)
    assert [fact.event for fact in facts] == ["deadline-missed", "obligation-fulfilled"]
    assert state.fulfilment is not None
    # Judged late, sent in time: the day of receipt counts.
    assert (state.fulfilment.days_late, state.fulfilment.fulfilled_at) == (0, judged)


def test_all_parts_are_needed_and_the_last_of_them_gives_the_day() -> None:
    also = [{"by": ESSAY, "at_least": 2}, {"by": "contest-reported"}]
    held = {"by": "conference-reported", "forms": ["held"], "counted_by": "held-on"}
    state = owed("N2", option("N2", "2020-07-10", also=also, **held))
    conference = Submission(
        "conference-reported", UUID(int=1), at("2020-07-09"), "held", date(2020, 6, 1)
    )
    contest = Submission("contest-reported", UUID(int=2), at("2020-07-01"))
    sent = [essay(3, "2020-05-01"), contest, essay(4, "2020-07-02"), conference]
    assert missing(state, *sent[:2]) == [1, 1, 0]
    assert fulfil_in_order(state, sent[:3])[0].status == "open"
    state, _ = fulfil_in_order(state, sent)
    assert state.fulfilment is not None
    assert (state.fulfilment.by, state.fulfilment.counted_day) == (
        "conference-reported",
        date(2020, 7, 2),
    )


def test_of_several_options_the_first_that_is_complete_fulfils() -> None:
    several = option("N3A", "2020-06-10", by=ESSAY, at_least=3)
    press = option("N3B", "2020-07-10", by=ESSAY, forms=["press"])
    state = owed("N3", several, press)
    sent = [essay(1, "2020-06-01"), essay(2, "2020-07-01", form="press"), essay(3, "2020-07-02")]
    state, _ = fulfil_in_order(state, sent)
    assert state.fulfilment is not None
    assert (state.fulfilment.option, state.fulfilment.by_id) == ("N3B", UUID(int=2))


@pytest.mark.parametrize(
    ("unit", "kind", "many"),
    [("Q009", "quan", 2), ("Q268", "quan", 5), ("SNV", "department", 1), ("X", "", 2)],
)
def test_targets_differ_by_kind_and_by_unit(unit: str, kind: str, many: int) -> None:
    targets = [{"kinds": ["department"], "at_least": 1}, {"units": ["Q268"], "at_least": 5}]
    asked = option("N4", "2020-07-10", by=ESSAY, at_least=2, targets=targets)
    found = completion(asked, (), unit, kind, HANOI)
    assert [part.needed for part in found.parts] == [many]


@pytest.mark.parametrize(("value", "status"), [("9.99", "open"), ("10", "fulfilled")])
def test_a_figure_reaches_its_target_or_not(value: str, status: str) -> None:
    asked = option("N5", "2020-07-10", by="figure-reported", figure="fund", reaches="10")
    figure = Submission(
        "figure-reported",
        UUID(int=1),
        _moment(),
        figure="fund",
        value=Decimal(value),
        period="2020",
    )
    state, _ = fulfil_in_order(owed("N5", asked), [figure])
    assert state.status == status
    assert missing(state, figure) == [0 if status == "fulfilled" else Decimal("0.01")]


def _moment() -> datetime:
    return at("2020-06-01")

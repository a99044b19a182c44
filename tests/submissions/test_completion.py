"""Promises of what an option asks for: how many acts, by which it is complete, on which day, and
how much is missing."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from services.contracts.campaign.units import Unit, UnitTree
from services.contracts.events import DeadlineMissed, ObligationFulfilled
from services.submissions.obligations.completion import completion
from services.submissions.obligations.counting import (
    ActChanged,
    counted_again,
    fulfil_in_order,
    is_concerned,
    settled,
)
from services.submissions.obligations.figures_together import figures_together
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.release import waive
from services.submissions.obligations.submission import Submission
from tests.submissions.examples import DOCUMENT, HANOI, at, option, owed

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


# Something changes


def marked(number: int, day: str, judged: str, mark: str = "80") -> Submission:
    return essay(number, day, mark=Decimal(mark), judged_at=at(judged))


def one_marked() -> Obligation:
    return owed("N6", option("N6", "2020-06-10", by=ESSAY, mark="80", reporting_grace_days=30))


def test_a_better_mark_for_what_fulfilled_changes_nothing() -> None:
    sent = [marked(1, "2020-06-01", "2020-06-20"), marked(2, "2020-06-15", "2020-06-21")]
    state, _ = fulfil_in_order(one_marked(), sent)
    better = marked(1, "2020-06-01", "2020-06-25", mark="90")
    assert counted_again(state, [sent[1], better]) == (state, ())


def test_the_order_in_which_a_jury_marks_makes_nobody_late() -> None:
    late, early = marked(2, "2020-06-15", "2020-06-20"), marked(1, "2020-06-01", "2020-06-21")
    state, _ = fulfil_in_order(one_marked(), [late])
    assert state.fulfilment is not None
    assert state.fulfilment.days_late == 6
    change = changed(essay(1, "2020-06-01"), early)
    state, facts = settled(state, [late, early], at("2020-06-21"), change)
    assert [fact.event for fact in facts] == ["obligation-fulfilled"]
    assert state.fulfilment is not None
    assert (state.fulfilment.by_id, state.fulfilment.days_late) == (UUID(int=1), 0)


def test_what_is_only_asked_by_a_later_plan_takes_away_nothing() -> None:
    sent = [essay(number, f"2020-06-0{number}") for number in range(1, 4)]
    state, _ = fulfil_in_order(three_essays(), sent)
    four = three_essays().planned.options[0].model_copy(update={"at_least": 4})
    more = state.planned.model_copy(update={"options": (four,)})
    asked_more = replace(state, planned=more)
    now = at("2020-07-20")
    low = marked(1, "2020-06-01", "2020-07-20", mark="10")
    judged = settled(asked_more, [*sent[1:], low], now, changed(sent[0], low))
    assert judged == (asked_more, ())
    late = essay(4, "2020-07-20")
    assert settled(asked_more, [*sent[1:], low, late], now, changed(sent[0], low))[1] == ()
    gone = settled(asked_more, sent[1:], now, changed(sent[0], None))
    assert [fact.event for fact in gone[1]] == ["obligation-reopened"]


def test_what_came_after_the_fulfilment_is_not_asked_about() -> None:
    sent = [essay(number, f"2020-06-0{number}") for number in range(1, 5)]
    state, _ = fulfil_in_order(three_essays(), sent[:3])
    assert not is_concerned(state, changed(sent[3], None))
    assert is_concerned(state, changed(sent[2], None))


def test_who_was_released_stays_so_and_has_not_done_what_is_taken_back() -> None:
    sent = [essay(number, f"2020-06-0{number}") for number in range(1, 4)]
    state, _ = fulfil_in_order(three_essays(), sent)
    released, _ = waive(state, now=at("2020-06-09"), **DOCUMENT)
    now = at("2020-06-10")
    after, facts = settled(released, sent[1:], now, changed(sent[0], None))
    assert (after.status, after.fulfilment, facts) == ("waived", None, ())
    other = essay(4, "2020-06-03")
    assert settled(released, [*sent[1:], other], now, changed(sent[0], None)) == (released, ())


def test_a_corrected_figure_counts_from_the_day_on_which_it_first_reached_the_target() -> None:
    asked = option("N7", "2020-06-10", by="figure-reported", figure="fund", reaches="10")
    versions = (("12", "2020-06-01"), ("9", "2020-06-02"), ("10", "2020-06-03"))
    earlier = tuple((Decimal(value), at(day)) for value, day in versions)
    fund = figure("11", "2020-06-20", earlier)
    found = completion(asked, [fund], "SNV", "department", HANOI)
    assert (found.counted_day, found.parts[0].there) == (date(2020, 6, 3), 11)
    state, _ = fulfil_in_order(owed("N7", asked), [fund])
    assert state.fulfilment is not None
    assert (state.fulfilment.days_late, state.fulfilment.fulfilled_at) == (0, at("2020-06-03"))


def test_without_a_target_a_figure_counts_from_its_first_report() -> None:
    asked = option("N8", "2020-06-10", by="figure-reported", figure="fund")
    fund = figure("0", "2020-06-20", ((Decimal(5), at("2020-06-01")),))
    found = completion(asked, [fund], "SNV", "department", HANOI)
    assert found.counted_day == date(2020, 6, 1)


# After a merger


@pytest.mark.parametrize(
    ("reported", "value", "day"),
    [
        pytest.param({"P": ("6", 1), "Q": ("5", 2)}, "11", 2, id="theirs are added"),
        pytest.param({"P": ("6", 1), "S": ("5", 2)}, "11", 2, id="its own of before is added"),
        pytest.param({"P": ("12", 1), "Q": ("5", 2)}, "17", 1, id="one alone was enough"),
        pytest.param({"P": ("6", 1), "S": ("5", 20)}, "5", None, id="its own of after replaces"),
        pytest.param({"P": ("12", 1), "S": ("11", 20)}, "11", 1, id="a correction keeps the day"),
    ],
)
def test_figures_of_units_before_count_as_in_points(
    reported: dict[str, tuple[str, int]], value: str, day: int | None
) -> None:
    ends = {"valid_to": date(2020, 6, 10), "successor": "S"}
    row = {"name": "Đơn vị", "kind": "xa", "level": "commune"}
    units = UnitTree(
        Unit.model_validate({"code": code, **row, **(ends if code != "S" else {})})
        for code in ("P", "Q", "S")
    )
    sent = {
        code: [replace(figure(each, f"2020-06-{on:02}"), by_id=UUID(int=on))]
        for code, (each, on) in reported.items()
    }
    (act,) = figures_together(sent, units, date(2020, 6, 25), HANOI)
    assert act.value == Decimal(value)
    asked = option("N9", "2020-06-30", by="figure-reported", figure="fund", reaches="10")
    found = completion(asked, [act], "S", "xa", HANOI).counted_day
    assert found == (date(2020, 6, day) if day else None)


def figure(value: str, day: str, earlier: tuple[tuple[Decimal, datetime], ...] = ()) -> Submission:
    return Submission(
        "figure-reported",
        UUID(int=1),
        at(day),
        figure="fund",
        value=Decimal(value),
        period="2020",
        earlier=earlier,
    )


def changed(was: Submission, now: Submission | None) -> ActChanged:
    return ActChanged(was.received_at, "essay-judged", "Lý do", was=was, now=now)


def _moment() -> datetime:
    return at("2020-06-01")

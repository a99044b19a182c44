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


def test_it_is_by_the_essay_whose_mark_was_the_last_that_it_took() -> None:
    asked = option("N10", "2020-07-10", by=ESSAY, mark="80", at_least=2)
    sent = [marked(1, "2020-06-01", "2020-06-20"), marked(2, "2020-06-02", "2020-06-10")]
    done = fulfil_in_order(owed("N10", asked), sent)[0].fulfilment
    assert done is not None
    assert (done.by_id, done.fulfilled_at) == (UUID(int=1), at("2020-06-20"))
    assert done.counted_day == date(2020, 6, 2)


def test_of_more_than_it_takes_the_last_that_it_takes_gives_the_day() -> None:
    sent = [essay(number, f"2020-06-0{number}") for number in (5, 1, 3, 2)]
    (only,) = three_essays().planned.options
    assert completion(only, sent, "SNV", "department", HANOI).counted_day == date(2020, 6, 3)


def test_what_takes_its_place_on_the_same_day_is_named() -> None:
    first = owed("N11", option("N11", "2020-07-10", by=ESSAY, forms=["press"]))
    sent = [essay(number, "2020-06-01", form="press") for number in (1, 2)]
    state, _ = fulfil_in_order(first, sent)
    state, facts = settled(state, sent[1:], at("2020-06-02"), changed(sent[0], None))
    assert state.fulfilment is not None
    assert (len(facts), state.fulfilment.by_id) == (1, UUID(int=2))


def test_of_two_options_by_the_same_act_it_stays_the_one_by_which_it_was_fulfilled() -> None:
    first = option("N12A", "2020-06-10", by=ESSAY, forms=["press"])
    second = option("N12B", "2020-06-20", by=ESSAY, forms=["press"])
    work, other = essay(1, "2020-06-01", form="press"), essay(2, "2020-06-01", form="press")
    state, _ = fulfil_in_order(owed("N12", second), [work])
    state = replace(state, planned=owed("N12", first, second).planned)
    now = at("2020-06-02")
    assert settled(state, [work], now, changed(other, None)) == (state, ())


def test_a_mark_that_completes_an_option_of_which_it_is_late_changes_nothing() -> None:
    in_time = option("N13A", "2020-06-10", by=ESSAY, at_least=2)
    late = option("N13B", "2020-06-02", by=ESSAY, mark="80")
    sent = [essay(1, "2020-06-04"), essay(2, "2020-06-05")]
    state, _ = fulfil_in_order(owed("N13", in_time, late), sent)
    better = marked(1, "2020-06-04", "2020-06-08")
    assert settled(state, [sent[1], better], at("2020-06-08"), changed(sent[0], better)) == (
        state,
        (),
    )


def test_who_was_released_has_done_what_a_later_plan_asks_more_of() -> None:
    sent = [essay(number, f"2020-06-0{number}") for number in range(1, 4)]
    state, _ = fulfil_in_order(three_essays(), sent)
    four = three_essays().planned.options[0].model_copy(update={"at_least": 4})
    more = state.planned.model_copy(update={"options": (four,)})
    released, _ = waive(replace(state, planned=more), now=at("2020-06-09"), **DOCUMENT)
    low = marked(1, "2020-06-01", "2020-07-20", mark="10")
    after = settled(released, [*sent[1:], low], at("2020-07-20"), changed(sent[0], low))
    assert after == (released, ())


def test_of_several_figures_the_highest_counts() -> None:
    asked = option("N14", "2020-06-10", by="figure-reported", figure="fund", reaches="10")
    reported = [figure("9", "2020-06-01"), figure("7", "2020-06-02")]
    (part,) = completion(asked, reported, "SNV", "department", HANOI).parts
    assert (part.there, part.missing) == (9, 1)


def test_two_parts_by_one_figure_count_from_the_day_of_the_higher_target() -> None:
    also = [{"by": "figure-reported", "figure": "fund", "reaches": "15"}]
    fields = {"by": "figure-reported", "figure": "fund", "reaches": "10", "also": also}
    fund = figure("20", "2020-06-03", ((Decimal(12), at("2020-06-01")),))
    asked = option("N15", "2020-06-10", **fields)
    found = completion(asked, [fund], "SNV", "department", HANOI)
    assert found.counted_day == date(2020, 6, 3)


# What takes more than one act


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"by": ESSAY}, False),
        ({"by": "contest-reported"}, False),
        ({"by": "conference-reported", "forms": ["held"], "counted_by": "held-on"}, False),
        ({"by": ESSAY, "at_least": 2}, True),
        ({"by": ESSAY, "targets": [{"units": ["SNV"], "at_least": 2}]}, True),
        ({"by": ESSAY, "mark": "80"}, True),
        ({"by": ESSAY, "forms": ["press"]}, True),
        ({"by": "figure-reported", "figure": "fund"}, True),
        ({"by": "contest-reported", "also": [{"by": "ceremony-reported"}]}, True),
    ],
)
def test_what_is_counted_and_what_the_first_act_fulfils(
    fields: dict[str, object], counts: bool
) -> None:
    asked = option("N16A", "2020-06-10", **fields)
    assert owed("N16", asked).planned.counts_acts is counts
    both = owed("N16", option("N16B", "2020-06-10", by="ceremony-reported"), asked)
    assert both.planned.counts_acts is counts


def test_what_is_asked_besides_is_asked() -> None:
    also = [{"by": ESSAY}]
    planned = owed("N17", option("N17", "2020-06-10", included=True, also=also)).planned
    assert planned.is_by(ESSAY)
    assert planned.last_essay_day(None) == date(2020, 6, 10)


def test_another_report_or_figure_counts_for_nothing() -> None:
    report = option("N18A", "2020-06-10", by="report-submitted", report="summary", at_least=2)
    other = Submission("report-submitted", UUID(int=1), at("2020-06-01"), report="other")
    assert not other.goes(report)
    assert replace(other, report="summary").goes(report)
    fund = option("N18B", "2020-06-10", by="figure-reported", figure="fund")
    assert figure("1", "2020-06-01").goes(fund)
    assert not replace(figure("1", "2020-06-01"), figure="other").goes(fund)


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

"""What a successor owes: each cell of the table, and docs/campaigns.md beside it."""

from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import pytest

from services.contracts.events import DeadlineMissed, ObligationFulfilled, ObligationWaived
from services.submissions.obligations.fulfil import fulfil
from services.submissions.obligations.miss import miss
from services.submissions.obligations.obligation import Fulfilment, Obligation, Status, Step
from services.submissions.obligations.release import waive
from services.submissions.obligations.submission import Submission as Sent
from services.submissions.obligations.successions import (
    LEFT,
    TABLE,
    Inherited,
    Own,
    best_left,
    own_state,
    passed_on,
)
from tests.submissions.examples import contest_report
from tests.submissions.replica import moment

NOW = moment("2020-07-20")
BLANK = replace(contest_report(), unit="X3")
SENT_ON = {"predecessor": "2020-07-08", "successor": "2020-07-15"}


def in_state(status: Status, unit: str, sent_on: str) -> Obligation:
    """An obligation of a unit, as it came to that status."""
    obligation = replace(contest_report(), unit=unit)
    if status == "fulfilled":
        submission = Sent("contest-reported", uuid4(), moment(sent_on))
        return fulfil(obligation, submission)[0]
    if status == "missed":
        return miss(obligation, moment("2020-07-12"))[0]
    if status == "waived":
        return waive(obligation, document="Văn bản", reason="Lý do", now=NOW)[0]
    return replace(obligation, status=status)


def taken(left: Status, own: Own, **sent_on: str) -> tuple[Obligation | None, Step | None]:
    """The successor's own, and what becomes of it."""
    mine = None
    if own != "none":
        mine = in_state(
            "open" if own == "new" else own, "X3", sent_on.get("successor", SENT_ON["successor"])
        )
    best = in_state(left, "X1", sent_on.get("predecessor", SENT_ON["predecessor"]))
    step = passed_on(
        best, mine, BLANK, begins=own == "new", document="Văn bản", reason="Lý do", now=NOW
    )
    return mine, step


EVENTS: dict[Inherited, type[Any] | None] = {
    Inherited.FULFILLED: ObligationFulfilled,
    Inherited.IF_LESS_LATE: ObligationFulfilled,
    Inherited.MISSED: DeadlineMissed,
    Inherited.WAIVED: ObligationWaived,
    Inherited.OPEN: None,
    Inherited.NOT_OWED: None,
}
AFTER = {
    Inherited.FULFILLED: "fulfilled",
    Inherited.IF_LESS_LATE: "fulfilled",
    Inherited.MISSED: "missed",
    Inherited.WAIVED: "waived",
    Inherited.OPEN: "open",
    Inherited.NOT_OWED: "not-owed",
}


def test_the_table_has_a_cell_for_every_case() -> None:
    assert set(TABLE) == set(get_args(Status)) == set(LEFT)
    assert all(set(row) == set(get_args(Own)) for row in TABLE.values())


@pytest.mark.parametrize(("left", "own"), list(product(LEFT, get_args(Own))))
def test_each_cell_does_what_it_says(left: Status, own: Own) -> None:
    mine, step = taken(left, own)
    act = TABLE[left][own]
    if act is Inherited.STAYS:
        assert step is None
        return
    assert step is not None
    after, facts = step
    assert (after.unit, after.status) == ("X3", AFTER[act])
    assert after.version == (mine.version if mine else 1) + len(facts)
    event = EVENTS[act]
    assert [type(fact) for fact in facts] == ([event] if event else [])
    assert {fact.unit for fact in facts} <= {"X3"}


def test_what_was_done_no_less_late_changes_nothing() -> None:
    _, step = taken("fulfilled", "fulfilled", predecessor="2020-07-18")
    assert step is None
    _, step = taken("fulfilled", "fulfilled", successor="2020-07-08")
    assert step is None


def test_of_several_the_least_late_counts_and_one_released_releases_nobody() -> None:
    late, early = (
        in_state("fulfilled", "X1", "2020-07-18"),
        in_state("fulfilled", "X2", "2020-07-08"),
    )
    open_, missed = in_state("open", "X4", ""), in_state("missed", "X5", "")
    waived = in_state("waived", "X6", "")
    assert best_left([late, missed, early, open_]) == early
    assert best_left([missed, waived]) == missed
    assert best_left([waived, open_, missed]) == open_
    assert best_left([waived, waived]) == waived
    assert best_left([]) is None


def test_a_unit_that_acted_on_its_first_day_has_its_own() -> None:
    assert own_state(in_state("fulfilled", "X3", "2020-07-08"), begins=True) == "fulfilled"
    assert own_state(in_state("open", "X3", ""), begins=True) == "new"
    assert own_state(None, begins=True) == "none"


def test_an_option_that_the_plan_no_longer_has_stays_known() -> None:
    best = in_state("fulfilled", "X1", "2020-07-08")
    options = tuple(o.model_copy(update={"id": "D6b"}) for o in contest_report().planned.options)
    planned = best.planned.model_copy(update={"options": options})
    mine = replace(contest_report(), unit="X3", planned=planned)
    step = passed_on(best, mine, BLANK, begins=True, document="", reason="", now=NOW)
    assert step is not None
    after, (fact,) = step
    assert isinstance(fact, ObligationFulfilled)
    assert (fact.option, fact.last_day) == ("D6", date(2020, 7, 9))
    assert isinstance(after.fulfilment, Fulfilment)


WORDS = {
    **{status: status for status in get_args(Own)},
    "none": "—",
    "new": "open, unit is new",
}


def test_the_manual_has_the_same_table() -> None:
    manual = Path("docs/campaigns.md").read_text()
    for left, row in TABLE.items():
        cells = " | ".join(row[own].value for own in get_args(Own))
        assert f"| **{left}** | {cells} |" in manual, f"| **{left}** | {cells} |"
    assert "| " + " | ".join(WORDS[own] for own in get_args(Own)) + " |" in manual

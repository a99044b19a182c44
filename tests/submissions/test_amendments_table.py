"""Promise: what an amendment does to an obligation stands in one table, each cell of it is tried,
and docs/campaigns.md has the same table."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from services.contracts.campaign.obligation_plan import ObligationPlan, OnlyIf
from services.contracts.events import (
    DeadlineMoved,
    ObligationFact,
    ObligationFulfilled,
    ObligationWaived,
)
from services.submissions.obligations.amendments import (
    TABLE,
    Act,
    Change,
    Notice,
    Terms,
    amended,
    changes_of,
)
from services.submissions.obligations.fulfil import fulfil
from services.submissions.obligations.miss import miss
from services.submissions.obligations.obligation import Obligation, Status
from services.submissions.obligations.release import waive
from tests.submissions.examples import DOCUMENT, at, contest_report, option, submission

NOW = at("2020-07-12")
NOTICE = Notice(2, "300/BTĐ-NV2", "Sửa đổi", NOW)
STATES: tuple[Status, ...] = get_args(Status)


def as_is(status: Status, *, late: bool = False) -> Obligation:
    """D6, due until 9 July, in a state."""
    state = contest_report()
    day = at("2020-07-11") if late else at("2020-07-01")
    match status:
        case "missed":
            return miss(state, NOW)[0]
        case "fulfilled":
            return fulfil(state, submission("contest-reported", day))[0]
        case "waived":
            return waive(state, now=day, **DOCUMENT)[0]
        case "not-owed":
            return replace(state, status="not-owed")
    return state


def terms(planned: ObligationPlan, *moves: tuple[str, date]) -> Terms:
    return Terms(planned, moves, deadline_version=1, next_version=1 + max(1, len(moves)))


def later(day: str, **fields: object) -> ObligationPlan:
    """D6 with another day, or other terms of its option."""
    return contest_report().planned.model_copy(update={"options": (option("D6", day, **fields),)})


SAME = terms(contest_report().planned)
MOVED = terms(later("2020-07-20"), ("D6", date(2020, 7, 19)))
LONGER = terms(later("2020-07-10", reporting_grace_days=10))
LESS = terms(later("2020-07-10", reporting_grace_days=0))

OF_CHANGE: dict[Change, Terms | None] = {
    Change.TAKEN_OUT: None,
    Change.PUT_BACK: MOVED,
    Change.EXEMPTED: SAME,
    Change.NOT_EXEMPTED: MOVED,
    Change.DAY_MOVED: MOVED,
    Change.LONGER: LONGER,
    Change.OTHERWISE: LESS,
}

RELEASED, MOVES, NOTHING = [ObligationWaived], [DeadlineMoved], list[type[ObligationFact]]()
EXPECTED: dict[tuple[Change, Status], tuple[Status, list[type[ObligationFact]]]] = {
    (Change.TAKEN_OUT, "open"): ("waived", RELEASED),
    (Change.TAKEN_OUT, "missed"): ("waived", RELEASED),
    (Change.TAKEN_OUT, "fulfilled"): ("fulfilled", NOTHING),
    (Change.TAKEN_OUT, "waived"): ("waived", NOTHING),
    (Change.TAKEN_OUT, "not-owed"): ("not-owed", NOTHING),
    (Change.PUT_BACK, "open"): ("open", NOTHING),
    (Change.PUT_BACK, "missed"): ("missed", NOTHING),
    (Change.PUT_BACK, "fulfilled"): ("fulfilled", NOTHING),
    (Change.PUT_BACK, "waived"): ("open", MOVES),
    (Change.PUT_BACK, "not-owed"): ("not-owed", NOTHING),
    (Change.EXEMPTED, "open"): ("not-owed", NOTHING),
    (Change.EXEMPTED, "missed"): ("waived", RELEASED),
    (Change.EXEMPTED, "fulfilled"): ("fulfilled", NOTHING),
    (Change.EXEMPTED, "waived"): ("waived", NOTHING),
    (Change.EXEMPTED, "not-owed"): ("not-owed", NOTHING),
    (Change.NOT_EXEMPTED, "open"): ("open", NOTHING),
    (Change.NOT_EXEMPTED, "missed"): ("missed", NOTHING),
    (Change.NOT_EXEMPTED, "fulfilled"): ("fulfilled", NOTHING),
    (Change.NOT_EXEMPTED, "waived"): ("waived", NOTHING),
    (Change.NOT_EXEMPTED, "not-owed"): ("open", NOTHING),
    (Change.DAY_MOVED, "open"): ("open", MOVES),
    (Change.DAY_MOVED, "missed"): ("open", MOVES),
    (Change.DAY_MOVED, "fulfilled"): ("fulfilled", [DeadlineMoved, ObligationFulfilled]),
    (Change.DAY_MOVED, "waived"): ("waived", NOTHING),
    (Change.DAY_MOVED, "not-owed"): ("not-owed", NOTHING),
    (Change.LONGER, "open"): ("open", NOTHING),
    (Change.LONGER, "missed"): ("open", MOVES),
    (Change.LONGER, "fulfilled"): ("fulfilled", NOTHING),
    (Change.LONGER, "waived"): ("waived", NOTHING),
    (Change.LONGER, "not-owed"): ("not-owed", NOTHING),
    (Change.OTHERWISE, "open"): ("open", NOTHING),
    (Change.OTHERWISE, "missed"): ("missed", NOTHING),
    (Change.OTHERWISE, "fulfilled"): ("fulfilled", NOTHING),
    (Change.OTHERWISE, "waived"): ("waived", NOTHING),
    (Change.OTHERWISE, "not-owed"): ("not-owed", NOTHING),
}


@pytest.mark.parametrize(("change", "status"), EXPECTED, ids=lambda one: getattr(one, "name", one))
def test_each_cell_of_the_table(change: Change, status: Status) -> None:
    before, given = as_is(status), OF_CHANGE[change]
    after, facts = amended(before, change, given, NOTICE)
    expected, kinds = EXPECTED[change, status]
    assert after.status == expected
    assert [type(fact) for fact in facts] == kinds
    assert [fact.version for fact in facts] == [
        before.version + n for n in range(1, len(facts) + 1)
    ]
    assert after.version == before.version + len(facts)
    for fact in facts:
        if isinstance(fact, ObligationWaived | DeadlineMoved):
            assert (fact.document, fact.reason) == ("300/BTĐ-NV2", "Sửa đổi")
    if TABLE[change][status] in (Act.FOLLOWS, Act.MOVED, Act.OPEN_AGAIN):
        assert given is not None
        assert after.option("D6").last_day == given.planned.option("D6").last_day
        assert after.deadline_version == given.next_version


def test_the_table_has_every_state_of_every_change() -> None:
    assert {(change, status) for change, row in TABLE.items() for status in row} == set(EXPECTED)
    assert set(EXPECTED) == {(change, status) for change in Change for status in STATES}


@pytest.mark.parametrize("change", [Change.TAKEN_OUT, Change.EXEMPTED])
def test_who_was_late_with_what_is_no_longer_asked_is_released(change: Change) -> None:
    after, facts = amended(as_is("fulfilled", late=True), change, OF_CHANGE[change], NOTICE)
    assert after.status == "waived"
    assert [type(fact) for fact in facts] == [ObligationWaived]


def test_what_was_done_late_counts_again_when_it_is_put_back() -> None:
    released, _ = amended(as_is("fulfilled", late=True), Change.TAKEN_OUT, None, NOTICE)
    after, facts = amended(released, Change.PUT_BACK, MOVED, NOTICE)
    assert after.status == "fulfilled"
    *_, fulfilled = facts
    assert isinstance(fulfilled, ObligationFulfilled)
    assert fulfilled.days_late == 0, "by the day that holds now"


def test_what_is_put_back_after_its_day_stays_released() -> None:
    over = terms(later("2020-07-11"))
    assert amended(as_is("waived"), Change.PUT_BACK, over, NOTICE)[0].status == "waived"


def test_what_a_new_condition_asks_after_its_day_is_not_owed_either() -> None:
    after, facts = amended(as_is("not-owed"), Change.NOT_EXEMPTED, SAME, NOTICE)
    assert (after.status, facts) == ("not-owed", ())


def test_a_grace_that_is_over_too_opens_nothing() -> None:
    over = terms(later("2020-07-10", reporting_grace_days=1))
    after, facts = amended(as_is("missed"), Change.LONGER, over, NOTICE)
    assert (after.status, facts) == ("missed", ())
    assert after.deadline_version == over.next_version


def test_who_fulfilled_by_an_option_that_is_gone_keeps_it() -> None:
    planned = contest_report().planned
    other = terms(planned.model_copy(update={"options": (option("D6B", "2020-07-20"),)}))
    after, _ = amended(as_is("fulfilled"), Change.OTHERWISE, other, NOTICE)
    assert [one.id for one in after.planned.options] == ["D6B", "D6"]
    assert amended(as_is("open"), Change.OTHERWISE, other, NOTICE)[0].planned.options[0].id == "D6B"


# What changed


def changes(
    state: Obligation,
    given: Terms | None,
    *,
    owed: bool = True,
    exempt: bool = False,
    condition_changed: bool = False,
    by_waiver: bool = False,
) -> set[Change]:
    return set(
        changes_of(
            state,
            given,
            owed=owed,
            exempt=exempt,
            condition_changed=condition_changed,
            by_waiver=by_waiver,
        )
    )


def test_what_changed_is_seen_by_comparing() -> None:
    assert changes(as_is("open"), None, owed=False) == {Change.TAKEN_OUT}
    assert changes(as_is("open"), SAME, owed=False) == {Change.TAKEN_OUT, Change.OTHERWISE}
    assert changes(as_is("open"), MOVED) == {Change.DAY_MOVED, Change.OTHERWISE}
    assert changes(as_is("open"), LONGER) == {Change.LONGER}
    assert changes(as_is("missed"), LESS) == {Change.OTHERWISE}
    assert Change.PUT_BACK in changes(as_is("waived"), SAME)
    assert Change.PUT_BACK not in changes(as_is("waived"), SAME, by_waiver=True)
    assert Change.PUT_BACK not in changes(as_is("waived"), SAME, exempt=True)
    freed = changes(as_is("open"), SAME, exempt=True, condition_changed=True)
    assert Change.EXEMPTED in freed
    assert Change.NOT_EXEMPTED in changes(as_is("not-owed"), SAME, condition_changed=True)


def test_an_option_more_makes_the_end_later() -> None:
    options = (*contest_report().planned.options, option("D6B", "2020-08-01"))
    more = terms(contest_report().planned.model_copy(update={"options": options}))
    assert changes(as_is("missed"), more) == {Change.LONGER}


def test_a_condition_alone_moves_no_end() -> None:
    only_if = OnlyIf(no_essays_by=date(2020, 6, 5))
    given = terms(contest_report().planned.model_copy(update={"only_if": only_if}))
    assert changes(as_is("open"), given, condition_changed=True) == {
        Change.NOT_EXEMPTED,
        Change.OTHERWISE,
    }


# In the manual


def test_the_manual_has_the_same_table() -> None:
    text = Path("docs/campaigns.md").read_text(encoding="utf-8")
    section = text.partition("\n### What follows for what units owe\n")[2].partition("\n#")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|") and not re.fullmatch(r"[|\s-]+", line)
    ]
    head, *body = rows
    assert head[1:] == ["open", "missed", "fulfilled", "waived", "not-owed"]
    told = {
        (row[0], status): cell
        for row in body
        for status, cell in zip(head[1:], row[1:], strict=True)
    }
    assert told == {
        (change.value, status): act.value
        for change, row in TABLE.items()
        for status, act in row.items()
    }

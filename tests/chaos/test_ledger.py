"""The ledger finds each broken promise, names it and the ids, and takes nothing for granted."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.chaos.evidence import Evidence, NoMore, Outcome, OutgoingMessage
from tests.chaos.ledger import all_broken, as_table, broken, ledger

PLACE = ("thidua.essay-submitted.v1", 2, 7)
LETTER = OutgoingMessage("d1", "scoring", PLACE, "bad-json")
PAIR, MISS = ("e1", "s1"), ("X00004", "D1", 1)


SECOND = timedelta(seconds=1)
GIVEN_UP = NoMore("s1", "HTTP 410: gone", datetime(2026, 1, 1, tzinfo=UTC), off=False)


def kept() -> Evidence:
    """A small run in which everything held."""
    event_ids = {"submissions": {"e1", "e2"}, "scoring": {"p1"}, "notifications": {"n1"}}
    return Evidence(
        outcomes={
            "k1": Outcome("accepted", False, fact="essay-submitted SNV a v1"),
            "k2": Outcome("refused", True, detail="422", problem="faulty-request"),
            "k3": Outcome("refused", True, problem="faulty-request", repeated=True),
        },
        commanded=Counter(["essay-submitted SNV a v1"]),
        logged={service: set(ids) for service, ids in event_ids.items()},
        published={service: set(ids) for service, ids in event_ids.items()},
        for_scoring={"e1", "e2"},
        facts=Counter(["e1", "e2"]),
        for_notifications={"e1", "e2", "p1"},
        inbox=Counter(["e1", "e2", "p1"]),
        tallies={"SNV": '{"essays":1}'},
        true_tallies={"SNV": '{"essays":1}'},
        digest="d",
        true_digest="d",
        misses={MISS: {"e2"}},
        must_be_missed={MISS},
        wanted={PAIR},
        surely_off=[("s1", (GIVEN_UP.at, GIVEN_UP.at + SECOND))],
        no_more=[GIVEN_UP, GIVEN_UP._replace(off=True)],
        gone=[("s1", (GIVEN_UP.at - SECOND, GIVEN_UP.at + SECOND))],
        deliveries={PAIR: ["accepted"]},
        received={PAIR: Counter({"msg_1": 2})},
        repetitions_allowed=1,
        planned=Counter({"kill": 2}),
        done=Counter({"kill": 2, "gone": 1}),
        processes=6,
        poison={("scoring", PLACE): "bad-json"},
        dead_letters=[LETTER],
        listed_letters=[LETTER],
    )


def test_a_run_that_kept_its_promises_is_green() -> None:
    lines = ledger(kept())
    assert broken(lines) == set()
    assert "BROKEN" not in as_table(lines)


Break = Callable[[Evidence], object]

BREAKS: dict[str, tuple[str, Break]] = {
    "a command without an answer": (
        "answered",
        lambda e: e.outcomes.update(k9=Outcome("unanswered", False)),
    ),
    "two answers under one key": (
        "same-answer",
        lambda e: e.outcomes.update(k3=replace(e.outcomes["k3"], differs=True)),
    ),
    "a faulty command that was taken": (
        "refused",
        lambda e: e.outcomes.update(k2=Outcome("accepted", True, fact="x")),
    ),
    "a faulty command that was refused for another reason": (
        "refused",
        lambda e: e.outcomes.update(k2=Outcome("refused", True, problem="not-found")),
    ),
    "a right command that was refused": (
        "just",
        lambda e: e.outcomes.update(k4=Outcome("refused", False, problem="faulty-request")),
    ),
    "a mark for an essay that nobody withdrew": (
        "just",
        lambda e: e.outcomes.update(
            k4=Outcome(
                "refused", False, problem="essay-withdrawn", event="essay-judged", about="k1"
            )
        ),
    ),
    "an accepted command that is gone": ("accepted-in-log", lambda e: e.commanded.clear()),
    "one fact that was promised twice": (
        "accepted-in-log",
        lambda e: e.outcomes.update(k4=e.outcomes["k1"]),
    ),
    "an accepted command that was done twice": (
        "nothing-else-in-log",
        lambda e: e.commanded.update(["essay-submitted SNV a v1"]),
    ),
    "a refused command that left something": (
        "nothing-else-in-log",
        lambda e: e.commanded.update(["essay-submitted SNV b v1"]),
    ),
    "a fact that was never published": (
        "log-on-topics-submissions",
        lambda e: e.published["submissions"].discard("e1"),
    ),
    "an event that nobody said": (
        "topics-in-log-scoring",
        lambda e: e.published["scoring"].add("p9"),
    ),
    "an event without effect": ("facts", lambda e: e.facts.pop("e1")),
    "an event with two effects": ("facts", lambda e: e.facts.update(["e1"])),
    "an event that notifications passed over": ("inbox", lambda e: e.inbox.pop("p1")),
    "a tally that counted twice": ("tallies", lambda e: e.tallies.update(SNV='{"essays":2}')),
    "points that are not the facts'": ("digest", lambda e: setattr(e, "digest", "other")),
    "a deadline missed twice": ("missed-once", lambda e: e.misses[MISS].add("e3")),
    "a deadline that nobody missed": ("missed", lambda e: e.misses.clear()),
    "a miss that nobody missed": (
        "not-missed",
        lambda e: e.misses.update({("SNV", "D6", 2): {"e3"}}),
    ),
    "a timer that was never fired": ("missed", lambda e: setattr(e, "timers_due", ["SNV D5"])),
    "a delivery that was given up": (
        "deliveries",
        lambda e: e.deliveries.update({PAIR: ["failed"]}),
    ),
    "a subscription that was switched off for another reason": (
        "gone",
        lambda e: e.no_more.append(GIVEN_UP._replace(reason="9 failures in a row: HTTP 500")),
    ),
    "a subscription that was switched off at another time": (
        "gone",
        lambda e: e.no_more.append(GIVEN_UP._replace(at=GIVEN_UP.at + 2 * SECOND, off=True)),
    ),
    "a subscription whose receiver was there": (
        "gone",
        lambda e: e.no_more.append(GIVEN_UP._replace(subscription="s2", off=True)),
    ),
    "an event that was told although nothing was kept for it": (
        "untold",
        lambda e: setattr(e, "untold", {PAIR}),
    ),
    "an excuse for everything": ("excused", lambda e: setattr(e, "not_owed", {PAIR})),
    "two deliveries of one event": (
        "deliveries",
        lambda e: e.deliveries.update({PAIR: ["accepted", "accepted"]}),
    ),
    "a delivery that never came": ("received", lambda e: e.received.clear()),
    "a delivery that nobody asked for": (
        "received",
        lambda e: e.received.update({("e7", "s1"): Counter(["msg_7"])}),
    ),
    "a repetition under another id": (
        "repetitions",
        lambda e: e.received.update({PAIR: Counter(["msg_1", "msg_2"])}),
    ),
    "more repetitions than kills": (
        "repetitions",
        lambda e: e.received.update({PAIR: Counter({"msg_1": 3})}),
    ),
    "a redirect that was followed": (
        "repetitions",
        lambda e: setattr(e, "followed_redirects", 1),
    ),
    "a schedule that was cut short": (
        "schedule",
        lambda e: e.done.subtract(["kill"]),
    ),
    "an act that nobody could do": ("schedule", lambda e: setattr(e, "failed", ["calendar"])),
    "a queue that is never empty": ("rest", lambda e: setattr(e, "moving", ["outbox: 1"])),
    "a process that gave up": ("alive", lambda e: setattr(e, "ended", ["scoring-1 with 1"])),
    "a bad message that is lost": ("poison", lambda e: e.dead_letters.clear()),
    "a bad message with another cause": (
        "poison",
        lambda e: setattr(e, "dead_letters", [LETTER._replace(cause="tombstone")]),
    ),
    "a bad message that was set aside twice": (
        "poison",
        lambda e: e.dead_letters.append(LETTER._replace(id="d2")),
    ),
    "a good message among the dead letters": (
        "poison",
        lambda e: e.dead_letters.append(
            OutgoingMessage("d2", "scoring", ("t", 0, 1), "apply-failed")
        ),
    ),
    "a dead letter that no operator sees": ("letters", lambda e: e.listed_letters.clear()),
    "a dead letter that is in a list only": (
        "letters",
        lambda e: e.listed_letters.append(LETTER._replace(id="d2")),
    ),
}


@pytest.mark.parametrize(("name", "breaks"), BREAKS.values(), ids=list(BREAKS))
def test_a_broken_promise_is_found_and_named(name: str, breaks: Break) -> None:
    evidence = kept()
    breaks(evidence)
    lines = ledger(evidence)
    assert name in broken(lines)
    assert "BROKEN" in as_table(lines) or "EMPTY" in as_table(lines)


def test_what_an_accepted_withdrawal_forbids_may_be_refused() -> None:
    evidence = kept()
    withdrawal = Outcome(
        "accepted", False, event="essay-withdrawn", about="k1", sent_at=1.0, answered_at=2.0
    )
    judged = Outcome(
        "refused",
        False,
        problem="essay-withdrawn",
        event="essay-judged",
        about="k1",
        answered_at=3.0,
    )
    evidence.outcomes = {**evidence.outcomes, "k4": withdrawal, "k5": judged}
    assert broken(ledger(evidence)) == set()
    evidence.outcomes = {**evidence.outcomes, "k5": replace(judged, answered_at=0.5)}
    assert broken(ledger(evidence)) == {"just"}


def test_what_came_while_a_subscription_was_off_is_not_owed_and_may_be_delivered() -> None:
    evidence = kept()
    pairs = {(f"e{number}", "s1") for number in range(1, 10)}
    evidence.wanted = {*pairs, ("e10", "s1")}
    evidence.deliveries = {pair: ["accepted"] for pair in pairs}
    evidence.received = {pair: Counter(["msg"]) for pair in pairs}
    assert broken(ledger(evidence)) == {"deliveries", "received"}
    evidence.not_owed = {("e10", "s1")}
    assert broken(ledger(evidence)) == set()


def test_a_promise_that_nothing_was_held_against_is_not_kept() -> None:
    assert broken(ledger(Evidence(logged={"submissions": ()}))) >= {"answered", "facts", "poison"}


def test_the_table_names_the_first_ids_that_break_a_promise() -> None:
    evidence = kept()
    evidence.for_scoring = {f"e{number}" for number in range(20)}
    table = as_table(ledger(evidence))
    assert "e10 had no effect" in table
    assert "… and 13 more" in table


def test_the_file_names_all_ids_that_break_a_promise() -> None:
    evidence = kept()
    evidence.for_scoring = {f"e{number}" for number in range(20)}
    table = all_broken(ledger(evidence))
    assert table.startswith("facts: scoring has every fact")
    assert all(f"  e{number} had no effect" in table for number in range(3, 20))
    assert all_broken(ledger(kept())) == ""

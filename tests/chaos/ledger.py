"""The ledger: what was collected after a run, held against every promise of delivery. Pure.

accepted ⊆ event log ⊆ topics ⊆ effects, each effect once; and nothing that nobody asked for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.chaos.evidence import Evidence, Outcome, Place

_ONE_EXCUSED_IN = 5
"""A receiver is gone for seconds of minutes; what is excused for more was lost by other ways."""


@dataclass(frozen=True, slots=True)
class Line:
    """One promise: how many things were looked at, and which of them break it."""

    name: str
    promise: str
    counted: int
    broken: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it is kept; a promise that nothing was held against is not."""
        return not self.broken and self.counted > 0


def ledger(evidence: Evidence) -> list[Line]:
    """Every promise, kept or broken, in the way of an event."""
    return [
        *_commands(evidence),
        *_logs(evidence),
        *_effects(evidence),
        *_deadlines(evidence),
        *_deliveries(evidence),
        *_poison(evidence),
        _schedule(evidence),
        _line("rest", "in the end nothing moves any more", evidence.processes, evidence.moving),
        _line(
            "alive",
            "no process ended but by our hand",
            evidence.processes,
            evidence.ended,
        ),
    ]


def broken(lines: Iterable[Line]) -> set[str]:
    """Names of the promises that are not kept."""
    return {line.name for line in lines if not line.holds}


def as_table(lines: Sequence[Line], *, shown: int = 5) -> str:
    """The ledger for people; under each broken promise the first ids that break it."""
    width = max(len(line.promise) for line in lines)
    rows = []
    for line in lines:
        verdict = (
            "ok" if line.holds else f"BROKEN by {len(line.broken)}" if line.broken else "EMPTY"
        )
        rows.append(f"  {line.promise:{width}}  {line.counted:>9,}  {verdict}")
        rows += [f"      {what}" for what in line.broken[:shown]]
        if len(line.broken) > shown:
            rows.append(f"      … and {len(line.broken) - shown} more")
    return "\n".join(rows)


def all_broken(lines: Iterable[Line]) -> str:
    """Every broken promise with all the ids that break it, for a file."""
    return "\n".join(
        "\n".join([f"{line.name}: {line.promise}", *(f"  {what}" for what in line.broken), ""])
        for line in lines
        if not line.holds
    )


def _line(name: str, promise: str, counted: int, wrong: Iterable[str]) -> Line:
    return Line(name, promise, counted, tuple(sorted(wrong)))


def _missing(what: str, wanted: Iterable[str], there: Collection[str]) -> Iterator[str]:
    return (f"{one} {what}" for one in set(wanted) - set(there))


def _commands(found: Evidence) -> Iterator[Line]:
    outcomes = found.outcomes
    yield _line(
        "answered",
        "every command was accepted or refused for good",
        len(outcomes),
        (f"{k}: {o.detail}" for k, o in outcomes.items() if o.state == "unanswered"),
    )
    repeated = {key: one for key, one in outcomes.items() if one.repeated}
    yield _line(
        "same-answer",
        "one key, one answer, however often it is sent",
        len(repeated),
        (f"{k}: {o.detail or o.fact}" for k, o in repeated.items() if o.differs),
    )
    doomed = {key: one for key, one in outcomes.items() if one.doomed}
    yield _line(
        "refused",
        "what breaks a rule was refused, and as faulty",
        len(doomed),
        (
            f"{key}: {one.fact or one.detail}"
            for key, one in doomed.items()
            if one.state != "refused" or one.problem != "faulty-request"
        ),
    )
    yield _line(
        "just",
        "what breaks no rule was accepted",
        len(outcomes) - len(doomed),
        _refused_unjustly(outcomes),
    )
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for key, one in outcomes.items():
        if one.fact:
            keys[one.fact].append(key)
    commanded = found.commanded
    yield _line(
        "accepted-in-log",
        "what was accepted is in the event log, each for itself",
        sum(map(len, keys.values())),
        (
            f"{fact} of {', '.join(by)}: {commanded[fact]} times"
            for fact, by in keys.items()
            if commanded[fact] < len(by)
        ),
    )
    yield _line(
        "nothing-else-in-log",
        "once, and refused commands left nothing there",
        commanded.total(),
        (
            f"{fact}: {count} times, told to {', '.join(keys.get(fact, ())) or 'nobody'}"
            for fact, count in commanded.items()
            if count > 1 or fact not in keys
        ),
    )


def _refused_unjustly(outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    """Refusals of commands that broke no rule when they were sent, as the others' answers tell.

    One rule of docs/submissions.md can meet a command that is right in itself: its essay was
    withdrawn by then.
    """
    withdrawals: defaultdict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes.values():
        if one.state == "accepted" and one.event == "essay-withdrawn" and one.about:
            withdrawals[one.about].append(one)
    for key, one in outcomes.items():
        if one.state != "refused" or one.doomed:
            continue
        match one.problem, one.event:
            case "essay-withdrawn", "essay-withdrawn" | "essay-judged":
                right = any(w.sent_at < one.answered_at for w in withdrawals[one.about or ""])
            case _:
                right = False
        if not right:
            yield f"{key}: {one.event} was refused, {one.detail} {one.problem}"


def _logs(found: Evidence) -> Iterator[Line]:
    for service, logged in found.logged.items():
        on_topics = found.published.get(service, ())
        yield _line(
            f"log-on-topics-{service}",
            f"what {service} logged is on its topics",
            len(logged),
            _missing("is not on a topic", logged, on_topics),
        )
        yield _line(
            f"topics-in-log-{service}",
            f"on these is nothing that {service} did not log",
            len(on_topics),
            _missing("is not in the log", on_topics, logged),
        )


def _effects(found: Evidence) -> Iterator[Line]:
    for name, taken, effects, of in (
        ("facts", found.for_scoring, found.facts, "scoring has every fact on its topics"),
        ("inbox", found.for_notifications, found.inbox, "notifications took every event"),
    ):
        yield _line(
            name,
            f"{of}, once, and no other",
            len(taken),
            [
                *_missing("had no effect", taken, effects),
                *_missing("had an effect and is on no topic", effects, taken),
                *(f"{one} had {n} effects" for one, n in effects.items() if n > 1),
            ],
        )
    tallies, truth = found.tallies, found.true_tallies
    yield _line(
        "tallies",
        "running tallies are what the facts on the topics add up to",
        len(truth),
        (
            f"{unit}: {tallies.get(unit)}, and it is {truth.get(unit)}"
            for unit in tallies.keys() | truth.keys()
            if tallies.get(unit) != truth.get(unit)
        ),
    )
    yield _line(
        "digest",
        "running points are those of the pure function",
        1 if found.true_digest else 0,
        [] if found.digest == found.true_digest else [f"{found.digest}, not {found.true_digest}"],
    )


def _deadlines(found: Evidence) -> Iterator[Line]:
    misses = {miss: set(ids) for miss, ids in found.misses.items()}
    yield _line(
        "missed-once",
        "a deadline is missed once for unit, obligation, version",
        len(misses),
        (f"{miss}: {sorted(ids)}" for miss, ids in misses.items() if len(ids) > 1),
    )
    must = set(found.must_be_missed)
    yield _line(
        "missed",
        "every deadline that passed unfulfilled was published",
        len(found.must_be_missed),
        [
            *(f"{miss} was not published" for miss in must - misses.keys()),
            *(f"{timer} is due" for timer in found.timers_due),
        ],
    )
    yield _line(
        "not-missed",
        "and none that did not pass so",
        len(misses),
        (f"{miss} was published" for miss in misses.keys() - must - set(found.may_be_missed)),
    )


def _deliveries(found: Evidence) -> Iterator[Line]:
    wanted, rows = set(found.wanted), found.deliveries
    owed = wanted - set(found.not_owed)
    yield _line(
        "gone",
        "switched off or given up only while the receiver said 410",
        len(found.no_more),
        (
            f"{one.subscription} at {one.at}: {one.reason}"
            for one in found.no_more
            if "HTTP 410" not in one.reason
            or not any(
                which == one.subscription and began <= one.at <= ended
                for which, (began, ended) in found.gone
            )
        ),
    )
    excused = len(wanted) - len(owed)
    yield _line(
        "excused",
        f"{excused} came meanwhile and are not owed, of what was asked for",
        len(wanted),
        [f"more than one in {_ONE_EXCUSED_IN}"] if excused * _ONE_EXCUSED_IN > len(wanted) else [],
    )
    untold = set(found.untold)
    yield _line(
        "untold",
        f"while it was off beyond doubt {len(untold)} came, to be told never",
        len(found.surely_off),
        (f"{pair} was told" for pair in untold & (rows.keys() | found.received.keys())),
    )
    yield _line(
        "deliveries",
        "one accepted delivery for each event and subscription",
        len(owed),
        [
            *(f"{pair}: no delivery" for pair in owed - rows.keys()),
            *(f"{pair}: nobody asked for it" for pair in rows.keys() - wanted),
            *(f"{pair}: {list(of)}" for pair, of in rows.items() if list(of) != ["accepted"]),
        ],
    )
    yield _line(
        "received",
        "the receiver said yes to each, and to no other",
        len(found.received),
        [
            *(f"{pair} never came" for pair in owed - found.received.keys()),
            *(f"{pair} came unasked" for pair in found.received.keys() - wanted),
        ],
    )
    repeated = sum(ids.total() - 1 for ids in found.received.values())
    few = repeated <= found.repetitions_allowed
    yield _line(
        "repetitions",
        f"{repeated} came twice: one id each, at most {found.repetitions_allowed} by what broke",
        len(found.received),
        [
            *(f"{pair}: {dict(ids)}" for pair, ids in found.received.items() if len(ids) > 1),
            *([] if few else [f"{repeated} are too many"]),
            *(["a redirect was followed"] if found.followed_redirects else []),
        ],
    )


def _poison(found: Evidence) -> Iterator[Line]:
    planted, on_topics = found.poison, set(found.dead_letters)
    set_aside: defaultdict[tuple[str, Place], list[str]] = defaultdict(list)
    for letter in on_topics:
        set_aside[letter.group, letter.place].append(letter.cause)
    yield _line(
        "poison",
        "dead letters are the poison, each once with its cause, and nothing else",
        len(planted),
        [
            *(f"{at} {planted[at]}: lost" for at in planted.keys() - set_aside.keys()),
            *(f"{at} {set_aside[at]}: no poison" for at in set_aside.keys() - planted.keys()),
            *(
                f"{at}: {sorted(set_aside[at])} instead of {planted[at]}"
                for at in planted.keys() & set_aside.keys()
                if set_aside[at] != [planted[at]]
            ),
        ],
    )
    listed = set(found.listed_letters)
    yield _line(
        "letters",
        "and operators see those in their lists",
        len(on_topics),
        [
            *(f"{letter} is in no list" for letter in on_topics - listed),
            *(f"{letter} is on no topic" for letter in listed - on_topics),
        ],
    )


def _schedule(found: Evidence) -> Line:
    planned, done = found.planned, found.done
    return _line(
        "schedule",
        "everything on the schedule was done to it",
        planned.total(),
        [
            *(
                f"{what}: {done[what]} of {n} times"
                for what, n in planned.items()
                if done[what] < n
            ),
            *found.failed,
        ],
    )

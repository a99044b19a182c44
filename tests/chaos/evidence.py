"""What a run came to, as it was found in answers, databases, topics and at the receiver."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

Place = tuple[str, int, int]
"""Topic, partition, offset."""
Pair = tuple[str, str]
"""Event id and subscription id."""
Miss = tuple[str, str, int]
"""Unit, obligation, version of the deadline."""

Span = tuple[datetime, datetime]
"""From when to when."""


class OutgoingMessage(NamedTuple):
    """A message that was set aside."""

    id: str
    group: str
    place: Place
    cause: str


class NoMore(NamedTuple):
    """Notifications gave something up: a delivery, or with `off` the whole subscription."""

    subscription: str
    reason: str
    at: datetime
    off: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command came to."""

    state: Literal["accepted", "refused", "unanswered"]
    doomed: bool
    """It had to be refused."""
    fact: str | None = None
    """Name of the fact that its answer promises."""
    detail: str = ""
    problem: str = ""
    """Of a refusal: which of docs/problems.md it names."""
    event: str = ""
    """The fact that it was to become."""
    unit: str | None = None
    about: str | None = None
    """Key of the command that sent the essay which it is about."""
    sent_at: float = 0.0
    """Of one clock for all commands, seconds; when it was first sent, and when its answer came."""
    answered_at: float = 0.0
    repeated: bool = False
    """It was sent once more under its key after its answer had come."""
    differs: bool = False
    """And the two answers were not the same."""


@dataclass
class Evidence:
    """Everything that was found in answers, databases, topics and at the receiver."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    """By Idempotency-Key."""
    commanded: Counter[str] = field(default_factory=Counter)
    """Facts in the log of submissions that only a command makes, by name; how often."""
    logged: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By service: ids of its event log; of dead letters their own."""
    published: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By service: ids on the topics that it publishes, valid ones; of dead letters their own."""
    for_scoring: Collection[str] = ()
    """Ids of valid events on the topics that scoring takes."""
    facts: Counter[str] = field(default_factory=Counter)
    """Ids in scoring's table of facts; how often."""
    for_notifications: Collection[str] = ()
    inbox: Counter[str] = field(default_factory=Counter)
    tallies: Mapping[str, str] = field(default_factory=dict)
    """Running tally by unit, as text."""
    true_tallies: Mapping[str, str] = field(default_factory=dict)
    """The same, counted by the pure function from the facts on the topics."""
    digest: str = ""
    true_digest: str = ""
    misses: Mapping[Miss, Collection[str]] = field(default_factory=dict)
    """Events deadline-missed on the topic by what was missed."""
    must_be_missed: Collection[Miss] = ()
    may_be_missed: Collection[Miss] = ()
    """What overtook a report on its way: both orders are right."""
    timers_due: Collection[str] = ()
    """Timers that are due and were not fired."""
    wanted: Collection[Pair] = ()
    """Events that a subscription asked for."""
    no_more: Collection[NoMore] = ()
    """By the events about it on the topics."""
    gone: Collection[tuple[str, Span]] = ()
    """Subscriptions, and when a 410 of their receiver can have been written down."""
    not_owed: Collection[Pair] = ()
    """Of these, what was taken in while the subscription may have been off."""
    surely_off: Collection[tuple[str, Span]] = ()
    """Subscriptions and when they were off beyond doubt."""
    untold: Collection[Pair] = ()
    """What was taken in then: nothing is kept for a subscription that is off."""
    deliveries: Mapping[Pair, Sequence[str]] = field(default_factory=dict)
    """State of each delivery row."""
    received: Mapping[Pair, Counter[str]] = field(default_factory=dict)
    """At the receiver: what it said yes to; how often under each webhook-id."""
    repetitions_allowed: int = 0
    """As many as the kills, freezes and outages of the run can have caused."""
    followed_redirects: int = 0
    planned: Counter[str] = field(default_factory=Counter)
    """What was to come to pass by the schedule; how often."""
    done: Counter[str] = field(default_factory=Counter)
    """What did."""
    failed: Collection[str] = ()
    """Acts that could not be done, and why."""
    moving: Collection[str] = ()
    """What had not come to rest when it was counted."""
    processes: int = 0
    ended: Collection[str] = ()
    """Processes that ended by themselves."""
    poison: Mapping[tuple[str, Place], str] = field(default_factory=dict)
    """What was planted: cause by group and place."""
    dead_letters: Collection[OutgoingMessage] = ()
    """On the topics; one that the relay sent twice is one."""
    listed_letters: Collection[OutgoingMessage] = ()
    """In the lists that operators see."""

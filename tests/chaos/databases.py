"""What the databases hold after a run; reads only."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import asyncpg

from services.chassis.storage.outbox import decode_headers
from services.contracts.envelope import Event, decode
from services.contracts.events import UnitFact
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.digest import campaign_digest, digest_of
from services.scoring.engine.score import score
from services.scoring.tallies.queries import from_json, to_json
from tests.chaos.commands import CommandedFact
from tests.chaos.evidence import Evidence, NoMore, OutgoingMessage, Pair, Span
from tests.chaos.topics import GROUPS, OnTopics

LONGEST_BATCH = timedelta(seconds=2)
"""From the beginning of a transaction that takes events in to its look at subscriptions."""
_COMMANDED = get_args(CommandedFact)


def name_of(fact: UnitFact) -> str:
    """A fact by what it says, whatever its event's id: two events of one name are one too many."""
    return f"{fact.event} {fact.unit} {fact.aggregate} v{fact.version}"


async def collect_databases(
    evidence: Evidence,
    *,
    databases: dict[str, str],
    topics: OnTopics,
    snapshot: CampaignSnapshot,
    resumed: Sequence[tuple[str, Span]],
) -> None:
    """Put into `evidence` what they say, and what the facts on the topics amount to."""
    evidence.logged = {}
    letters: set[OutgoingMessage] = set()
    for service, url in databases.items():
        connection = await asyncpg.connect(url)
        try:
            evidence.logged[service] = await _log(connection, service, evidence)
            if service in GROUPS:
                letters |= await _letters(connection, service)
            match service:
                case "submissions":
                    await _timers(connection, evidence)
                case "scoring":
                    await _points(connection, evidence, snapshot, topics)
                case _:
                    await _deliveries(connection, evidence, resumed)
        finally:
            await connection.close()
    evidence.listed_letters = letters


async def _log(connection: Any, service: str, evidence: Evidence) -> set[str]:
    if service == "submissions":
        evidence.commanded = await _commanded(connection)
    # The id of a dead letter is its own: the original's is one that another service logged.
    return {str(row[0]) for row in await connection.fetch("SELECT event_id FROM event_log")}


async def _letters(connection: Any, service: str) -> set[OutgoingMessage]:
    rows = await connection.fetch('SELECT id, topic, partition, "offset", cause FROM dead_letters')
    return {
        OutgoingMessage(str(id_), service, (topic, partition, offset), cause)
        for id_, topic, partition, offset, cause in rows
    }


async def _commanded(connection: Any) -> Counter[str]:
    counted: Counter[str] = Counter()
    async with connection.transaction():
        async for key, headers, value in connection.cursor(
            "SELECT key, headers, value FROM event_log WHERE split_part(topic, '.', 2) = ANY ($1)",
            _COMMANDED,
            prefetch=2000,
        ):
            event = decode(key, decode_headers(headers), value)
            assert isinstance(event, Event), event
            assert isinstance(event.data, UnitFact)
            counted[name_of(event.data)] += 1
    return counted


async def _timers(connection: Any, evidence: Evidence) -> None:
    due = await connection.fetch(
        "SELECT unit, obligation, option, distance FROM timers"
        " WHERE due_at < (SELECT now FROM simulated_clock) - interval '2 minutes'"
    )
    evidence.timers_due = [str(tuple(row)) for row in due]


async def _points(
    connection: Any, evidence: Evidence, snapshot: CampaignSnapshot, topics: OnTopics
) -> None:
    rows = await connection.fetch("SELECT event_id FROM facts")
    evidence.facts = Counter(str(row[0]) for row in rows)
    rows = await connection.fetch(
        "SELECT unit, tally::text FROM unit_measures WHERE version > 0 AND campaign = $1",
        snapshot.campaign,
    )
    evidence.tallies = {unit: _plain(from_json(tally)) for unit, tally in rows}
    facts = list(topics.facts.values())
    truth = snapshot.tallier.tallies(facts)
    evidence.true_tallies = {unit: _plain(tally) for unit, tally in truth.items() if tally}
    evidence.tallies = {u: t for u, t in evidence.tallies.items() if t != "{}"}
    rows = await connection.fetch(
        "SELECT cluster, digest FROM clusters WHERE campaign = $1 AND digest IS NOT NULL",
        snapshot.campaign,
    )
    evidence.digest = campaign_digest(dict(map(tuple, rows)))
    evidence.true_digest = digest_of(score(facts, snapshot.clusters, snapshot.rules))


def _plain(tally: Any) -> str:
    return to_json(dict(sorted(tally.items())))


async def _deliveries(
    connection: Any,
    evidence: Evidence,
    resumed: Sequence[tuple[str, Span]],
) -> None:
    rows = await connection.fetch("SELECT event_id, received_at FROM inbox")
    evidence.inbox = Counter(str(event) for event, _ in rows)
    taken_in = {str(event): at for event, at in rows}
    evidence.not_owed = {
        (event, subscription)
        for event, subscription in evidence.wanted
        for begins, ends in _spans_off(subscription, evidence.no_more, resumed)
        if event in taken_in and begins <= taken_in[event] <= ends
    }
    evidence.untold = {
        (event, subscription)
        for event, subscription in evidence.wanted
        for which, (begins, ends) in evidence.surely_off
        if which == subscription and event in taken_in
        if begins <= taken_in[event] <= ends - LONGEST_BATCH
    }
    found: dict[Pair, list[str]] = {}
    for event, subscription, state in await connection.fetch(
        "SELECT event_id, subscription_id, state FROM deliveries"
    ):
        found.setdefault((str(event), str(subscription)), []).append(state)
    evidence.deliveries = found


def _spans_off(
    subscription: str,
    no_more: Iterable[NoMore],
    resumed: Sequence[tuple[str, Span]],
) -> Iterator[tuple[datetime, datetime]]:
    """From a little before it was switched off (a batch may have begun by then) to its return.

    A resumption that was asked for before, and answered after, may have come before it.
    """
    for which, _, began, off in no_more:
        if off and which == subscription:
            returns = [
                sure for one, (asked, sure) in resumed if one == subscription and asked >= began
            ]
            yield began - LONGEST_BATCH, min(returns, default=datetime.max.replace(tzinfo=UTC))

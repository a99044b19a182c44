"""One run: a stack, many clients, a schedule that breaks it, a rest, and the ledger."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from infra.local.stack import HANOI_2020, Stack
from infra.local.steps import StepPrinter
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import load_campaign
from services.contracts.rules.loader import load_with_rules
from services.notifications.subscriptions.subscription_request import SUBSCRIBABLE
from services.scoring.campaign_snapshot import CampaignTimeline
from tests.chaos.clients import Clients
from tests.chaos.commands import Command, commands
from tests.chaos.databases import collect_databases
from tests.chaos.deadlines import misses
from tests.chaos.evidence import Evidence
from tests.chaos.havoc import Havoc
from tests.chaos.hooks import Hooks
from tests.chaos.insist import NobodyTakesItError
from tests.chaos.ledger import Line, ledger
from tests.chaos.planter import Planter
from tests.chaos.processes import Processes
from tests.chaos.receiver import MOODS, Receiver
from tests.chaos.rest import databases_of, moving
from tests.chaos.schedule import PROCESSES, Act, planned
from tests.chaos.topics import SubscriptionRequest, collect_topics

SESSION_MS = 6000
"""The least that a broker allows by default."""
WEBHOOKS_AT_ONCE = 16

ENVIRONMENT = {
    "THIDUA_SESSION_TIMEOUT_MS": str(SESSION_MS),
    "THIDUA_RETRY_BASE_MS": "50",
    "THIDUA_RETRY_MAX_MS": "1000",
    "THIDUA_DRAIN_TIMEOUT_S": "6",
    "THIDUA_RELAY_SAFETY_POLL_S": "1",
    "SCORING_SWEEP_S": "1",
    "SCORING_GUARD_S": "0",  # it would mend what the ledger is to find
    "NOTIFICATIONS_WEBHOOK_TIMEOUT_S": "0.7",
    "NOTIFICATIONS_ATTEMPT_TIMEOUT_S": "1",
    "NOTIFICATIONS_LEASE_S": "3",
    "NOTIFICATIONS_DELIVERY_ATTEMPTS": "100",
    "NOTIFICATIONS_DELIVERY_RETRY_BASE_S": "0.1",
    "NOTIFICATIONS_DELIVERY_RETRY_FACTOR": "2",
    "NOTIFICATIONS_DELIVERY_RETRY_MAX_S": "1",
    "NOTIFICATIONS_DISABLE_AFTER": "1000",
    "NOTIFICATIONS_SENDER_SAFETY_POLL_S": "1",
    "NOTIFICATIONS_WEBHOOK_CONCURRENCY": str(WEBHOOKS_AT_ONCE),
    "NOTIFICATIONS_PER_SUBSCRIPTION_CONCURRENCY": "8",
}
"""What passes by itself passes soon: seconds here where it is minutes in production."""

_SLACK = 40
"""Commands that are on their way when an act begins: it must meet some."""
_SETTLE_S = 600.0
_LONG = 3000
"""Commands whose events are enough for the receiver to be in each of its moods."""

Report = Callable[[str], None]


@dataclass
class Chaos:
    """A running stack that can be broken, and asked whether it kept its promises."""

    stack: Stack
    campaign: Campaign
    receiver: Receiver
    planter: Planter
    clients: Clients
    havoc: Havoc
    subscriptions: list[SubscriptionRequest]
    report: Report
    seed: int
    acts: list[Act] = field(default_factory=list)
    """Of all that it lived through."""
    moving: list[str] = field(default_factory=list)
    """What had not come to rest when `settle` gave up; empty when everything had."""
    _sent: int = 0

    async def live_through(self, acts: Sequence[Act], sent: Sequence[Command]) -> None:
        """Send all commands while the acts are done, each at its time."""
        gate, first = self.clients.gate, self._sent
        self._sent += len(sent)
        self.acts += acts
        sending = asyncio.create_task(self.clients.send(sent))
        waves = _by_time(acts)
        try:
            for number, wave in enumerate(waves):
                at = first + wave[0].at
                gate.open_to(at + _SLACK)
                following = waves[number + 1][0].at if number + 1 < len(waves) else len(sent)
                while self.clients.answered < at and not sending.done():  # noqa: ASYNC110 - counted
                    await asyncio.sleep(0.02)
                gate.open_to(first + following + _SLACK)
                self._report_wave(number, len(waves), wave)
                await asyncio.gather(*(self.havoc.do(act) for act in wave))
                await self.havoc.make_up()
            gate.open_to(self._sent)
            await sending
        finally:
            sending.cancel()

    async def settle(self) -> None:
        """Wait until nothing moves: ten minutes at most, and not for what can't come.

        What moves then is in the next count, which says of each promise what it lacks.
        """
        for one in self.subscriptions:  # whatever was given up while its receiver was gone
            _, token = self.havoc.hooks.subscriptions[one.path]
            try:
                await self.havoc.hooks.resume(one.id, token, key=secrets.token_hex(8))
            except NobodyTakesItError as error:
                self.moving = [str(error)]
                return
        ends, reported_at, calm = time.monotonic() + _SETTLE_S, 0.0, 0
        while calm < 2:
            left = await moving(self.stack)
            self.moving = [f"{what}: {count}" for what, count in left.items()]
            calm = 0 if left else calm + 1
            if time.monotonic() > ends or self._someone_ended():
                return
            if left and time.monotonic() > reported_at + 5:
                reported_at = time.monotonic()
                self.report(f"  settling: {left}")
            await asyncio.sleep(0.3)

    def _someone_ended(self) -> bool:
        return not all(self.havoc.processes.running(process).alive for process in PROCESSES)

    async def count(self) -> list[Line]:
        """Collect everything and hold it against the promises."""
        places = {place for _, place in self.planter.planted}
        topics = await collect_topics(
            self.stack.broker.bootstrap, self.campaign, self.subscriptions, places
        )
        evidence = Evidence(
            outcomes=self.clients.outcomes,
            published=topics.valid,
            for_scoring=topics.for_scoring,
            for_notifications=topics.for_notifications,
            misses=topics.misses,
            wanted=topics.wanted,
            no_more=topics.no_more,
            moving=self.moving,
            gone=self.havoc.hooks.gone,
            surely_off=self.havoc.hooks.surely_off,
            poison=self.planter.planted,
            dead_letters=topics.dead_letters,
        )
        await collect_databases(
            evidence,
            databases=databases_of(self.stack),
            topics=topics,
            snapshot=CampaignTimeline(*load_with_rules(HANOI_2020)).at(datetime.now(UTC)),
            resumed=self.havoc.hooks.resumed,
        )
        missed = misses(self.campaign, topics.submissions, self.havoc.calendar)
        evidence.must_be_missed, evidence.may_be_missed = missed
        ids = {one.path: one.id for one in self.subscriptions}
        evidence.received = {
            (event, ids.get(path, path)): Counter(deliveries)
            for (event, path), deliveries in self.receiver.yes.items()
        }
        evidence.followed_redirects = self.receiver.followed
        evidence.repetitions_allowed = WEBHOOKS_AT_ONCE * sum(
            count * (2 if name == "database" else 1)  # both replicas may forget what they heard
            for name, count in self.havoc.processes.deaths.items()
            if name.startswith("notifications") or name == "database"
        )
        for process in PROCESSES:
            self.havoc.processes.check(process)
        evidence.processes, evidence.ended = len(PROCESSES), self.havoc.processes.ended
        moods = MOODS if self._sent >= _LONG else ()
        evidence.planned = planned(self.acts) + Counter(f"mood {mood}" for mood in moods)
        met = {f"mood {mood}": count for mood, count in self.receiver.moods.items()}
        evidence.done = self.havoc.done + Counter(met)
        evidence.failed = self.havoc.failed
        return ledger(evidence)

    def _report_wave(self, number: int, of: int, wave: Sequence[Act]) -> None:
        answered, tries = self.clients.answered, self.clients.tries
        what = "; ".join(
            f"{act.verb} {act.target} {act.what}".strip() for act in wave if act.verb != "poison"
        )
        poison = sum(act.verb == "poison" for act in wave)
        what = "; ".join(filter(None, [what, f"{poison} poison" if poison else ""]))
        self.report(f"  [{number + 1}/{of}] {answered:,} answered in {tries:,} tries: {what}")


@contextmanager
def stack_to_break(directory: Path, steps: StepPrinter | None = None) -> Iterator[Stack]:
    """Apache Kafka, PostgreSQL and two replicas of each service, with short patience."""
    with Stack(
        directory / "stack",
        kind="kafka",
        replicas=2,
        steps=steps or StepPrinter(),
        environment=ENVIRONMENT,
    ) as stack:
        yield stack


async def begin(stack: Stack, seed: int, report: Report) -> Chaos:
    """Subscriptions, receiver, clients: everything but the breaking."""
    campaign = load_campaign(HANOI_2020)
    receiver = Receiver(seed)
    receiver.start()
    stack.supervisor.adopt("receiver", receiver)
    subscriptions, tokens = await _subscribe(stack, receiver)
    clients = Clients([one.url for one in stack.services["submissions"]], stack.token)
    planter = Planter(stack.broker.bootstrap)
    by_path = {one.path: (one.id, tokens[one.path]) for one in subscriptions}
    havoc = Havoc(
        stack,
        Processes(stack, clients.gate, session_s=SESSION_MS / 1000),
        Hooks(stack, clients.gate, receiver, by_path),
        planter,
        seed,
    )
    return Chaos(stack, campaign, receiver, planter, clients, havoc, subscriptions, report, seed)


def drawn(campaign: Campaign, seed: int, count: int) -> list[Command]:
    """The commands of a run."""
    return list(commands(seed, count, list(campaign.units)))


async def _subscribe(
    stack: Stack, receiver: Receiver
) -> tuple[list[SubscriptionRequest], dict[str, str]]:
    """The Board hears of deadlines and reports in the whole city, two units of all about them."""
    city = [
        "deadline-missed",
        "deadline-moved",
        "conference-reported",
        "contest-reported",
        "ceremony-reported",
    ]
    wanted = [("HN", "board", None, city)]
    wanted += [(unit, "unit", unit, sorted(SUBSCRIBABLE)) for unit in ("SNV", "STP")]
    subscriptions, tokens = [], {}
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        for number, (unit, role, own, types) in enumerate(wanted):
            path = f"/hook/{number}"
            tokens[path] = stack.token(role, own)
            answer = await client.post(
                f"{stack.url('notifications')}/v1/subscriptions",
                json={
                    "event_types": types,
                    "unit": unit,
                    "channel": "webhook",
                    "url": f"{receiver.url}{path}",
                },
                headers={
                    "authorization": f"Bearer {tokens[path]}",
                    "idempotency-key": f"chaos-{number}",
                },
            )
            assert answer.status_code == 201, answer.text
            subscriptions.append(
                SubscriptionRequest(answer.json()["id"], path, unit, frozenset(types))
            )
    return subscriptions, tokens


def _by_time(acts: Sequence[Act]) -> list[list[Act]]:
    waves: dict[int, list[Act]] = {}
    for act in acts:
        waves.setdefault(act.at, []).append(act)
    return [waves[at] for at in sorted(waves)]

"""Proof that the ledger can go red: one promise is taken out, and the line that holds it must see.

On a stack whose ledger was green. Each sabotage breaks another line, so they can follow one another
on the same stack; what counts is what is broken now and was not before.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.chassis.crash import AFTER_EFFECT, AFTER_PUBLISH
from tests.chaos.commands import Command
from tests.chaos.databases import LONGEST_BATCH
from tests.chaos.ledger import Line
from tests.chaos.run import Chaos, drawn
from tests.chaos.schedule import other_replica, service_of
from tests.chaos.topics import group_behind

COMMANDS = 60
_A_FEW_ROUNDS_S = 2.0
"""Of a relay that looks every second."""
_TAKEN_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Proof:
    """What is done without a promise, and which line of the ledger must go red."""

    sabotage: str
    process: str
    line: str
    crash_at: str = ""
    """Where the process dies: the moment at which the promise would have mattered."""
    copies: str = ""
    """The topic whose last events are written once more, instead of new commands."""
    missed_by: str = ""
    """A hook that is off when those events come first, and on again when they come once more."""
    alone: bool = False
    """The other replica is away: it would do the work."""

    @property
    def name(self) -> str:
        """`inbox of scoring`."""
        return f"{self.sabotage} of {service_of(self.process)}"


PROOFS = (
    Proof("inbox", "scoring-0", "tallies", copies="essay-judged"),
    # A copy makes no second delivery: the table has one for each event and subscription. But a
    # delivery that was not to be made can be made by a copy.
    Proof(
        "inbox",
        "notifications-0",
        "untold",
        copies="essay-submitted",
        missed_by="/hook/1",
        alone=True,
    ),
    Proof("order", "submissions-0", "log-on-topics-submissions", crash_at=AFTER_PUBLISH),
    Proof("ack", "notifications-0", "inbox", crash_at=AFTER_EFFECT),
    Proof("cursor", "submissions-0", "log-on-topics-submissions", alone=True),
)


async def prove(chaos: Chaos, proof: Proof, before: Sequence[Line]) -> tuple[set[str], list[Line]]:
    """Run a little without this promise; lines with something newly broken, and the ledger."""
    processes, hooks = chaos.havoc.processes, chaos.havoc.hooks
    service = service_of(proof.process)
    if proof.missed_by:
        await _come_unheard(chaos, proof)
    if proof.alone:
        processes.kill(other_replica(proof.process))
    processes.kill(proof.process)
    module = ("tests.chaos.sabotage", proof.sabotage, f"services.{service}")
    processes.start(proof.process, crash_at=proof.crash_at, command=module)
    await asyncio.to_thread(processes.running(proof.process).wait_until_ready)
    if proof.missed_by:
        await hooks.on(proof.missed_by)
    if proof.copies:
        await chaos.planter.repeat(proof.copies, COMMANDS)
        await _taken(chaos, service)
    else:
        sending = asyncio.create_task(chaos.live_through([], _more(chaos, proof)))
        if proof.crash_at and not await processes.died(proof.process):
            raise AssertionError(f"{proof.process} passed no {proof.crash_at}")
        if proof.crash_at:
            processes.start(proof.process)
        await sending
        await asyncio.sleep(_A_FEW_ROUNDS_S if proof.alone else 0)
    if not proof.crash_at:
        processes.kill(proof.process)
        processes.start(proof.process)
    if proof.alone:
        processes.start(other_replica(proof.process))
    await chaos.settle()
    after = await chaos.count()
    return set(_newly_broken(before, after)), after


async def _come_unheard(chaos: Chaos, proof: Proof) -> None:
    """Let events come for a subscription while it is off."""
    (subscription,) = (one for one in chaos.subscriptions if one.path == proof.missed_by)
    commands = _more(chaos, proof, unit=subscription.unit)
    half = len(commands) // 2
    off = asyncio.create_task(chaos.havoc.hooks.off(subscription.path))
    await chaos.live_through([], commands[:half])
    assert await off, f"{subscription.path} stayed on"
    await chaos.live_through([], commands[half:])
    await _taken(chaos, service_of(proof.process))
    await asyncio.sleep(LONGEST_BATCH.total_seconds())


async def _taken(chaos: Chaos, group: str) -> None:
    """Wait until a group has taken what is on its topics."""
    async with asyncio.timeout(_TAKEN_WITHIN_S):
        while await group_behind(chaos.stack.broker.bootstrap, group):  # noqa: ASYNC110 - asked
            await asyncio.sleep(0.3)


def _more(chaos: Chaos, proof: Proof, *, unit: str | None = None) -> list[Command]:
    """Essays: their events are for everyone."""
    many = drawn(chaos.campaign, chaos.seed, 3 * COMMANDS)
    essays = [one for one in many if one.event == "essay-submitted" and not one.doomed]
    of_unit = {} if unit is None else {"unit": unit}
    return [
        replace(
            one,
            key=f"{proof.name.replace(' ', '-')}-{one.key}",
            unit=unit or one.unit,
            body={**one.body, **of_unit},
        )
        for one in essays[:COMMANDS]
    ]


def _newly_broken(before: Sequence[Line], after: Sequence[Line]) -> Iterator[str]:
    known = {line.name: set(line.broken) for line in before}
    return (line.name for line in after if set(line.broken) - known[line.name])

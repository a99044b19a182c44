"""Proof that the ledger can go red: one promise is taken out, and the line that holds it must see.

On a stack whose ledger was green. Each sabotage breaks another line, so they can follow one another
on the same stack; what counts is what is broken now and was not before.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.chassis.crash import AFTER_EFFECT, AFTER_PUBLISH
from tests.chaos.commands import Command
from tests.chaos.ledger import Line
from tests.chaos.run import Chaos, drawn
from tests.chaos.schedule import other_replica

COMMANDS = 60
_A_FEW_ROUNDS_S = 2.0
"""Of a relay that looks every second."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is done without a promise, and which line of the ledger must go red."""

    sabotage: str
    process: str
    line: str
    crash_at: str = ""
    """Where the process dies: the moment at which the promise would have mattered."""
    alone: bool = False
    """The other replica is away: it would do the work."""


PROOFS = (
    Proof("inbox", "scoring-0", "tallies"),
    Proof("order", "submissions-0", "log-on-topics-submissions", crash_at=AFTER_PUBLISH),
    Proof("ack", "notifications-0", "inbox", crash_at=AFTER_EFFECT),
    Proof("cursor", "submissions-0", "log-on-topics-submissions", alone=True),
)


async def prove(
    chaos: Chaos, proofs: Sequence[Proof], before: Sequence[Line]
) -> tuple[set[str], list[Line]]:
    """Run a little without these promises; lines with something newly broken, and the ledger.

    Several at once are of different services: each line is about what one of them did.
    """
    processes = chaos.havoc.processes
    for proof in proofs:
        if proof.alone:
            processes.kill(other_replica(proof.process))
        processes.kill(proof.process)
        service = proof.process.partition("-")[0]
        module = ("tests.chaos.sabotage", proof.sabotage, f"services.{service}")
        processes.start(proof.process, crash_at=proof.crash_at, command=module)
    for proof in proofs:
        await asyncio.to_thread(processes.running(proof.process).wait_until_ready)
    sending = asyncio.create_task(chaos.live_through([], _more(chaos, proofs[0].sabotage)))
    await asyncio.gather(*(_dies(chaos, proof) for proof in proofs if proof.crash_at))
    await sending
    if any(proof.alone for proof in proofs):
        await asyncio.sleep(_A_FEW_ROUNDS_S)
    elif any(not proof.crash_at for proof in proofs):
        # Of a type that was not sent just now: it would heal what another one is to lose.
        await chaos.planter.repeat("essay-judged", COMMANDS)
        await chaos.settle()
    for proof in proofs:
        if not proof.crash_at:
            processes.kill(proof.process)
            processes.start(proof.process)
        if proof.alone:
            processes.start(other_replica(proof.process))
    await chaos.settle()
    after = await chaos.count()
    return set(_newly_broken(before, after)), after


async def _dies(chaos: Chaos, proof: Proof) -> None:
    if not await chaos.havoc.processes.died(proof.process):
        raise AssertionError(f"{proof.process} passed no {proof.crash_at}")
    chaos.havoc.processes.start(proof.process)


def _more(chaos: Chaos, name: str) -> list[Command]:
    """Essays: their events are for everyone."""
    many = drawn(chaos.campaign, chaos.seed, 3 * COMMANDS)
    essays = [one for one in many if one.event == "essay-submitted" and not one.doomed]
    return [replace(one, key=f"{name}-{one.key}") for one in essays[:COMMANDS]]


def _newly_broken(before: Sequence[Line], after: Sequence[Line]) -> Iterator[str]:
    known = {line.name: set(line.broken) for line in before}
    return (line.name for line in after if set(line.broken) - known[line.name])

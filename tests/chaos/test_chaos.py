"""The short form of `make chaos`: everything breaks once, and the ledger adds up.

Then promises are taken out, on the same stack, and the ledger must say so.
"""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.local.stack import LOCAL
from services.chassis.crash import POINTS
from tests.chaos.ledger import Line, all_broken, as_table, broken
from tests.chaos.planter import KINDS
from tests.chaos.proof import PROOFS, Proof, prove
from tests.chaos.run import Chaos, begin, drawn, stack_to_break
from tests.chaos.schedule import planned, schedule
from tests.support.kafka import require_kafka

pytestmark = pytest.mark.broken

SEED, COMMANDS = 7, 700
BROKEN = LOCAL / "chaos" / "broken-in-short.txt"
IN_SHORT = [proof for proof in PROOFS if not proof.alone]
"""Each on its own. Where a replica must be away it takes longest: `make chaos` has those too."""


@dataclass
class Lived:
    """A stack that lived through the schedule, and its ledger as it stands."""

    chaos: Chaos
    lines: list[Line] = field(default_factory=list)


@pytest.fixture(scope="module")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lived]:
    require_kafka(LOCAL / "kafka" / "lib")
    directory: Path = tmp_path_factory.mktemp("chaos")
    acts = schedule(SEED, COMMANDS, poison=KINDS)
    with stack_to_break(directory) as stack:
        chaos = await begin(stack, SEED, print)
        await chaos.live_through(acts, drawn(chaos.campaign, SEED, COMMANDS))
        await chaos.settle()
        yield Lived(chaos, await chaos.count())
    shutil.rmtree(directory, ignore_errors=True)  # pytest would keep that of three sessions


@pytest.mark.timeout(900)
async def test_whatever_dies_every_promise_is_kept(lived: Lived) -> None:
    table = as_table(lived.lines)
    print(table)
    if broken(lived.lines):
        BROKEN.parent.mkdir(parents=True, exist_ok=True)
        BROKEN.write_text(all_broken(lived.lines), encoding="utf-8")
    assert broken(lived.lines) == set(), f"\n{table}\n  every id: {BROKEN}"


async def test_everything_on_the_schedule_was_done_to_it(lived: Lived) -> None:
    assert {mark.partition(" of ")[0] for mark in planned(lived.chaos.acts)} >= set(POINTS)
    assert "schedule" not in broken(lived.lines)
    assert lived.chaos.planter.copied > 100
    assert set(lived.chaos.receiver.moods) >= {"yes", "gone", "error", "later", "redirect"}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("proof", IN_SHORT, ids=[proof.name for proof in IN_SHORT])
async def test_without_the_promise_the_ledger_is_red(lived: Lived, proof: Proof) -> None:
    newly, lived.lines = await prove(lived.chaos, proof, lived.lines)
    assert proof.line in newly, "nobody noticed"

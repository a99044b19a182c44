"""make chaos ARGS="--commands 100000 --seed 7": break the running system, and count."""

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from infra.local.stack import LOCAL
from tests.chaos.ledger import Line, all_broken, as_table, broken
from tests.chaos.planter import KINDS
from tests.chaos.proof import PROOFS, Proof, prove
from tests.chaos.run import Chaos, begin, drawn, stack_to_break
from tests.chaos.schedule import Act, crash_points, schedule

BROKEN = 1
"""Exit code when a promise was not kept."""


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--commands", type=int, default=100_000, help="how many are sent")
    parser.add_argument("--seed", type=int, default=7, help="the same seed, the same schedule")
    parser.add_argument("--rounds", type=int, help="of breaking; default: one per 20,000 commands")
    parser.add_argument("--schedule", action="store_true", help="print the schedule only")
    parser.add_argument("--no-proof", action="store_true", help="without the sabotaged end")
    wanted = parser.parse_args()
    seed, count = wanted.seed, wanted.commands
    acts = schedule(seed, count, poison=KINDS, rounds=wanted.rounds)
    _print_schedule(acts, seed)
    if wanted.schedule:
        return 0
    directory = LOCAL / "chaos"
    code = _run(directory, acts, seed, count, proofs=() if wanted.no_proof else PROOFS)
    if code == BROKEN:
        print(f"  what the processes wrote: {directory / 'stack' / 'logs'}")
    else:
        shutil.rmtree(directory, ignore_errors=True)
    return code


def _run(
    directory: Path, acts: list[Act], seed: int, count: int, *, proofs: Sequence[Proof]
) -> int:
    began = time.monotonic()

    def report(text: str) -> None:
        sys.stdout.write(f"{time.monotonic() - began:6.0f} s{text}\n")
        sys.stdout.flush()

    async def live() -> int:
        chaos = await begin(stack, seed, report)
        await chaos.live_through(acts, drawn(chaos.campaign, seed, count))
        report("  all commands are answered; waiting until nothing moves")
        await chaos.settle()
        report("  counting")
        lines = await chaos.count()
        _print_outcome(chaos, lines)
        if wrong := sorted(broken(lines)):
            print(f"  seed {seed}: BROKEN: {', '.join(wrong)}")
            _write_all(directory, lines)
            return BROKEN
        print(f"  seed {seed}: every promise is kept\n")
        return await _prove(chaos, lines, proofs, report)

    with stack_to_break(directory) as stack:
        return asyncio.run(live())


async def _prove(
    chaos: Chaos, lines: list[Line], proofs: Sequence[Proof], report: Callable[[str], None]
) -> int:
    """Take the promises out one by one; the ledger must see it each time."""
    unnoticed = []
    for proof in proofs:
        newly, lines = await prove(chaos, proof, lines)
        noticed = proof.line in newly
        report(f"  without {proof.name}: {', '.join(sorted(newly)) or 'nothing'} newly broken")
        if not noticed:
            unnoticed.append(proof.name)
    if unnoticed:
        print(f"  THE LEDGER IS BLIND: nothing broke without {', '.join(unnoticed)}")
    return BROKEN if unnoticed else 0


def _print_outcome(chaos: Chaos, lines: list[Line]) -> None:
    did = chaos.havoc
    print(f"\n{as_table(lines)}\n")
    print(f"  deaths: {_counts(did.processes.deaths)}")
    print(f"  acts: {_counts(did.done)}")
    print(f"  receiver: {_counts(chaos.receiver.moods)}")
    print(f"  {chaos.clients.tries:,} tries, {chaos.planter.copied:,} events written once more")
    for act in did.news:
        print(f"  met nothing in time and was tried again: {act}")


def _write_all(directory: Path, lines: list[Line]) -> None:
    file = directory / "broken.txt"
    file.write_text(all_broken(lines), encoding="utf-8")
    print(f"  every id that breaks a promise: {file}")


def _counts(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in sorted(counted.items()))


def _print_schedule(acts: list[Act], seed: int) -> None:
    poison = [act for act in acts if act.verb == "poison"]
    print(f"seed {seed}: after so many commands")
    for act in acts:
        if act.verb != "poison":
            print(act)
    print(f"  and {len(poison):,} bad messages at {len({act.at for act in poison})} moments")
    print(f"  crash points: {', '.join(sorted(crash_points(acts)))}\n")


if __name__ == "__main__":
    sys.exit(main())

"""make chaos ARGS="--commands 100000 --seed 7": break the running system, and count."""

import argparse
import asyncio
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.local.stack import LOCAL
from tests.chaos.ledger import as_table, broken
from tests.chaos.planter import KINDS
from tests.chaos.run import begin, drawn, stack_to_break
from tests.chaos.schedule import Act, crash_points, schedule

BROKEN = 1
"""Exit code when a promise was not kept."""


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--commands", type=int, default=100_000, help="how many are sent")
    parser.add_argument("--seed", type=int, default=7, help="the same seed, the same schedule")
    parser.add_argument("--schedule", action="store_true", help="print the schedule only")
    wanted = parser.parse_args()
    acts = schedule(wanted.seed, wanted.commands, poison=KINDS)
    _print_schedule(acts, wanted.seed)
    if wanted.schedule:
        return 0
    LOCAL.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="chaos-", dir=LOCAL) as directory:
        return _run(Path(directory), acts, wanted.seed, wanted.commands)


def _run(directory: Path, acts: list[Act], seed: int, count: int) -> int:
    began = time.monotonic()

    def say(text: str) -> None:
        sys.stdout.write(f"{time.monotonic() - began:6.0f} s{text}\n")
        sys.stdout.flush()

    async def live() -> int:
        chaos = await begin(stack, seed, say)
        await chaos.live_through(acts, drawn(chaos.campaign, seed, count))
        say("  all commands are answered; waiting until nothing moves")
        await chaos.settle()
        lines = await chaos.count()
        say("\n")
        print(as_table(lines))
        did = chaos.havoc
        print(f"\n  deaths: {dict(sorted(did.deaths.items()))}")
        print(f"  acts: {dict(sorted(did.done.items()))}")
        print(f"  receiver: {dict(sorted(chaos.receiver.moods.items()))}")
        print(f"  {chaos.clients.tries:,} tries, {chaos.planter.copied:,} events written twice")
        for missed in did.not_reached:
            print(f"  not passed in time, killed outright: {missed}")
        wrong = broken(lines)
        print(f"\n  seed {seed}: {'BROKEN: ' + ', '.join(sorted(wrong)) if wrong else 'kept'}")
        return BROKEN if wrong else 0

    with stack_to_break(directory) as stack:
        return asyncio.run(live())


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

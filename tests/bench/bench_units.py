"""A tree of 20,000 units against one of 2,000: read, checked, made, and asked.

    python -m tests.bench.bench_units [rounds]

The ratios say whether anything grows faster than the file: ten times the units may take some 13
times as long. A third of the communes has two rows and a sixth ends with a successor, on 60 days.
"""

import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from services.contracts.campaign.loader import PLAN, UNITS, load_campaign
from services.contracts.campaign.units import Unit, UnitTree
from services.contracts.rules.loader import check
from tests.bench.rounds import ROUNDS, rounds_of

SMALL, LARGE = 2_000, 20_000
HANOI = Path("infra/campaigns/hanoi-2020")
HEADER = "code,name,kind,level,parent,cluster,gso_code,valid_from,valid_to,successor"
FIRST = date(2020, 3, 1)
DAYS = 60
COMMUNES = 20
"""Of a district, as many as Hanoi has."""


def rows(units: int) -> Iterator[str]:
    """A units file of so many units: a city, districts, their communes."""
    yield HEADER
    yield "HN,Thành phố Hà Nội,city,city,,,01,,,"
    for kind in ("department", "enterprise"):
        yield f"{kind.upper()},Đơn vị {kind},{kind},upper,HN,{kind}s,,,,"
    districts = units // (COMMUNES + 1)
    for at in range(districts):
        yield f"Q{at},Quận {at},quan,upper,HN,urban-districts,,,,"
        for each in range(COMMUNES):
            yield from _commune(at, each, districts)


def _commune(at: int, each: int, districts: int) -> Iterator[str]:
    """A commune: as it always was, moved to the next district, or merged into its neighbour."""
    code, day = f"X{at}.{each}", FIRST + timedelta(days=(at * 7 + each) % DAYS)
    start = f"{code},Phường {at} {each},phuong,commune"
    here, there = (f"Q{d},communes-of-Q{d}," for d in (at, (at + 1) % districts))
    if each % 6 == 0:
        yield f"{start},{here},,{day},X{at}.{each + 1}"
    elif each % 3 == 2:
        yield f"{start},{here},,{day},"
        yield f"{start},{there},{day},,"
    else:
        yield f"{start},{here},,,"


def directory(into: Path, units: int) -> Path:
    """The campaign of 2020 with so many units."""
    made = into / str(units)
    made.mkdir()
    for name in (PLAN, "rules.yaml"):
        text = (HANOI / name).read_text(encoding="utf-8")
        # The titles of Hanoi's clusters, which are others here: without them the check advises.
        text = re.sub(r"(?m)^clusters:\n(  .*\n)+", "", text)
        (made / name).write_text(text, encoding="utf-8")
    (made / UNITS).write_text("\n".join(rows(units)) + "\n", encoding="utf-8")
    return made


def spoilt(made: Path) -> Path:
    """The same campaign, each commune with a parent that there is not and the code of another."""
    wrong = Path(f"{made}-spoilt")
    shutil.copytree(made, wrong)
    text = (made / UNITS).read_text(encoding="utf-8")
    text = re.sub(
        r",commune,Q(\d+),communes-of-Q\d+,,", r",commune,Z\1,communes-of-Q\1,00001,", text
    )
    (wrong / UNITS).write_text(text, encoding="utf-8")
    return wrong


def seconds(run: Callable[[], object]) -> float:
    """What it takes of the processor once: neighbours take nothing of that."""
    began = time.process_time()
    run()
    return time.process_time() - began


def ask(tree: UnitTree) -> None:
    """Every question of every unit on a day in the middle, 20 a unit."""
    day = FIRST + timedelta(days=DAYS // 2)
    now = tree.on(day)
    for unit in tree:
        tree.holder(unit.code, day)
        tree.predecessors(unit.code, day)
        tree.ended(unit.code, day)
        tree.children(unit.code, day)
        if unit.code in now:
            now.ancestors(unit.code)
            now.covers("HN", unit.code)


def every_day(tree: UnitTree) -> None:
    """The tree of each of 60 days."""
    for day in range(DAYS):
        tree.on(FIRST + timedelta(days=day))


def measured(made: Path) -> dict[str, Callable[[], object]]:
    """What is measured on one campaign."""
    units: list[Unit] = list(load_campaign(made).units.rows)
    tree, wrong = UnitTree(units), spoilt(made)
    return {
        "check all three files": lambda: check(made),
        "check them with a fault in each row": lambda: check(wrong),
        "load plan and units": lambda: load_campaign(made),
        "make the tree": lambda: UnitTree(units),
        "make the trees of 60 days": lambda: every_day(UnitTree(units)),
        "ask each unit": lambda: ask(tree),
    }


def main(rounds: int) -> None:
    """Print a line a run and the table of medians with their ratios."""
    with tempfile.TemporaryDirectory() as temporary:
        small, large = (measured(directory(Path(temporary), units)) for units in (SMALL, LARGE))
        runs = {
            f"{name}, {units:,} units": lambda run=run: seconds(run)
            for name in small
            for units, run in ((SMALL, small[name]), (LARGE, large[name]))
        }
        medians = {name: statistics.median(r) for name, r in rounds_of(runs, rounds).items()}
    print(f"\n| | {SMALL:,} units | {LARGE:,} units | ratio |\n|---|---|---|---|")
    for name in small:
        one, other = (medians[f"{name}, {units:,} units"] for units in (SMALL, LARGE))
        print(f"| {name} | {one:.3f} s | {other:.2f} s | {other / one:.1f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS)

"""docs/campaigns.md: every command in it does what it says, in order, on a system that runs."""

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from infra.local.stack import ROOT, Stack

MANUAL = (ROOT / "docs" / "campaigns.md").read_text(encoding="utf-8")
MOMENT = re.compile(r"\d\d:\d\d ngày \d\d/\d\d/\d{4}")
"""When something was done: by the clock of the machine that runs the test."""
_COMMAND = re.compile(r"^    \$ (.*)\n((?:\n?    (?!\$ ).*\n)*)", re.MULTILINE)


@dataclass
class Step:
    """A heading with what is edited and what is typed below it."""

    title: str
    edits: list[tuple[str, str, str]] = field(default_factory=list)
    """File, before, after."""
    cells: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """File, code of the row, what is written into its columns; — empties one."""
    deletes: list[str] = field(default_factory=list)
    """Files."""
    commands: list[tuple[str, list[str]]] = field(default_factory=list)
    """What is typed, what is answered."""


def steps() -> Iterator[Step]:
    part = MANUAL.partition("## Announce, amend, adopt, close")[2].partition("\n## ")[0]
    for section in re.split(r"^### ", part, flags=re.MULTILINE)[1:]:
        title, _, text = section.partition("\n")
        step = Step(title, deletes=re.findall(r"^Delete `([^`]+)`", text, re.MULTILINE))
        for file, before, after in re.findall(
            r"^In `([^`]+)`:\n\n    - (.*)\n    \+ (.*)$", text, re.MULTILINE
        ):
            step.edits.append((file, before, after))
        for file, code, columns in re.findall(
            r"^In `([^`]+)`, in the row of `([^`]+)`:\n\n((?:    \w+ +\S+\n)+)", text, re.MULTILINE
        ):
            written = dict(line.split() for line in columns.splitlines())
            written = {name: value.replace("—", "") for name, value in written.items()}
            step.cells.append((file, code, written))
        for typed, answer in _COMMAND.findall(text):
            step.commands.append((typed, [line[4:] for line in answer.splitlines()]))
        yield step


STEPS = [step for step in steps() if step.commands]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All services, and no campaign."""
    with Stack(tmp_path_factory.mktemp("manual") / "stack", kind="wheel", campaign=None) as made:
        yield made


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where somebody sits and types, with the campaigns that ship."""
    directory = tmp_path_factory.mktemp("desk")
    (directory / "infra").symlink_to(ROOT / "infra")
    return directory


@pytest.mark.timeout(600)
def test_the_steps_do_what_the_manual_says(stack: Stack, desk: Path) -> None:
    environment = {
        **os.environ,
        **stack.service_environment(),
        **stack.addresses(),
        "THIDUA_TOKEN": stack.token("board"),
        "THIDUA_LANG": "vi",
    }
    done = [step.title.partition(" ·")[0] for step in STEPS]
    for needed in ("Announce", "Amend", "Adopt a table", "Change the tree", "Close"):
        assert needed in done, "a step without a command"
    for step in STEPS:
        if step.title.startswith("Close"):
            _after_the_last_day(stack)
        for file in step.deletes:
            (desk / file).unlink()
        for file, before, after in step.edits:
            text = (desk / file).read_text(encoding="utf-8")
            assert text.count(before) == 1, f"{file}: {before}"
            (desk / file).write_text(text.replace(before, after), encoding="utf-8")
        for file, code, columns in step.cells:
            _write_cells(desk / file, code, columns)
        for typed, answered in step.commands:
            if typed.startswith("curl") and shutil.which("curl") is None:
                continue
            wanted = _masked("\n".join(answered))
            until = time.monotonic() + 60
            answer = _answer(typed, desk, environment)
            while typed.startswith("curl") and answer != wanted and time.monotonic() < until:
                time.sleep(0.2)  # scoring knows a change a second or two later
                answer = _answer(typed, desk, environment)
            assert answer == wanted, f"{step.title}: {typed}"
            stack.wait_until_known()


def _answer(typed: str, desk: Path, environment: dict[str, str]) -> str:
    """What a command prints."""
    name, *words = shlex.split(_with_variables(typed, environment))
    assert name in ("thidua", "curl")
    program = [sys.executable, "-m", "services.cli"] if name == "thidua" else [name]
    done = subprocess.run(
        [*program, *words],
        cwd=desk,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return _masked((done.stdout + done.stderr).rstrip())


def _write_cells(file: Path, code: str, columns: dict[str, str]) -> None:
    """As somebody does in a spreadsheet: one row, and the columns that it needs."""
    with file.open(encoding="utf-8", newline="") as read:
        rows = list(csv.DictReader(read))
    (row,) = (row for row in rows if row["code"] == code)
    row |= columns
    with file.open("w", encoding="utf-8", newline="") as written:
        names = list(dict.fromkeys(name for row in rows for name in row))
        table = csv.DictWriter(written, names, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _after_the_last_day(stack: Stack) -> None:
    headers = {
        "Authorization": f"Bearer {stack.token('ops')}",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    moved = httpx.post(
        f"{stack.url('submissions')}/v1/clock",
        json={"now": "2021-01-16T08:00:00+07:00"},
        headers=headers,
    )
    assert moved.is_success, moved.text


def _masked(text: str) -> str:
    """Without moments, and without blanks that align columns."""
    return re.sub(r" +", " ", MOMENT.sub("…", text))


def _with_variables(typed: str, environment: dict[str, str]) -> str:
    return re.sub(r"\$(\w+)", lambda found: environment[found[1]], typed)

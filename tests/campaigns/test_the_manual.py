"""docs/campaigns.md: every command in it does what it says, in order, on a system that runs."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.local.stack import ROOT, Stack

MANUAL = (ROOT / "docs" / "campaigns.md").read_text(encoding="utf-8")
MOMENT = re.compile(r"\d\d:\d\d ngày \d\d/\d\d/\d{4}")
"""When something was done: by the clock of the machine that runs the test."""
_COMMAND = re.compile(r"^    \$ (.*)\n((?:    (?!\$ ).*\n)*)", re.MULTILINE)


@dataclass
class Step:
    """A heading with what is edited and what is typed below it."""

    title: str
    edits: list[tuple[str, str, str]] = field(default_factory=list)
    """File, before, after."""
    commands: list[tuple[str, list[str]]] = field(default_factory=list)
    """What is typed, what is answered."""


def steps() -> Iterator[Step]:
    part = MANUAL.partition("## Announce, amend, adopt, close")[2].partition("\n## ")[0]
    for section in re.split(r"^### ", part, flags=re.MULTILINE)[1:]:
        title, _, text = section.partition("\n")
        step = Step(title)
        for file, before, after in re.findall(
            r"^In `([^`]+)`:\n\n    - (.*)\n    \+ (.*)$", text, re.MULTILINE
        ):
            step.edits.append((file, before, after))
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
    assert len(STEPS) >= 4
    for step in STEPS:
        for file, before, after in step.edits:
            text = (desk / file).read_text(encoding="utf-8")
            assert text.count(before) == 1, f"{file}: {before}"
            (desk / file).write_text(text.replace(before, after), encoding="utf-8")
        for typed, answered in step.commands:
            name, *words = shlex.split(typed)
            assert name == "thidua"
            done = subprocess.run(
                [sys.executable, "-m", "services.cli", *words],
                cwd=desk,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            said = done.stdout + done.stderr
            assert _masked(said) == _masked("\n".join(answered) + "\n"), f"{step.title}: {typed}"
            stack.wait_until_known()


def _masked(text: str) -> str:
    """Without moments, and without blanks that align columns."""
    return re.sub(r" +", " ", MOMENT.sub("…", text))

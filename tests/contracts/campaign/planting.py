"""A copy of a campaign that works, and faults planted in it by text, as a person would."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from services.contracts.campaign.problems import FileProblem
from services.contracts.rules.loader import check

ROOT = Path(__file__).parents[3]
HANOI = ROOT / "infra" / "campaigns" / "hanoi-2020"
EVERY_KIND = Path(__file__).parent / "rule_sets" / "every-kind.yaml"
"""Rules for the same units, with every kind and key; nothing is wrong with them."""
_ITS_FIGURES = "".join(
    f"  {name}: {{title: {{vi: Số {name}, en: {name}}}, periods: [year, half-year]}}\n"
    for name in ("documents-in", "meeting-missed", "session-missed")
)
"""What its measures count beside the figure of the campaign."""


class Fault:
    """A text to replace, and what must be found: (lines below it, words of the remedy) each."""

    def __init__(self, old: str, new: str, *expected: tuple[int, str]) -> None:
        self.old, self.new, self.expected = old, new, expected


@dataclass(frozen=True, slots=True)
class Planted:
    """A campaign's directory that may be spoilt."""

    directory: Path

    @classmethod
    def copy(cls, into: Path) -> "Planted":
        """The campaign of 2020 in a directory of its own."""
        directory = into / "campaign"
        shutil.copytree(HANOI, directory)
        return cls(directory)

    @classmethod
    def every_kind(cls, into: Path) -> "Planted":
        """The same with rules of every kind."""
        planted = cls.copy(into)
        shutil.copy(EVERY_KIND, planted.directory / "rules.yaml")
        planted.plant("plan.yaml", "\nfigures:\n", f"\nfigures:\n{_ITS_FIGURES}")
        return planted

    def plant(self, file: str, old: str, new: str) -> int:
        """Replace the first `old` by `new`; the line where it stood."""
        path = self.directory / file
        text = path.read_text(encoding="utf-8")
        before, found, after = text.partition(old)
        assert found, f"{file} has no {old!r} to spoil"
        path.write_text(before + new + after, encoding="utf-8")
        return before.count("\n") + 1

    def write(self, file: str, content: str | bytes) -> None:
        """Put another file in place."""
        raw = content.encode() if isinstance(content, str) else content
        (self.directory / file).write_bytes(raw)

    def problems(self) -> list[FileProblem]:
        """Everything that keeps it from being used."""
        return [problem for problem in check(self.directory) if not problem.warning]

    def warnings(self) -> list[FileProblem]:
        """What should be better, and keeps nobody from using it."""
        return [problem for problem in check(self.directory) if problem.warning]

    def assert_found(self, file: str, fault: Fault) -> None:
        """Plant it; exactly what it expects is found in its file, each in both languages."""
        line = self.plant(file, fault.old, fault.new)
        found = [problem for problem in self.problems() if problem.file == file]
        shown = "\n".join(map(str, found))
        assert [p.line - line for p in found] == [below for below, _ in fault.expected], shown
        for problem, (_, remedy) in zip(found, fault.expected, strict=True):
            assert remedy in f"{problem.path}: {problem.en}", shown
            assert problem.vi != problem.en

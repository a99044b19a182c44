"""What is wrong with a campaign's files: every problem at once, each with its place and remedy."""

from collections.abc import Iterable
from typing import Literal, Self

from services.contracts.campaign.base import CampaignModel
from services.contracts.wording import Bilingual

MOST_PROBLEMS = 500
"""The most that one check finds: nobody corrects more before the next one, and each costs time."""


class FileProblem(CampaignModel):
    """One thing that is wrong and what to do about it, in both languages."""

    file: str
    """Name of the file in the campaign's directory."""
    line: int
    """1-based; 1 also where the whole file is meant."""
    path: str = ""
    """Keys and items from the root of the file, like obligations[D2].due; empty: the whole line."""
    vi: str
    en: str
    warning: bool = False
    """Whether the campaign can be used all the same."""

    @property
    def place(self) -> str:
        """File, line and path: rules.yaml:73: tables[upper].cap."""
        return f"{self.file}:{self.line}: {self.path}".rstrip(" :")

    def sentences(self, first: Literal["vi", "en"]) -> tuple[str, str]:
        """What is wrong, in both languages."""
        vi, en = ("Nên sửa: ", "Advice: ") if self.warning else ("", "")
        vi, en = f"{vi}{self.vi}", f"{en}{self.en}"
        return (vi, en) if first == "vi" else (en, vi)

    def text(self, first: Literal["vi", "en"]) -> str:
        """Place and sentences, a line each."""
        return "\n    ".join((self.place, *self.sentences(first)))

    @property
    def in_one_line(self) -> Bilingual:
        """Place and sentence in each language, as an answer over HTTP has them."""
        vi, en = self.sentences("vi")
        return Bilingual(f"{self.place}: {vi}", f"{self.place}: {en}")

    def __str__(self) -> str:
        return self.text("vi")


class ProblemList:
    """Problems as they are found, each once and at most MOST_PROBLEMS errors.

    Warnings are limited by themselves: they never take the place of an error.
    """

    def __init__(self) -> None:
        self._errors: dict[FileProblem, None] = {}
        self._warnings: dict[FileProblem, None] = {}
        self._more = False
        """Whether errors were left out."""

    def __iadd__(self, found: Iterable[FileProblem]) -> Self:
        for problem in found:
            if problem.warning:
                if len(self._warnings) < MOST_PROBLEMS:
                    self._warnings[problem] = None
            elif len(self._errors) < MOST_PROBLEMS:
                self._errors[problem] = None
            elif problem not in self._errors:
                self._more = True
                break
        return self

    @property
    def has_errors(self) -> bool:
        """Whether there is one for which the campaign cannot be used."""
        return bool(self._errors)

    def in_order(self, *files: str) -> list[FileProblem]:
        """Errors by file and line, then warnings; where errors were left out, the last says so."""

        def place(problem: FileProblem) -> tuple[int, int]:
            return files.index(problem.file), problem.line

        found = sorted(self._errors, key=place)
        if self._more:
            vi = f"còn nữa: chỉ nêu {MOST_PROBLEMS} lỗi; sửa các lỗi này rồi kiểm tra lại"
            en = f"there are more: only {MOST_PROBLEMS} are listed; correct these, then check again"
            found.append(FileProblem(file=found[-1].file, line=found[-1].line, vi=vi, en=en))
        return [*found, *sorted(self._warnings, key=place)]


class CampaignProblems(Exception):  # noqa: N818  # many of them, and no single error
    """A campaign that cannot be used; `problems` has its errors, in the order of the files."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(problem for problem in problems if not problem.warning)
        super().__init__("\n".join(str(problem) for problem in self.problems))

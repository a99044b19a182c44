"""What is wrong with a campaign's files: every problem at once, each with its place and remedy."""

from collections.abc import Iterable
from typing import Self

from services.contracts.campaign.base import CampaignModel

MOST_PROBLEMS = 500
"""The most that one check finds: nobody corrects more before the next one, and each costs time."""


class Problem(CampaignModel):
    """One thing that is wrong and what to do about it, in both languages."""

    file: str
    """Name of the file in the campaign's directory."""
    line: int
    """1-based; 1 also where the whole file is meant."""
    vi: str
    en: str
    warning: bool = False
    """Whether the campaign can be used all the same."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.vi} / {self.en}"


class ProblemList:
    """Problems as they are found, each once and at most MOST_PROBLEMS of them."""

    def __init__(self) -> None:
        self.problems: dict[Problem, None] = {}
        self.more = False
        """Whether some were left out."""

    @property
    def has_errors(self) -> bool:
        """Whether one of them is no mere warning."""
        return any(not problem.warning for problem in self.problems)

    def __iadd__(self, found: Iterable[Problem]) -> Self:
        for problem in found:
            if len(self.problems) == MOST_PROBLEMS and problem not in self.problems:
                self.more = True
                break
            self.problems[problem] = None
        return self


class CampaignProblems(Exception):  # noqa: N818  # many of them, and no single error
    """A campaign that cannot be used; `problems` has all of them, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

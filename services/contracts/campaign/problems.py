"""What is wrong with a campaign's files: every problem at once, each with its place and remedy."""

from collections.abc import Iterable

from services.contracts.campaign.base import CampaignModel


class Problem(CampaignModel):
    """One thing that is wrong and what to do about it, in both languages."""

    file: str
    """Name of the file in the campaign's directory."""
    line: int
    """1-based; 1 also where the whole file is meant."""
    vi: str
    en: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.vi} / {self.en}"


class CampaignProblems(Exception):  # noqa: N818  # many of them, and no single error
    """A campaign that cannot be used; `problems` has all of them, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

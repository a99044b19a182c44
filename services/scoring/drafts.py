"""Rule sets that somebody sends over HTTP: how large they may be, and what is wrong in them."""

from dataclasses import dataclass

from services.chassis.problems import Fault, Problem, Refusal
from services.contracts.campaign.loader import Source
from services.contracts.campaign.problems import CampaignProblems
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import RULES, read_with_rules
from services.contracts.wording import Bilingual

DRAFT_FAULTS = Problem(
    "draft-faults",
    422,
    "Dự thảo bảng điểm có lỗi",
    "The draft rule set has faults",
    "Mend each at its line; `make check-campaign` says the same of a directory.",
)

LARGEST_DRAFT = 1024 * 1024
"""Bytes. The sample rule set has 12 kB; the largest printed tables, with a table for each kind of
unit, some hundred."""


@dataclass(frozen=True, slots=True)
class CheckedDraft:
    """A rule set that can be used."""

    rules: RuleSet
    advice: tuple[Bilingual, ...]
    """What should be mended in it all the same."""


def check_draft(files: Source, draft: bytes) -> CheckedDraft:
    """The rule set of a draft, checked against the campaign's plan and units.

    Raises CampaignProblems with all that is wrong in it.
    """
    loaded, problems = read_with_rules(files, draft)
    if loaded is None:
        raise CampaignProblems(problems)
    return CheckedDraft(loaded[1], tuple(one.in_one_line for one in problems if one.file == RULES))


def read_draft(files: Source, draft: bytes) -> RuleSet:
    """The rule set alone. Raises CampaignProblems."""
    return check_draft(files, draft).rules


def draft_refused(faulty: CampaignProblems) -> Refusal:
    """All that is wrong in it, each at its line."""
    return Refusal(
        DRAFT_FAULTS,
        [
            Fault("/rules", f"{one.place}: {one.vi}", f"{one.place}: {one.en}")
            for one in faulty.problems
        ],
    )

"""Whether the documents of a campaign can be announced: all three as a whole, all faults at once.

Long for a large unit tree: to be called `aside`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.chassis.problems import FAULTY, Fault, Refusal
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import PLAN, UNITS, read_campaign
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import units_text
from services.contracts.wording import Bilingual

RULES = "rules.yaml"


@dataclass(frozen=True, slots=True)
class CheckedDocuments:
    """Documents that make a campaign."""

    campaign: Campaign
    units: str
    """units.csv as it is announced, the same text whatever program wrote what was sent."""
    advice: tuple[Bilingual, ...]
    """What should be mended, although the campaign can be used."""


def check_documents(files: Mapping[str, str]) -> CheckedDocuments:
    """The campaign of plan.yaml, units.csv and, where it is among them, rules.yaml.

    Raises Refusal with everything that is wrong in them.
    """
    raw = {name: text.encode() for name, text in files.items()}
    if RULES in raw:
        campaign, problems = _with_rules(raw)
    else:
        read = read_campaign(raw)
        campaign, problems = read.campaign, read.problems.in_order(PLAN, UNITS)
    if campaign is None:
        raise Refusal(FAULTY, [_fault(one) for one in problems if not one.warning])
    advice = tuple(one.in_one_line for one in problems)
    return CheckedDocuments(campaign, units_text(campaign.units.rows), advice)


def _with_rules(raw: Mapping[str, bytes]) -> tuple[Campaign | None, list[FileProblem]]:
    # Imported here and nowhere else in this service: what only scoring needs must not be able to
    # stop the intake, so the rules are loaded when a rule set is announced, and not at the start.
    from services.contracts.rules.loader import read_with_rules  # noqa: PLC0415

    loaded, problems = read_with_rules(raw)
    return (loaded[0] if loaded else None), problems


def _fault(problem: FileProblem) -> Fault:
    sentence = problem.in_one_line
    return Fault(f"/files/{problem.file}", sentence.vi, sentence.en, rule="campaigns.documents")

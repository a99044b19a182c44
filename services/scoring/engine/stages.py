"""The stage of a score entry, as the rule set says it and as its event does.

Last year's readers know three words, and a scorer's mark is to them what they know as a review:
docs/decisions/0089-scorers-enter-marks-of-their-own.md.
"""

from collections.abc import Mapping
from typing import Any, Literal

from services.contracts.rules import Stage

ReleasedStage = Literal["self", "cluster", "final"]


def written_stage(stage: Stage) -> ReleasedStage:
    """As the event has it."""
    return "cluster" if stage == "scorers" else stage


def stage_of(fields: Mapping[str, Any]) -> Stage:
    """As the rule set has it, from the fields of the event."""
    if fields.get("scorer") is not None:
        return "scorers"
    stage: Stage = fields["stage"]
    return stage

"""Criterion kinds, one a file: its keys, what it reads, what can be wrong with it.

The formulas are in `services/scoring/engine/criteria`, under the same names. To add a kind: the
recipe "A criterion kind" in CONTRIBUTING.md.
"""

from typing import Annotated

from pydantic import Field

from services.contracts.rules.criteria.base import (
    Assignment,
    CriterionBase,
    CriterionFault,
    Need,
    Read,
    Weight,
    reads_of_condition,
)
from services.contracts.rules.criteria.base_plus_minus import BasePlusMinus
from services.contracts.rules.criteria.bonus_penalty import BonusPenalty
from services.contracts.rules.criteria.count import Count
from services.contracts.rules.criteria.entered import SCORERS, Entered, Stage, entered_measure
from services.contracts.rules.criteria.first_rung import FirstRung, Rung
from services.contracts.rules.criteria.ladder import Ladder, Step
from services.contracts.rules.criteria.late_ladder import LateLadder, LateStep
from services.contracts.rules.criteria.leader import Leader
from services.contracts.rules.criteria.linear import Linear
from services.contracts.rules.criteria.scorers import Scorers
from services.contracts.rules.criteria.steps import Steps
from services.contracts.rules.criteria.target_leader import TargetLeader
from services.contracts.rules.criteria.yes_no import YesNo

Criterion = Annotated[
    LateLadder
    | Ladder
    | FirstRung
    | YesNo
    | Linear
    | Leader
    | TargetLeader
    | Count
    | Steps
    | BonusPenalty
    | BasePlusMinus
    | Entered,
    Field(discriminator="kind"),
]


def measures_of(criterion: Criterion) -> tuple[str, ...]:
    """The names of the measures that a criterion reads, its assignment included, each once."""
    assigned = criterion.assigned_to.when if criterion.assigned_to else None
    reads = [*criterion.reads(), *reads_of_condition(("assigned_to", "when"), assigned)]
    return tuple(dict.fromkeys(read.measure for read in reads))


__all__ = [
    "SCORERS",
    "Assignment",
    "BasePlusMinus",
    "BonusPenalty",
    "Count",
    "Criterion",
    "CriterionBase",
    "CriterionFault",
    "Entered",
    "FirstRung",
    "Ladder",
    "LateLadder",
    "LateStep",
    "Leader",
    "Linear",
    "Need",
    "Read",
    "Rung",
    "Scorers",
    "Stage",
    "Step",
    "Steps",
    "TargetLeader",
    "Weight",
    "YesNo",
    "entered_measure",
    "measures_of",
    "reads_of_condition",
]

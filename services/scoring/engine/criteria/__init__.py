"""Criterion kinds, one a file; this table joins the models of the rule set with their formulas.

To add a kind: its model in `contracts.campaign.rules.criteria`, its file here, its line below, its
page in `docs/rule-sets.md`.
"""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from services.contracts.rules import (
    BasePlusMinus,
    BonusPenalty,
    Count,
    Criterion,
    Entered,
    FirstRung,
    Ladder,
    LateLadder,
    Leader,
    Linear,
    Steps,
    TargetLeader,
    YesNo,
)
from services.contracts.wording import Bilingual
from services.scoring.engine.criteria import (
    base_plus_minus,
    bonus_penalty,
    count,
    entered,
    first_rung,
    ladder,
    late_ladder,
    leader,
    linear,
    steps,
    target_leader,
    yes_no,
)
from services.scoring.engine.criteria.award import Award
from services.scoring.engine.measures import Values
from services.scoring.engine.peers import Peers

_KINDS: Mapping[type, ModuleType] = {
    LateLadder: late_ladder,
    Ladder: ladder,
    FirstRung: first_rung,
    YesNo: yes_no,
    Linear: linear,
    Leader: leader,
    TargetLeader: target_leader,
    Count: count,
    Steps: steps,
    BonusPenalty: bonus_penalty,
    BasePlusMinus: base_plus_minus,
    Entered: entered,
}


def award(criterion: Criterion, values: Values, peers: Peers) -> Award:
    """Points of one unit for one criterion, exact, before rounding."""
    give: Callable[[Any, Values, Peers], Award] = _KINDS[type(criterion)].award
    return give(criterion, values, peers)


def formula(criterion: Criterion, inputs: Mapping[str, str], points: str) -> Bilingual:
    """How those points came out, with the numbers that went in; without any it is not assigned."""
    if not inputs:
        return Bilingual("không chấm tiêu chí này cho đơn vị", "not assigned to this unit")
    say: Callable[[Any, Mapping[str, str], str], Bilingual] = _KINDS[type(criterion)].formula
    return say(criterion, inputs, points)


def law(criterion: Criterion) -> Bilingual:
    """The rule in words, without a unit."""
    say: Callable[[Any], Bilingual] = _KINDS[type(criterion)].law
    return say(criterion)

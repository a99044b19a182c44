"""Criterion kinds, one a file; this table joins the models of the rule set with their formulas.

To add a kind: the recipe "A criterion kind" in CONTRIBUTING.md.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import ModuleType
from typing import Any

from services.contracts.rules import Criterion
from services.contracts.rules.criteria import (
    BasePlusMinus,
    BonusPenalty,
    Count,
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
from services.measuring.values import Values
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
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames

KINDS: Mapping[type, ModuleType] = {
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
    give: Callable[[Any, Values, Peers], Award] = KINDS[type(criterion)].award
    return give(criterion, values, peers)


def formula(
    criterion: Criterion, inputs: Mapping[str, str], points: Decimal, names: FormulaNames
) -> Bilingual:
    """How those points came out, with the numbers that went in; without any it is not assigned."""
    if not inputs:
        return Bilingual("không áp dụng cho đơn vị", "not assigned to this unit")
    explain: Callable[[Any, Mapping[str, str], Decimal, FormulaNames], Bilingual]
    explain = KINDS[type(criterion)].formula
    return explain(criterion, inputs, points, names)


def law(criterion: Criterion, names: FormulaNames) -> Bilingual:
    """The rule in words, without a unit."""
    explain: Callable[[Any, FormulaNames], Bilingual] = KINDS[type(criterion)].law
    return explain(criterion, names)

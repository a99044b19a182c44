"""Criterion kinds, one a file; this table joins the models of the rule set with their formulas.

To add a kind: its model in `contracts.campaign.rules`, its file here, its line below.
"""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from services.contracts.campaign.rules import (
    BonusPenalty,
    Count,
    Criterion,
    LateLadder,
    Leader,
    Linear,
)
from services.scoring.engine.criteria import (
    bonus_penalty,
    count,
    late_ladder,
    leader,
    linear,
)
from services.scoring.engine.criteria.award import Award, Peers, Text
from services.scoring.engine.measures import Value

_KINDS: Mapping[type, ModuleType] = {
    LateLadder: late_ladder,
    Linear: linear,
    Leader: leader,
    Count: count,
    BonusPenalty: bonus_penalty,
}


def award(criterion: Criterion, values: Mapping[str, Value], peers: Peers) -> Award:
    """Points of one unit for one criterion, exact, before rounding."""
    give: Callable[[Any, Mapping[str, Value], Peers], Award] = _KINDS[type(criterion)].award
    return give(criterion, values, peers)


def formula(criterion: Criterion, inputs: Mapping[str, str], points: str) -> Text:
    """How those points came out, with the numbers that went in."""
    say: Callable[[Any, Mapping[str, str], str], Text] = _KINDS[type(criterion)].formula
    return say(criterion, inputs, points)


def law(criterion: Criterion) -> Text:
    """The rule in words, without a unit."""
    say: Callable[[Any], Text] = _KINDS[type(criterion)].law
    return say(criterion)

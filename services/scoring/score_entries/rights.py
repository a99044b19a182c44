"""Who may enter which score, and who reads the entries. Pure; docs/scoring.md has it for people.

| stage | entered by (role) | for |
|---|---|---|
| `self` | the unit (unit, district) | itself |
| `cluster` | the cluster's head, as the rule set names it (unit, district) | the others in it |
| `cluster` | a unit above others (district) | those below it, where they are the cluster |
| `cluster`, `final` | the Board (board) | every unit |
| `scorers` | a unit that the criterion names (unit, district) | others, itself where it says so |

The account of a unit that is no more acts for who took over, also as the head of a cluster or as a
scorer.

Source: printed tables have a column the unit fills in, one its cluster reviews, one that counts.
"""

from typing import NamedTuple

from services.chassis.http import Principal
from services.contracts.campaign.rights import acts_for
from services.contracts.rules import Stage
from services.contracts.rules.criteria import SCORERS, Entered, Scorers
from services.scoring.campaign_snapshot import CampaignSnapshot


class Enterer(NamedTuple):
    """On whose behalf a score is entered."""

    unit: str | None
    """The unit that answers for it; None: the Board."""


THE_BOARD = Enterer(None)


def enterer(
    snapshot: CampaignSnapshot, caller: Principal, stage: Stage, code: str
) -> Enterer | None:
    """As whom the caller enters a score of this stage for a unit; None without the right.

    Whether the unit exists and is scored is checked later: only those who have the right learn it.
    """
    own = acting(snapshot, caller)
    if stage == SCORERS:
        return None  # by criterion: `seats`
    if stage == "self":
        allowed = caller.has("unit", "district") and own == code
        return Enterer(code) if allowed else None
    if caller.has("board"):
        return THE_BOARD
    if stage == "cluster" and (heads(snapshot, caller, code) or _above(snapshot, caller, code)):
        return Enterer(own)
    return None


def scored_by(snapshot: CampaignSnapshot, code: str, criterion: str) -> Scorers | None:
    """Who scores a criterion of the unit beside the stages, by its tables up to today; None where
    the rule set names nobody, or there is no such unit or criterion."""
    unit = snapshot.units.get(code, snapshot.day)
    if unit is None or code not in snapshot.cluster_of:
        return None
    parts = reversed(snapshot.parts_of(unit))
    scored = (one for part in parts for one in part.table.criteria if isinstance(one, Entered))
    return next((one.scored_by for one in scored if one.id == criterion), None)


def seats(
    snapshot: CampaignSnapshot, caller: Principal, code: str, scorers: Scorers | None
) -> tuple[str, ...]:
    """As which of the scorers the caller marks that unit, by the names of the rule set.

    Of a scorer that is no more who took over; who took over from two has the marks of both.
    """
    own = acting(snapshot, caller)
    if scorers is None or own is None or not caller.has("unit", "district"):
        return ()
    return tuple(scorer for scorer, unit in sitting(snapshot, code, scorers).items() if unit == own)


def sitting(snapshot: CampaignSnapshot, code: str, scorers: Scorers) -> dict[str, str]:
    """Of each scorer that marks that unit who enters its mark today."""
    holders = {
        scorer: unit.code
        for scorer in scorers.codes
        if (unit := snapshot.units.holder(scorer, snapshot.day)) is not None
    }
    if scorers.scored_too == "by-all":
        return holders
    return {scorer: unit for scorer, unit in holders.items() if unit != code}


def heads(snapshot: CampaignSnapshot, caller: Principal, code: str) -> bool:
    """Whether the caller acts for the head of the unit's cluster, and the unit is another."""
    cluster = snapshot.cluster_of.get(code, "")
    head = snapshot.rules.head_of(cluster, snapshot.day, snapshot.units)
    if head is None or head.code == code:
        return False
    return caller.has("unit", "district") and acting(snapshot, caller) == head.code


def _above(snapshot: CampaignSnapshot, caller: Principal, code: str) -> bool:
    """Whether the caller is above the whole cluster that the unit is ranked in.

    One who is above some of a cluster only would score his own against others.
    """
    above = acting(snapshot, caller)
    if not caller.has("district") or above is None or above == code:
        return False
    cluster = snapshot.clusters.get(snapshot.cluster_of.get(code, ""), ())
    units = snapshot.units.on(snapshot.day)
    return units.covers(above, code) and all(
        unit.code != above and units.covers(above, unit.code) for unit in cluster
    )


def acting(snapshot: CampaignSnapshot, caller: Principal) -> str | None:
    """The unit for which the caller acts today."""
    return acts_for(caller.unit, snapshot.units, snapshot.day)

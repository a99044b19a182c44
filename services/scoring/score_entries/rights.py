"""Who may enter which score, and who reads the entries. Pure; docs/scoring.md has it for people.

| stage | entered by (role) | for |
|---|---|---|
| `self` | the unit (unit, district) | itself |
| `cluster` | the cluster's head, as the rule set names it (unit, district) | the others in it |
| `cluster` | a unit above others (district) | those below it, where they are the cluster |
| `cluster`, `final` | the Board (board) | every unit |

The account of a unit that is no more acts for who took over, also as the head of a cluster.

Source: printed tables have a column the unit fills in, one its cluster reviews, one that counts.
"""

from typing import NamedTuple

from services.chassis.http import Principal
from services.contracts.campaign.rights import acts_for
from services.contracts.rules import Stage
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
    own = _acting(snapshot, caller)
    if stage == "self":
        allowed = caller.has("unit", "district") and own == code
        return Enterer(code) if allowed else None
    if caller.has("board"):
        return THE_BOARD
    if stage == "cluster" and (heads(snapshot, caller, code) or _above(snapshot, caller, code)):
        return Enterer(own)
    return None


def heads(snapshot: CampaignSnapshot, caller: Principal, code: str) -> bool:
    """Whether the caller acts for the head of the unit's cluster, and the unit is another."""
    cluster = snapshot.cluster_of.get(code, "")
    head = snapshot.rules.head_of(cluster, snapshot.day, snapshot.units)
    if head is None or head.code == code:
        return False
    return caller.has("unit", "district") and _acting(snapshot, caller) == head.code


def _above(snapshot: CampaignSnapshot, caller: Principal, code: str) -> bool:
    """Whether the caller is above the whole cluster that the unit is ranked in.

    One who is above some of a cluster only would score his own against others.
    """
    above = _acting(snapshot, caller)
    if not caller.has("district") or above is None or above == code:
        return False
    cluster = snapshot.clusters.get(snapshot.cluster_of.get(code, ""), ())
    units = snapshot.units.on(snapshot.day)
    return units.covers(above, code) and all(
        unit.code != above and units.covers(above, unit.code) for unit in cluster
    )


def _acting(snapshot: CampaignSnapshot, caller: Principal) -> str | None:
    return acts_for(caller.unit, snapshot.units, snapshot.day)

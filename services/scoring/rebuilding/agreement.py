"""Whether a rebuilt database may go on from the old one: the same facts, and the same points.

Where the rebuilt one has newer facts its points are others, and rightly so. What it has of the
facts that the old one had must then amount to what the old one says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.chassis.storage.database import Database, Transaction
from services.scoring.contest import Contest
from services.scoring.engine.digest import digest_of_cluster
from services.scoring.facts import store as fact_store
from services.scoring.points.standings import clusters as stored_clusters
from services.scoring.points.standings import snapshot

_SHOWN = 5


@dataclass
class Agreement:
    """The old database beside the rebuilt one."""

    lacking: list[UUID] = field(default_factory=list)
    """Facts that the old one has and the topics have not given."""
    newer: int = 0
    """Facts that the old one had not taken yet."""
    compared: int = 0
    """Clusters whose points were compared."""
    unscored: list[str] = field(default_factory=list)
    """Clusters that the old one had not scored up to its facts: there is nothing to compare."""
    different: list[str] = field(default_factory=list)
    """Clusters with the same facts and other points."""

    @property
    def holds(self) -> bool:
        """Whether nothing is lost and the same facts give the same points."""
        return not self.lacking and not self.different

    def told(self) -> list[str]:
        """For people."""
        lines = [
            f"{self.newer} dữ kiện mới hơn / facts that the old database had not taken yet",
            f"{self.compared} cụm đã so sánh / clusters compared",
        ]
        if self.unscored:
            lines.append(
                f"{len(self.unscored)} cụm cơ sở dữ liệu cũ chưa tính xong / clusters that the old"
                f" database had not scored, not compared: {', '.join(self.unscored[:_SHOWN])}"
            )
        if self.lacking:
            some = ", ".join(map(str, self.lacking[:_SHOWN]))
            lines.append(
                f"{len(self.lacking)} facts of the old database are on no topic: {some}; say them"
                " again with `thidua republish`, then come again. If units.csv or the release was"
                " changed since the new database was begun, make that one anew: what was set aside"
                " then is not read again"
            )
        if self.different:
            lines.append(f"the same facts, other points: {', '.join(self.different)}")
        return lines


async def agreement(old: Database, new: Database, contest: Contest) -> Agreement:
    """All facts of the old database are in the new one, and amount to the same points."""
    async with snapshot(old) as before, snapshot(new) as after:
        found = Agreement()
        newer = await _newer(before, after, contest, found)
        states = await stored_clusters(before, contest), await stored_clusters(after, contest)
        touched = {contest.cluster_of.get(unit) for unit in newer}
        for name, was in states[0].items():
            if not was.up_to_date:
                found.unscored.append(name)
                continue
            digest = states[1][name].digest
            if name in touched:
                digest = await _without(after, contest, name, newer)
            found.compared += 1
            if digest != was.digest:
                found.different.append(name)
        return found


async def _newer(
    before: Transaction, after: Transaction, contest: Contest, found: Agreement
) -> dict[str, set[UUID]]:
    """By unit the facts that only the new one has, where there are any; what lacks is noted."""
    had, have = await _facts(before, contest), await _facts(after, contest)
    newer: dict[str, set[UUID]] = {}
    for unit in sorted(had.keys() | have.keys()):
        if had.get(unit) == have.get(unit):
            continue
        mine, others = await _ids(before, contest, unit), await _ids(after, contest, unit)
        found.lacking += sorted(mine - others)
        if others - mine:
            newer[unit] = others - mine
            found.newer += len(others - mine)
    return newer


async def _without(
    after: Transaction, contest: Contest, cluster: str, newer: Mapping[str, set[UUID]]
) -> str:
    """Digest of what a cluster's facts amount to without the newer ones."""
    units = [unit.code for unit in contest.clusters[cluster]]
    facts = await fact_store.of_units(after, contest.campaign, units)
    told = [fact for fact in facts if UUID(fact.id) not in newer.get(fact.unit, ())]
    return digest_of_cluster(contest.standings(told, cluster).clusters[cluster])


async def _facts(tx: Transaction, contest: Contest) -> dict[str, tuple[int, int]]:
    """By unit: how many facts, and a fingerprint of their ids."""
    rows = await tx.fetch(
        "SELECT unit, count(*), bit_xor(uuid_hash_extended(event_id, 0)) FROM facts"
        " WHERE campaign = $1 GROUP BY unit",
        contest.campaign,
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def _ids(tx: Transaction, contest: Contest, unit: str) -> set[UUID]:
    rows = await tx.fetch(
        "SELECT event_id FROM facts WHERE campaign = $1 AND unit = $2", contest.campaign, unit
    )
    return {row[0] for row in rows}

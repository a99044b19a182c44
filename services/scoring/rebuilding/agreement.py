"""Whether a rebuilt database may go on from the old one: the same facts, and the same points.

Where the rebuilt one has newer facts its points are others, and rightly so. What it has of the
facts that the old one had must then amount to what the old one says.

SQL by hand: a fingerprint of all facts of a unit, by a function of PostgreSQL.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.chassis.language import speak
from services.chassis.storage.database import Database, Transaction
from services.contracts.wording import number
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.digest import digest_of_cluster
from services.scoring.facts import queries as fact_queries
from services.scoring.points import queries as point_queries
from services.scoring.rebuilding.comparison import Snapshots
from services.scoring.repeatable_read import repeatable_read

_SHOWN = 5


@dataclass
class Agreement:
    """The old database beside the rebuilt one."""

    unannounced: list[str] = field(default_factory=list)
    """Versions of campaigns and rule sets that the old one has and no topic."""
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
        return not self.unannounced and not self.lacking and not self.different

    def lines(self) -> list[str]:
        """For people."""
        newer, compared = number(self.newer), number(self.compared)
        lines = [
            speak(
                f"{newer.vi} dữ liệu mới hơn, cơ sở dữ liệu cũ chưa nhận",
                f"{newer.en} facts that the old database had not taken yet",
            ),
            speak(f"{compared.vi} cụm đã so sánh", f"{compared.en} clusters compared"),
        ]
        if self.unscored:
            many, some = number(len(self.unscored)), ", ".join(self.unscored[:_SHOWN])
            lines.append(
                speak(
                    f"{many.vi} cụm cơ sở dữ liệu cũ chưa tính xong, không so sánh: {some}",
                    f"{many.en} clusters that the old database had not scored, not compared:"
                    f" {some}",
                )
            )
        if self.unannounced:
            some = ", ".join(self.unannounced)
            lines.append(
                speak(
                    f"không có trên topic nào: {some}. Phát lại bằng `thidua republish`, rồi chạy"
                    " lại lệnh này",
                    f"on no topic: {some}. Publish it with `thidua republish`, then run this once"
                    " more",
                )
            )
        if self.lacking:
            many, some = number(len(self.lacking)), ", ".join(map(str, self.lacking[:_SHOWN]))
            lines.append(
                speak(
                    f"{many.vi} dữ liệu của cơ sở dữ liệu cũ không có trên topic nào: {some}. Phát"
                    " lại bằng `thidua republish`, rồi chạy lại lệnh này. Nếu phiên bản"
                    " phần mềm đã đổi từ khi bắt đầu dựng lại thì dựng lại từ đầu",
                    f"{many.en} facts of the old database are on no topic: {some}. Publish them"
                    " with `thidua republish`, then run this once more. If the release"
                    " was changed since the new database was begun, make that one anew: what was"
                    " set aside then is not read a second time",
                )
            )
        if self.different:
            some = ", ".join(self.different)
            lines.append(
                speak(
                    f"cùng dữ liệu nhưng khác điểm: {some}", f"the same facts, other points: {some}"
                )
            )
        return lines


async def agreement(old: Database, new: Database, snapshots: Snapshots) -> Agreement:
    """All campaigns and facts of the old database are in the new one, and amount to the same
    points."""
    async with repeatable_read(old) as before, repeatable_read(new) as after:
        found = Agreement()
        await _campaigns(before, after, found)
        for name, snapshot in sorted(snapshots.items()):
            newer = await _newer(before, after, name, found)
            if snapshot is not None:
                await _points(before, after, snapshot, newer, found)
        return found


async def _campaigns(before: Transaction, after: Transaction, found: Agreement) -> None:
    """What was announced and adopted."""
    for title, sql in (
        (speak("phiên bản", "version"), "SELECT campaign, version FROM campaign_versions"),
        (speak("bảng điểm", "rule set"), "SELECT campaign, number FROM rule_sets"),
    ):
        had = {tuple(row) for row in await before.fetch(sql)}
        have = {tuple(row) for row in await after.fetch(sql)}
        found.unannounced += [f"{name} {title} {number}" for name, number in sorted(had - have)]


async def _points(
    before: Transaction,
    after: Transaction,
    snapshot: CampaignSnapshot,
    newer: Mapping[str, set[UUID]],
    found: Agreement,
) -> None:
    """The points of one campaign, cluster by cluster."""
    states = (
        await point_queries.clusters(before, snapshot),
        await point_queries.clusters(after, snapshot),
    )
    touched = {snapshot.cluster_counting(unit) for unit in newer}
    for name, was in states[0].items():
        if not was.up_to_date:
            found.unscored.append(name)
            continue
        digest = states[1][name].digest
        if name in touched:
            digest = await _without(after, snapshot, name, newer)
        found.compared += 1
        if digest != was.digest:
            found.different.append(name)


async def _newer(
    before: Transaction, after: Transaction, campaign: str, found: Agreement
) -> dict[str, set[UUID]]:
    """By unit the facts that only the new one has, where there are any; what lacks is noted."""
    had, have = await _facts(before, campaign), await _facts(after, campaign)
    newer: dict[str, set[UUID]] = {}
    for unit in sorted(had.keys() | have.keys()):
        if had.get(unit) == have.get(unit):
            continue
        mine, others = await _ids(before, campaign, unit), await _ids(after, campaign, unit)
        found.lacking += sorted(mine - others)
        if others - mine:
            newer[unit] = others - mine
            found.newer += len(others - mine)
    return newer


async def _without(
    after: Transaction, snapshot: CampaignSnapshot, cluster: str, newer: Mapping[str, set[UUID]]
) -> str:
    """Digest of what a cluster's facts amount to without the newer ones."""
    facts = await fact_queries.of_units(after, snapshot.campaign, snapshot.members(cluster))
    older = [fact for fact in facts if UUID(fact.id) not in newer.get(fact.unit, ())]
    return digest_of_cluster(snapshot.standings(older, cluster).clusters[cluster])


async def _facts(tx: Transaction, campaign: str) -> dict[str, tuple[int, int]]:
    """By unit: how many facts, and a fingerprint of their ids."""
    rows = await tx.fetch(
        "SELECT unit, count(*), bit_xor(uuid_hash_extended(event_id, 0)) FROM facts"
        " WHERE campaign = $1 GROUP BY unit",
        campaign,
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def _ids(tx: Transaction, campaign: str, unit: str) -> set[UUID]:
    rows = await tx.fetch(
        "SELECT event_id FROM facts WHERE campaign = $1 AND unit = $2", campaign, unit
    )
    return {row[0] for row in rows}

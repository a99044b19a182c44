"""An event of a unit touches its cluster and no other, however relative the points are."""

from dataclasses import replace

from hypothesis import given, settings

from services.campaigns.announced import AnnouncedCampaign
from services.campaigns.registry import CampaignRegistry
from services.chassis.storage.database import Database, Transaction
from services.contracts.campaign import UnitTree
from services.contracts.rules import RuleSet
from services.scoring.engine.digest import digest_of
from services.scoring.scored_campaign import ScoredCampaign
from tests.scoring.campaign import sample_campaign, scored
from tests.scoring.drawn.situations import Situation, situations, tried, unit_of
from tests.scoring.drawn.units import CLUSTER_OF, CLUSTERS, UNITS
from tests.scoring.in_memory import InMemory
from tests.scoring.running import REGISTRIES, digest, recompute_due, snapshot_now, take

LAST = 6
"""So many facts of a season are looked at one by one."""

Rows = dict[tuple[str, str], str]
"""By table and key, where a row lies and who wrote it: another text after every rewriting."""


@tried
@given(situations())
def test_one_more_fact_changes_only_the_cluster_of_its_unit(one: Situation) -> None:
    running = InMemory(one.rules, CLUSTERS)
    running.take(one.events[:-LAST])
    then = running.results()
    for event in one.events[-LAST:]:
        unit = unit_of(event)
        assert running.take([event]) <= {unit}
        now = running.results()
        for name in CLUSTERS.keys() - {CLUSTER_OF[unit]}:
            assert now.clusters[name] == then.clusters[name]
        then = now
    assert then == one.scored()


@settings(tried, max_examples=12)
@given(situations(most=20))
async def test_one_more_event_rewrites_only_rows_of_its_cluster(
    database: Database, one: Situation
) -> None:
    await _begin(database, one.rules)
    snapshot = await snapshot_now(database)
    await recompute_due(database, snapshot)
    await take(database, one.events[:-LAST])
    await recompute_due(database, snapshot)
    then = await _rows(database)
    for event in one.events[-LAST:]:
        await take(database, [event])
        await recompute_due(database, snapshot)
        now = await _rows(database)
        for table, key in now:
            if now[table, key] != then.get((table, key)):
                assert key in _may_be_rewritten(table, unit_of(event)), table
        then = now
    assert await digest(database, snapshot) == digest_of(one.scored())


def _may_be_rewritten(table: str, by_a_fact_of: str) -> set[str]:
    own = CLUSTER_OF[by_a_fact_of]
    if table == "unit_measures":
        return {by_a_fact_of}
    return {own} if table == "clusters" else {unit.code for unit in CLUSTERS[own]}


async def _begin(database: Database, rules: RuleSet) -> None:
    """Empty tables, and a campaign of the drawn units and rules in place of the announced ones."""
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE facts, unit_measures, clusters, points, points_history")
    campaign = replace(sample_campaign(), units=UnitTree(UNITS.values()))

    async def make(_tx: Transaction, announced: AnnouncedCampaign) -> ScoredCampaign:
        drawn = scored(rules, campaign=campaign)
        as_now = replace(drawn.announced, generation=announced.generation)
        return ScoredCampaign(as_now, drawn.adopted, at_work=1)

    REGISTRIES[database] = CampaignRegistry(database, make)


async def _rows(database: Database) -> Rows:
    found: Rows = {}
    async with database.transaction() as tx:
        for table, key in (
            ("unit_measures", "unit"),
            ("clusters", "cluster"),
            ("points", "unit"),
            ("points_history", "unit"),
        ):
            rows = await tx.fetch(
                f"SELECT {key} AS key, string_agg(ctid::text || xmin::text, ' ' ORDER BY ctid)"  # noqa: S608
                f" AS at FROM {table} GROUP BY 1"
            )
            found |= {(table, row["key"]): row["at"] for row in rows}
    return found

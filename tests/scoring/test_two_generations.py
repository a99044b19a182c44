"""Two replicas, one of which is behind: it stands back until it has read the campaign anew."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from services.campaigns.registry import CampaignChangedError
from services.chassis.storage.database import Database
from tests.scoring.campaign import OTHER_WRITTEN, sample_snapshot
from tests.scoring.facts import API, essay, event, judged
from tests.scoring.running import (
    adopts,
    campaign_now,
    guarded,
    points_facts,
    put_to_work_in,
    recompute_due,
    snapshot_now,
    take,
)
from tests.scoring.service import until, world
from tests.support.announcing import announcement

OLDER = sample_snapshot()


async def test_who_is_behind_neither_scores_nor_corrects(database: Database) -> None:
    await take(database, [event(essay("SNV", "a")), event(judged("SNV", "a", "55"))])
    await adopts(database, OTHER_WRITTEN)
    newer = await snapshot_now(database)
    assert newer.rules.digest() != OLDER.rules.digest()
    await recompute_due(database, newer)
    published = len(await points_facts(database))
    for work in (lambda: recompute_due(database, OLDER), lambda: guarded(database, OLDER)):
        with pytest.raises(CampaignChangedError):
            await work()
    assert await guarded(database, newer) == []
    assert len(await points_facts(database)) == published


async def test_who_is_behind_takes_facts_after_it_has_read_the_campaign_anew(
    database: Database,
) -> None:
    await take(database, [event(essay("SNV", "a"))])  # so it has the campaign in memory
    other = Database(database.url, 2, source="another replica")
    await adopts(other, OTHER_WRITTEN)
    await other.close()
    with pytest.raises(CampaignChangedError):
        await take(database, [event(judged("SNV", "a", "55"))])
    assert await take(database, [event(judged("SNV", "a", "55"))]) == 1
    assert await guarded(database, await snapshot_now(database)) == []


async def test_facts_in_flight_are_counted_by_the_rules_that_are_adopted_beside_them(
    database: Database,
) -> None:
    """Whoever comes second, the batch or the rule set, waits for the other one."""
    facts = [event(essay("SNV", f"{n}")) for n in range(40)]
    facts += [event(judged("SNV", f"{n}", "55")) for n in range(40)]
    other = Database(database.url, 2, source="another replica")

    async def flow() -> None:
        for at in range(0, len(facts), 4):
            while True:
                try:
                    await take(database, facts[at : at + 4])
                    break
                except CampaignChangedError:
                    continue

    await asyncio.gather(flow(), adopts(other, OTHER_WRITTEN))
    await other.close()
    assert await guarded(database, await snapshot_now(database)) == []


async def test_a_rule_set_of_a_later_moment_is_counted_from_that_moment_on(
    database: Database,
) -> None:
    now = datetime.now(UTC)
    tomorrow = now + timedelta(days=1)
    await take(database, [event(essay("SNV", "a")), event(judged("SNV", "a", "55"))])
    await adopts(database, OTHER_WRITTEN, since=tomorrow, now=now)
    present = await campaign_now(database)
    assert present.at_work is not None
    assert present.at_work.row.number == 1
    assert await guarded(database, await snapshot_now(database)) == []
    assert await put_to_work_in(database, now=tomorrow)
    later = await campaign_now(database)
    assert later.at_work is not None
    assert later.at_work.row.number == 2
    assert await guarded(database, await snapshot_now(database)) == []
    assert not await put_to_work_in(database, now=now), "a clock that is behind puts nothing back"


@pytest.mark.broken
async def test_an_adoption_changes_points_once_at_every_replica(
    scoring_url: str, broker: Broker, issuer: Issuer
) -> None:
    async with world(scoring_url, broker.bootstrap, issuer, replicas=2, sweep_s=0.2) as made:
        await made.publish(essay("SNV", "a"), judged("SNV", "a", "55"))
        await made.has_stored(2)
        before = await made.digest()
        database = made.replicas[0].chassis.database
        await adopts(database, OTHER_WRITTEN)

        async def by_the_other() -> bool:
            headers = {"Authorization": f"Bearer {issuer.mint('board')}"}
            answers = [
                await replica.client.get(f"{API}/digest", headers=headers)
                for replica in made.replicas
            ]
            return all(one.is_success and one.json()["digest"] != before for one in answers)

        await until(by_the_other)
        published = len(await made.points_published())
        await asyncio.sleep(2)  # ten sweeps
        assert len(await made.points_published()) == published
        await made.publish(essay("STP", "b"))
        await made.has_stored(3)
        await made.digest()
        assert await guarded(database, await snapshot_now(database)) == []
        assert await made.dead_letters() == []


@pytest.mark.broken
async def test_a_fact_of_a_unit_that_is_announced_later_waits_for_its_campaign(
    scoring_url: str, broker: Broker, issuer: Issuer
) -> None:
    """An amendment brings one more unit beside X00004; its essay is on its topic before."""

    def one_more(units: str) -> str:
        (beside,) = (line for line in units.splitlines() if line.startswith("X00004,"))
        return f"{units}{beside.replace('00004', '99999').replace('Trúc Bạch', 'Mới')}\n"

    amended = announcement(version=2, at=datetime.now(UTC), edit_units=one_more)
    async with world(scoring_url, broker.bootstrap, issuer, sweep_s=0.2) as made:
        await asyncio.gather(made.publish(amended), made.publish(essay("X99999", "b")))
        await made.has_stored(1)

        async def scored() -> bool:
            headers = {"Authorization": f"Bearer {issuer.mint('board')}"}
            path = f"{API}/units/X99999/points"
            answer = await made.replicas[0].client.get(path, headers=headers)
            return answer.is_success and answer.json()["up_to_date"]

        await until(scored)
        assert await made.dead_letters() == []

"""Several campaigns at once: each reader gets what was asked for, by the tree of each campaign."""

import pytest

from infra.local.webhook import WebhookCatcher
from services.campaigns.registry import (
    CampaignChangedError,
    UnknownCampaignError,
)
from services.campaigns.unknown import NotAnnouncedYetError
from services.chassis.base import Chassis
from services.chassis.retry import TransientError
from services.contracts.events import (
    DeliveryFailed,
    StandingsPublished,
    SubscriptionDisabled,
)
from services.notifications import metrics
from services.notifications.deliveries.schedule import Scheduler
from services.notifications.settings import NotificationsSettings
from services.notifications.statistics.queries import measure, statistics
from tests.notifications.running import (
    campaigns_over,
    published_facts,
    rows,
    sending,
    states,
    subscribe,
    take_in,
    until_states,
)
from tests.notifications.several_campaigns import (
    COMMUNE,
    DISTRICT,
    MAIL,
    OTHER_DISTRICT,
    announce,
    matched,
    moved,
    of,
    second,
    without_commune,
)
from tests.notifications.support import a_fact, an_event
from tests.support.announcing import HANOI, announce_in, announcement, withdrawal


async def test_a_subscription_for_one_campaign_gets_nothing_of_another_with_the_same_codes(
    chassis: Chassis,
) -> None:
    database = chassis.database
    await announce(database)
    await subscribe(database, "one@example.org", campaign="hanoi-2021")
    await subscribe(database, "other@example.org", campaign="hanoi-2020")
    await take_in(database, [an_event(of("hanoi-2020")), an_event(of("hanoi-2021"))])
    assert await matched(database) == [
        ("one@example.org", "hanoi-2021"),
        ("other@example.org", "hanoi-2020"),
    ]


async def test_a_subscription_for_all_gets_each_campaign_and_those_announced_later(
    chassis: Chassis,
) -> None:
    database = chassis.database
    await announce(database)
    await subscribe(database, MAIL, campaign=None)
    await take_in(database, [an_event(of("hanoi-2020")), an_event(of("hanoi-2021"))])
    await announce(database, "hanoi-2022")
    await take_in(database, [an_event(of("hanoi-2022"))])
    assert await matched(database) == [
        (MAIL, "hanoi-2020"), (MAIL, "hanoi-2021"), (MAIL, "hanoi-2022")
    ]  # fmt: skip


async def test_published_standings_reach_those_who_asked_for_their_campaign(
    chassis: Chassis,
) -> None:
    database = chassis.database
    await announce(database, units=without_commune)
    types = {"event_types": ["standings-published"]}
    await subscribe(database, "one@example.org", campaign="hanoi-2021", **types)
    await subscribe(database, "other@example.org", campaign="hanoi-2020", **types)
    await subscribe(database, "all@example.org", campaign=None, **types)
    # A unit that the campaign does not have is not concerned by it.
    gone = {"unit": COMMUNE, "owner_unit": COMMUNE}
    await subscribe(database, "gone@example.org", campaign=None, **types, **gone)
    await take_in(database, [an_event(a_fact(StandingsPublished, campaign="hanoi-2021"))])
    assert await matched(database) == [
        ("all@example.org", "hanoi-2021"),
        ("one@example.org", "hanoi-2021"),
    ]


async def test_each_event_goes_up_the_tree_of_its_own_campaign(chassis: Chassis) -> None:
    database = chassis.database
    await announce(database, units=moved)
    for unit in (DISTRICT, OTHER_DISTRICT):
        target = f"{unit}@example.org"
        await subscribe(database, target, campaign=None, unit=unit, owner_unit=unit)
    events = [an_event(of(one, unit=COMMUNE)) for one in ("hanoi-2020", "hanoi-2021")]
    await take_in(database, events)
    assert await matched(database) == [
        (f"{OTHER_DISTRICT}@example.org", "hanoi-2021"),
        (f"{DISTRICT}@example.org", "hanoi-2020"),
    ]


async def test_a_subscription_for_all_brings_nothing_that_its_owner_may_not_see_in_a_campaign(
    chassis: Chassis,
) -> None:
    database = chassis.database
    await announce(database, units=moved)
    target = {"campaign": None, "unit": COMMUNE}
    await subscribe(database, "district@example.org", owner_unit=DISTRICT, **target)
    await subscribe(database, "commune@example.org", owner_unit=COMMUNE, **target)
    await subscribe(database, "board@example.org", owner_unit=None, **target)
    events = [an_event(of(one, unit=COMMUNE)) for one in ("hanoi-2020", "hanoi-2021")]
    await take_in(database, events)
    assert await matched(database) == [
        ("board@example.org", "hanoi-2020"),
        ("board@example.org", "hanoi-2021"),
        ("commune@example.org", "hanoi-2020"),
        ("commune@example.org", "hanoi-2021"),
        ("district@example.org", "hanoi-2020"),
    ]


async def test_a_replica_that_is_behind_stands_back_and_reads_the_campaign_first(
    chassis: Chassis,
) -> None:
    database = chassis.database
    await announce(database)
    await subscribe(database, MAIL, campaign=None)
    campaigns = campaigns_over(database)
    scheduler = Scheduler(campaigns, lambda: None)
    events = [an_event(of("hanoi-2020")), an_event(of("hanoi-2021"))]
    for one in ("hanoi-2020", "hanoi-2021"):
        await campaigns.registry.of(one)
    amended = announcement(HANOI, version=2, edit=second("hanoi-2021"), edit_units=without_commune)
    assert await announce_in(database, amended)

    with pytest.raises(CampaignChangedError):
        async with database.transaction() as tx:
            await scheduler.handle(tx, events)
    assert await states(database) == {}
    assert await rows(database, "SELECT 1 FROM inbox") == []
    async with database.transaction() as tx:
        assert len(await scheduler.handle(tx, events)) == 2
    assert await states(database) == {"pending": 2}
    assert (await campaigns.registry.of("hanoi-2021")).generation == 2


async def test_no_campaign_changes_while_events_of_it_are_taken(chassis: Chassis) -> None:
    database = chassis.database
    scheduler = Scheduler(campaigns_over(database), lambda: None)
    async with database.transaction() as tx:
        await scheduler.handle(tx, [an_event(of("hanoi-2020"))])
        held = "SELECT 1 FROM campaigns WHERE campaign = $1 FOR UPDATE SKIP LOCKED"
        assert await rows(database, held, "hanoi-2020") == []


@pytest.mark.parametrize(
    ("campaign", "unit"), [("hanoi-2021", "SNV"), ("hanoi-2020", "NEW1")], ids=["campaign", "unit"]
)
async def test_an_event_that_came_before_the_announcement_of_what_it_is_about_waits(
    chassis: Chassis, campaign: str, unit: str
) -> None:
    """With its whole batch, before the first lock: nothing of it is done or set aside."""
    database = chassis.database
    with pytest.raises(NotAnnouncedYetError):
        await take_in(database, [an_event(of("hanoi-2020")), an_event(of(campaign, unit=unit))])
    assert await rows(database, "SELECT 1 FROM inbox") == []


async def test_an_event_waits_for_the_name_of_an_obligation_that_a_later_version_brings(
    chassis: Chassis,
) -> None:
    database = chassis.database
    await subscribe(database, MAIL)
    event = an_event(of("hanoi-2020", obligation="D99"))
    with pytest.raises(NotAnnouncedYetError):
        await take_in(database, [event])
    amended = announcement(HANOI, version=2, edit=lambda plan: plan.replace("id: D6", "id: D99"))
    assert await announce_in(database, amended)
    assert await take_in(database, [event]) == 1


async def test_an_event_of_a_campaign_that_this_version_can_t_read_is_not_set_aside(
    chassis: Chassis,
) -> None:
    async with chassis.database.transaction() as tx:
        await tx.execute("UPDATE campaign_versions SET plan = 'of: a newer version'")
    with pytest.raises(TransientError, match="can't be read"):
        await take_in(chassis.database, [an_event(of("hanoi-2020"))])


async def test_units_and_names_that_an_amendment_dropped_are_still_known(chassis: Chassis) -> None:
    database = chassis.database
    amended = announcement(HANOI, version=2, edit_units=without_commune)
    assert await announce_in(database, amended)
    made = await campaigns_over(database).registry.of("hanoi-2020")
    assert made.names.unit(COMMUNE) == "Phường Nhân Chính"
    assert [unit.code for unit in made.units.ancestors(COMMUNE)] == [DISTRICT, "HN"]


async def test_what_failed_is_published_with_the_campaign_of_its_event(
    chassis: Chassis, settings: NotificationsSettings, webhook_catcher: WebhookCatcher
) -> None:
    database = chassis.database
    await announce(database)
    await subscribe(database, webhook_catcher.url, campaign=None)
    webhook_catcher.answer_always(410)
    await take_in(database, [an_event(of("hanoi-2021"))])
    async with sending(settings, "webhook") as replica:
        await until_states(database, {"failed": 1})
    labels = {"channel": "webhook", "state": "failed"}  # counted when it was committed
    failed = replica.metrics.value(metrics.DELIVERIES, campaign="hanoi-2021", **labels)
    assert failed == 1
    facts = await published_facts(database)
    assert [type(fact) for fact in facts] == [DeliveryFailed, SubscriptionDisabled]
    assert {fact.campaign for fact in facts} == {"hanoi-2021"}


async def test_statistics_count_each_campaign_by_itself_and_all_together(chassis: Chassis) -> None:
    database = chassis.database
    await announce(database)
    await subscribe(database, MAIL, campaign=None)
    events = [of("hanoi-2020"), of("hanoi-2021"), of("hanoi-2021")]
    await take_in(database, [an_event(fact) for fact in events])
    async with database.transaction() as tx:
        counted = await statistics(tx)
    assert counted.deliveries["email"].pending == 3
    assert {name: one["email"].pending for name, one in counted.campaigns.items()} == {
        "hanoi-2020": 1,
        "hanoi-2021": 2,
    }
    await measure(chassis, lambda: ["hanoi-2021"])
    labels = {"channel": "webhook", "state": "failed", "campaign": "hanoi-2021"}
    assert chassis.metrics.value(metrics.DELIVERIES, **labels) == 0


async def test_a_withdrawn_campaign_is_still_readable(chassis: Chassis) -> None:
    assert await announce_in(chassis.database, withdrawal())
    registry = campaigns_over(chassis.database).registry
    assert (await registry.of("hanoi-2020")).withdrawn
    with pytest.raises(UnknownCampaignError):
        await registry.of("hanoi-2019")

"""Who is matched: by type and by subtree, once, from now on, whichever replica took it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from services.chassis.base import Chassis
from services.chassis.storage.database import Database
from services.contracts.campaign.loader import load_campaign
from services.contracts.events import (
    ContestReported,
    DeadlineMissed,
    EssaySubmitted,
    StandingsPublished,
)
from services.notifications.campaign import NotificationsCampaign
from services.notifications.names import names_of
from services.notifications.settings import NotificationsSettings
from services.notifications.subscriptions.matching import (
    SLACK,
    Match,
    concerned_units,
    is_kept_rightly,
)
from tests.notifications.running import rows, states, subscribe, take_in
from tests.notifications.support import a_fact, an_event, hanoi

MAIL = "reader@snv.example.org"
SAME = UUID("0197a5c2-6f7e-7c3b-9f43-5a6d2a1c9d10")


def missed(unit: str = "SNV") -> DeadlineMissed:
    fact: DeadlineMissed = a_fact(DeadlineMissed, unit=unit)
    return fact


async def matched(database: Database) -> set[str]:
    found = await rows(
        database,
        "SELECT s.target FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id",
    )
    return {row["target"] for row in found}


async def test_an_event_goes_to_its_unit_and_to_all_above_it_and_to_no_one_beside(
    chassis: Chassis,
) -> None:
    database = chassis.database
    commune = next(unit for unit in hanoi().units if unit.level == "commune")
    district = commune.parent
    assert district
    await subscribe(database, "commune@example.org", unit=commune.code, owner_unit=commune.code)
    await subscribe(database, "district@example.org", unit=district, owner_unit=district)
    await subscribe(database, "city@example.org", unit="HN", owner_unit=None)
    await subscribe(database, "other@example.org", unit="SNV")
    assert await take_in(database, [an_event(missed(commune.code))]) == 3
    assert await matched(database) == {
        "commune@example.org",
        "district@example.org",
        "city@example.org",
    }


async def test_an_event_of_another_type_is_not_delivered(chassis: Chassis) -> None:
    await subscribe(chassis.database, MAIL, event_types=["essay-judged"])
    assert await take_in(chassis.database, [an_event(missed())]) == 0
    assert await rows(chassis.database, "SELECT 1 FROM events") == []


async def test_published_standings_concern_every_unit(chassis: Chassis) -> None:
    await subscribe(chassis.database, MAIL, event_types=["standings-published"])
    event = an_event(a_fact(StandingsPublished))
    assert concerned_units(event, hanoi().units, hanoi().plan.zone) == [None]
    assert await take_in(chassis.database, [event]) == 1


async def test_an_event_that_comes_again_makes_no_second_delivery(chassis: Chassis) -> None:
    await subscribe(chassis.database, MAIL)
    event, repeated = (an_event(missed(), event_id=SAME) for _ in range(2))
    assert await take_in(chassis.database, [event, repeated]) == 1
    assert await take_in(chassis.database, [repeated]) == 0
    assert await states(chassis.database) == {"pending": 1}


async def test_even_without_the_inbox_one_event_is_one_delivery_a_subscription(
    chassis: Chassis,
) -> None:
    await subscribe(chassis.database, MAIL)
    event = an_event(missed())
    await take_in(chassis.database, [event])
    async with chassis.database.transaction() as tx:
        await tx.execute("DELETE FROM inbox")
    await take_in(chassis.database, [event])
    assert await states(chassis.database) == {"pending": 1}


async def test_one_batch_serves_many_events_and_subscriptions(chassis: Chassis) -> None:
    for number in range(5):
        await subscribe(chassis.database, f"reader{number}@example.org")
    facts = [missed(), a_fact(EssaySubmitted, unit="SNV"), a_fact(ContestReported, unit="SNV")]
    events = [an_event(fact) for fact in facts for _ in range(20)]
    assert await take_in(chassis.database, events) == 200
    [stored] = await rows(chassis.database, "SELECT count(*) FROM events")
    assert stored["count"] == 40


async def test_a_new_subscription_gets_what_is_new_and_not_the_past(chassis: Chassis) -> None:
    await subscribe(chassis.database, MAIL)
    now = datetime.now(UTC)
    history = an_event(missed(), now=now - SLACK - timedelta(minutes=1))
    recent = an_event(missed(), now=now - SLACK + timedelta(minutes=1))
    assert await take_in(chassis.database, [history, recent]) == 1


@pytest.mark.parametrize("state", ["disabled", "deleted"])
async def test_a_subscription_that_is_off_gets_nothing(chassis: Chassis, state: str) -> None:
    await subscribe(chassis.database, MAIL, state=state)
    assert await take_in(chassis.database, [an_event(missed())]) == 0


async def test_a_subscription_made_on_one_replica_is_seen_by_the_other_at_once(
    chassis: Chassis, settings: NotificationsSettings
) -> None:
    other = Chassis("notifications", settings)
    try:
        assert await take_in(other.database, [an_event(missed())]) == 0
        await subscribe(chassis.database, MAIL)
        assert await take_in(other.database, [an_event(missed())]) == 1
    finally:
        await other.database.close()


def test_a_subscription_to_a_unit_that_is_no_more_gets_the_events_of_who_took_over() -> None:
    """From the day on: its own events before, those of who took over afterwards."""
    reform = load_campaign(Path("tests/support/reform"))

    def concerned(unit: str, day: str) -> set[str | None]:
        event = an_event(missed(unit))
        moment = datetime.fromisoformat(f"{day}T12:00:00+07:00")
        return set(
            concerned_units(
                msgspec.structs.replace(event, time=moment), reform.units, reform.plan.zone
            )
        )

    assert concerned("X1", "2025-06-30") == {"X1", "H1", "HN"}
    assert concerned("X3", "2025-07-01") == {"X3", "HN", "X1", "X2"}
    assert concerned("X1", "2025-07-01") == {"X1", "X2", "X3", "HN"}
    assert concerned("X5", "2025-05-01") == {"X5", "X6", "H2", "HN"}
    assert concerned("X4", "2025-04-30") == {"X4", "H1", "HN"}
    assert concerned("X4", "2025-05-01") == {"X4", "H2", "HN"}


def test_who_kept_a_subscription_keeps_it_when_its_unit_is_no_more() -> None:
    loaded = load_campaign(Path("tests/support/reform"))
    zone = loaded.plan.zone
    reform = NotificationsCampaign("reform-2025", 1, loaded.units, names_of(loaded), zone)
    on_the_day = datetime.fromisoformat("2025-07-01T00:00:00+07:00")
    own = Match(SAME, SAME, "email", "X1", "X1")
    others = Match(SAME, SAME, "email", "X4", "X1")
    assert is_kept_rightly(own, reform, on_the_day)
    assert not is_kept_rightly(others, reform, on_the_day)

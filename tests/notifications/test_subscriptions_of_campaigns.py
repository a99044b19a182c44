"""Subscribing to one campaign or to all: what is checked against which units, and who may."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.chassis.http import Principal
from services.chassis.storage.database import Database
from services.notifications.campaign import NotificationsCampaign
from services.notifications.settings import NotificationsSettings
from services.notifications.subscriptions.visibility import visibility_scope
from tests.notifications.calling import Call
from tests.notifications.several_campaigns import (
    COMMUNE,
    DISTRICT,
    OTHER_DISTRICT,
    announce,
    moved,
    without_commune,
)
from tests.notifications.support import hanoi, names
from tests.support.announcing import HANOI, announce_in, announcement, withdrawal

REQUEST = {
    "event_types": ["deadline-missed"],
    "unit": "SNV",
    "channel": "email",
    "address": "reader@snv.example.org",
}


@pytest.fixture
async def database(settings: NotificationsSettings) -> Any:
    """The database behind the API."""
    made = Database(settings.database_url, source="notifications")
    yield made
    await made.close()


async def pointers(call: Call, **changes: Any) -> dict[str, str]:
    """The faults of a request, in English."""
    answer = await call("POST", "/v1/subscriptions", role="board", json=REQUEST | changes)
    assert answer.status_code == 422, answer.text
    faults = answer.json()["faults"]
    assert all(fault["vi"] for fault in faults)
    return {fault["pointer"]: fault["en"] for fault in faults}


async def test_a_subscription_is_for_all_campaigns_unless_it_names_one(call: Call) -> None:
    every = await call.subscribe()
    one = await call.subscribe(campaign="hanoi-2020", address="other@snv.example.org")
    assert (every["campaign"], one["campaign"]) == (None, "hanoi-2020")
    for campaign, count in (("hanoi-2020", 2), ("hanoi-2021", 1)):
        listed = await call("GET", "/v1/subscriptions", params={"campaign": campaign})
        assert len(listed.json()["items"]) == count


async def test_a_campaign_that_was_not_announced_is_a_fault_of_the_campaign(call: Call) -> None:
    found = await pointers(call, campaign="hanoi-2019", unit="NOBODY")
    assert set(found) == {"/campaign"}
    assert "hanoi-2019" in found["/campaign"]


async def test_a_unit_is_checked_against_the_campaign_named_or_else_against_all(
    call: Call, database: Database
) -> None:
    await announce(database, units=without_commune)
    for campaign, is_known in (("hanoi-2020", True), ("hanoi-2021", False), (None, True)):
        request = REQUEST | {"campaign": campaign, "unit": COMMUNE}
        target = {"address": f"reader@{campaign}.example.org"}
        answer = await call("POST", "/v1/subscriptions", role="board", json=request | target)
        assert answer.status_code == (201 if is_known else 422), answer.text
    assert (
        "campaign has no unit"
        in (await pointers(call, campaign="hanoi-2021", unit=COMMUNE))["/unit"]
    )
    assert "No campaign has" in (await pointers(call, unit="NOBODY"))["/unit"]


async def test_a_unit_of_a_campaign_that_was_announced_a_moment_ago_is_known(
    call: Call, database: Database
) -> None:
    """Elsewhere, and this replica was not told yet."""
    await call.subscribe()
    await announce(database, units=lambda text: text.replace(f"\n{COMMUNE},", "\nX99999,"))
    made = await call.subscribe(role="board", unit="X99999")
    assert made["unit"] == "X99999"


async def test_without_any_campaign_a_subscription_is_refused_with_the_reason(
    call: Call, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE campaigns, campaign_versions")
    assert "No campaign was announced yet" in (await pointers(call))["/unit"]


async def test_a_withdrawn_campaign_can_t_be_subscribed_to(call: Call, database: Database) -> None:
    await announce(database)
    assert await announce_in(database, withdrawal("hanoi-2021"))
    assert "was withdrawn" in (await pointers(call, campaign="hanoi-2021"))["/campaign"]


async def test_a_replica_that_is_behind_stands_back_from_a_subscription_too(
    call: Call, database: Database
) -> None:
    await call.subscribe(campaign="hanoi-2020")
    assert await announce_in(database, announcement(HANOI, version=2, edit_units=moved))
    request = REQUEST | {"campaign": "hanoi-2020", "unit": COMMUNE}

    async def asked_by(unit: str) -> httpx.Response:
        return await call("POST", "/v1/subscriptions", role="district", unit=unit, json=request)

    behind = await asked_by(DISTRICT)
    assert (behind.status_code, "retry-after" in behind.headers) == (503, True)
    assert (await asked_by(DISTRICT)).status_code == 403
    assert (await asked_by(OTHER_DISTRICT)).status_code == 201


async def test_the_same_for_one_campaign_and_for_all_is_a_conflict_and_for_two_is_none(
    call: Call, database: Database
) -> None:
    await announce(database)
    await call.subscribe(campaign="hanoi-2020")
    await call.subscribe(campaign="hanoi-2021")
    for campaign in ("hanoi-2020", None):
        again = await call("POST", "/v1/subscriptions", json=REQUEST | {"campaign": campaign})
        assert again.status_code == 409
        assert "for the same campaign or for all" in again.json()["faults"][0]["en"]
    await call.subscribe(address="other@snv.example.org")
    one = REQUEST | {"campaign": "hanoi-2021", "address": "other@snv.example.org"}
    assert (await call("POST", "/v1/subscriptions", json=one)).status_code == 409


async def test_who_may_subscribe_is_decided_by_the_tree_of_the_campaign(
    call: Call, database: Database
) -> None:
    await announce(database, units=moved)
    for campaign, district, allowed in (
        ("hanoi-2020", DISTRICT, True),
        ("hanoi-2020", OTHER_DISTRICT, False),
        ("hanoi-2021", DISTRICT, False),
        ("hanoi-2021", OTHER_DISTRICT, True),
        (None, DISTRICT, True),
        (None, OTHER_DISTRICT, True),
        (None, "Q001", False),
    ):
        request = REQUEST | {"campaign": campaign, "unit": COMMUNE}
        request["address"] = f"{campaign}@{district}.example.org"
        answer = await call(
            "POST", "/v1/subscriptions", role="district", unit=district, json=request
        )
        assert answer.status_code == (201 if allowed else 403), answer.text


async def test_a_district_sees_what_its_communes_keep_in_the_campaigns_where_they_are_its_own(
    call: Call, database: Database
) -> None:
    await announce(database, units=moved)
    kept = {
        campaign: (await call.subscribe(unit=COMMUNE, campaign=campaign, address=address))["id"]
        for campaign, address in (
            ("hanoi-2020", "a@example.org"),
            ("hanoi-2021", "b@example.org"),
            (None, "c@example.org"),
        )
    }

    async def seen(role: str, unit: str) -> set[str]:
        listed = await call("GET", "/v1/subscriptions", role=role, unit=unit)
        return {item["id"] for item in listed.json()["items"]}

    assert await seen("unit", COMMUNE) == set(kept.values())
    assert await seen("district", DISTRICT) == {kept["hanoi-2020"]}
    assert await seen("district", OTHER_DISTRICT) == {kept["hanoi-2021"]}
    gone = await call("DELETE", f"/v1/subscriptions/{kept[None]}", role="district", unit=DISTRICT)
    assert gone.status_code == 404


def test_a_district_sees_a_subscription_to_all_where_the_commune_is_its_own_in_each_campaign() -> (
    None
):
    plan, tree = hanoi().plan, hanoi().units
    both = [
        NotificationsCampaign(name, 1, tree, names(), plan.zone)
        for name in ("hanoi-2020", "hanoi-2021")
    ]
    caller = Principal(subject="x", roles=frozenset({"district"}), unit=DISTRICT)
    scope = visibility_scope(caller, both, datetime.now(UTC))
    assert scope.below[None] == scope.below["hanoi-2020"] > {COMMUNE, DISTRICT}

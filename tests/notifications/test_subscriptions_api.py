"""Subscribing over HTTP: who may, every fault at once, secrets shown once, states for operators."""

import asyncio
from typing import Any

import asyncpg
import pytest

from infra.local.issuer import Issuer
from infra.local.webhook import Answer, WebhookCatcher
from services.contracts.events import DeadlineMissed
from services.notifications.settings import NotificationsSettings
from tests.notifications.calling import Call
from tests.notifications.running import attempts, sending, take_in, until_states
from tests.notifications.support import a_fact, an_event, hanoi
from tests.support.foreign import Foreign
from tests.support.refusals import check_refusals

HOOK = "https://receiver.example.org/thidua"
DISTRICT = "Q009"
COMMUNE = next(unit.code for unit in hanoi().units if unit.parent == DISTRICT)


async def test_every_route_refuses_whom_and_what_it_must(
    api: str, issuer: Issuer, call: Call
) -> None:
    made = await call.subscribe(unit="Q001")
    foreign = Foreign(
        ids={"subscription_id": made["id"]},
        bodies={
            "POST /v1/subscriptions": {
                "event_types": ["deadline-missed"], "unit": "Q001", "channel": "email",
                "address": "other@q001.example.org",
            }
        },
        for_all={"GET /v1/subscriptions": "lists the caller's own alone, whatever unit it names"},
    )  # fmt: skip
    assert await check_refusals(api, issuer, foreign=foreign) > 50


async def test_a_unit_subscribes_by_mail_and_finds_it_again(call: Call) -> None:
    made = await call.subscribe(event_types=["deadline-missed", "deadline-missed"], note=" Tổ ")
    assert made["event_types"] == ["deadline-missed"]
    assert (made["address"], made["url"], made["secret"]) == ("reader@snv.example.org", None, None)
    assert (made["state"], made["owner_unit"], made["note"]) == ("active", "SNV", "Tổ")
    assert made["personal_data"] is False
    read = (await call("GET", f"/v1/subscriptions/{made['id']}")).json()
    assert read == {name: value for name, value in made.items() if name != "secret"}
    listed = (await call("GET", "/v1/subscriptions")).json()
    assert [item["id"] for item in listed["items"]] == [made["id"]]


async def test_a_webhooks_secret_is_shown_once_and_stored_encrypted(
    call: Call, settings: NotificationsSettings
) -> None:
    request = {
        "event_types": ["deadline-missed"],
        "unit": "SNV",
        "channel": "webhook",
        "url": HOOK,
    }
    first = await call("POST", "/v1/subscriptions", key="one", json=request)
    secret = first.json()["secret"]
    assert secret.startswith("whsec_")
    assert first.headers["cache-control"] == "no-store"
    repeated = await call("POST", "/v1/subscriptions", key="one", json=request)
    assert repeated.headers["idempotency-replayed"] == "true"
    assert repeated.json() == {**first.json(), "secret": None}
    one = await call("GET", f"/v1/subscriptions/{first.json()['id']}")
    assert "secret" not in one.json()
    connection = await asyncpg.connect(settings.database_url)
    for table in ("subscriptions", "idempotency_keys", "event_log"):
        stored = await connection.fetch(f"SELECT t::text FROM {table} t")  # noqa: S608
        kept = await connection.fetch(f"SELECT * FROM {table}")  # noqa: S608
        assert secret.removeprefix("whsec_") not in str(stored) + str(kept)
    await connection.close()


async def test_every_fault_of_a_subscription_is_named_at_once_in_both_languages(call: Call) -> None:
    request = {
        "event_types": ["deadline-missed", "no-such-event", "delivery-failed"],
        "unit": "NOBODY",
        "channel": "webhook",
        "address": "reader@snv.example.org",
        "url": "ftp://receiver.example.org",
    }
    answer = await call("POST", "/v1/subscriptions", json=request)
    assert answer.status_code == 422
    faults = {fault["pointer"]: fault for fault in answer.json()["faults"]}
    assert set(faults) == {"/event_types/1", "/event_types/2", "/unit", "/address", "/url"}
    assert all(fault["vi"] and fault["en"] for fault in faults.values())
    assert (await call("GET", "/v1/subscriptions")).json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"address": None}, {"/address"}),
        ({"address": "no address"}, {"/address"}),
        ({"url": HOOK}, {"/url"}),
        ({"channel": "pigeon"}, {"/channel"}),
        ({"channel": "webhook"}, {"/address", "/url"}),
        ({"event_types": []}, {"/event_types"}),
        ({"language": "fr"}, {"/language"}),
        ({"surprise": 1}, {"/surprise"}),
        ({"unit": "00001"}, {"/unit"}),
        ({"note": "x" * 501}, {"/note"}),
    ],
)
async def test_each_fault_stands_at_its_place(
    call: Call, changes: dict[str, Any], pointers: set[str]
) -> None:
    request = {
        "event_types": ["deadline-missed"],
        "unit": "SNV",
        "channel": "email",
        "address": "reader@snv.example.org",
        **changes,
    }
    answer = await call("POST", "/v1/subscriptions", json=request)
    assert answer.status_code == 422, answer.text
    assert {fault["pointer"] for fault in answer.json()["faults"]} == pointers


@pytest.mark.parametrize(
    ("role", "acts_for", "unit", "allowed"),
    [
        ("unit", "SNV", "SNV", True),
        ("unit", "SNV", "STP", False),
        ("unit", "SNV", "HN", False),
        ("unit", DISTRICT, COMMUNE, False),
        ("district", DISTRICT, DISTRICT, True),
        ("district", DISTRICT, COMMUNE, True),
        ("district", DISTRICT, "SNV", False),
        ("district", DISTRICT, "HN", False),
        ("board", None, "HN", True),
        ("board", None, COMMUNE, True),
        ("ops", None, "SNV", False),
    ],
)
async def test_a_unit_hears_of_itself_a_district_of_its_communes_the_board_of_all(
    call: Call, role: str, acts_for: str | None, unit: str, allowed: bool
) -> None:
    request = {
        "event_types": ["essay-submitted"],
        "unit": unit,
        "channel": "email",
        "address": "reader@example.org",
    }
    answer = await call("POST", "/v1/subscriptions", role=role, unit=acts_for, json=request)
    assert answer.status_code == (201 if allowed else 403)


async def test_a_strangers_subscription_is_not_found_whatever_is_asked_of_it(call: Call) -> None:
    made = await call.subscribe(unit="STP")
    for method, path in (
        ("GET", f"/v1/subscriptions/{made['id']}"),
        ("GET", f"/v1/subscriptions/{made['id']}/deliveries"),
        ("DELETE", f"/v1/subscriptions/{made['id']}"),
    ):
        assert (await call(method, path, unit="SNV")).status_code == 404
        assert (await call(method, path, role="district", unit=DISTRICT)).status_code == 404
    resumption = await call(
        "POST", f"/v1/subscriptions/{made['id']}/resumption", unit="SNV", json={}
    )
    assert resumption.status_code == 404
    assert (await call("GET", "/v1/subscriptions", unit="SNV")).json()["items"] == []
    assert (await call("GET", f"/v1/subscriptions/{made['id']}", unit="STP")).status_code == 200


async def test_a_district_keeps_its_communes_subscriptions_and_not_the_boards(call: Call) -> None:
    own = await call.subscribe(role="district", unit=DISTRICT)
    communes = await call.subscribe(unit=COMMUNE)
    await call.subscribe(role="board", unit=COMMUNE, address="board@example.org")
    listed = (await call("GET", "/v1/subscriptions", role="district", unit=DISTRICT)).json()
    assert {item["id"] for item in listed["items"]} == {own["id"], communes["id"]}
    everything = (await call("GET", "/v1/subscriptions", role="board")).json()
    assert len(everything["items"]) == 3


async def test_operators_see_states_and_neither_address_nor_note(call: Call) -> None:
    made = await call.subscribe(note="hỏi chị Hoa")
    read = (await call("GET", f"/v1/subscriptions/{made['id']}", role="ops")).json()
    assert (read["address"], read["url"], read["note"]) == (None, None, None)
    assert read["state"] == "active"
    gone = await call("DELETE", f"/v1/subscriptions/{made['id']}", role="ops")
    assert gone.status_code == 403


async def test_the_same_subscription_twice_is_a_conflict(call: Call) -> None:
    made = await call.subscribe()
    request = {
        "event_types": ["deadline-missed"],
        "unit": "SNV",
        "channel": "email",
        "address": "reader@snv.example.org",
    }
    answers = await asyncio.gather(
        *(call("POST", "/v1/subscriptions", json=request) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {409}
    assert "same unit, event types and target" in answers[0].json()["faults"][0]["en"]
    await call("DELETE", f"/v1/subscriptions/{made['id']}")
    at_once = await asyncio.gather(
        *(call("POST", "/v1/subscriptions", json=request) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in at_once) == [201, 409, 409]


async def test_a_deleted_subscription_forgets_where_it_went(
    call: Call, settings: NotificationsSettings
) -> None:
    made = await call.subscribe(url=HOOK, note="hỏi chị Hoa")
    for _ in range(2):
        gone = await call("DELETE", f"/v1/subscriptions/{made['id']}")
        assert gone.status_code == 204
    connection = await asyncpg.connect(settings.database_url)
    row = await connection.fetchrow("SELECT state, target, note, secret FROM subscriptions")
    assert tuple(row) == ("deleted", None, None, None)
    await connection.close()
    repeated = await call("POST", f"/v1/subscriptions/{made['id']}/resumption", json={})
    assert repeated.status_code == 409


async def test_a_deleted_subscription_is_forgotten_in_the_answers_kept_for_repetitions_too(
    call: Call, settings: NotificationsSettings
) -> None:
    request = {
        "event_types": ["deadline-missed"],
        "unit": "SNV",
        "channel": "webhook",
        "url": HOOK,
        "note": "hỏi chị Hoa",
    }
    made = (await call("POST", "/v1/subscriptions", key="one", json=request)).json()
    path = f"/v1/subscriptions/{made['id']}"
    resumed = (await call("POST", f"{path}/resumption", key="two", json={})).json()
    assert resumed["subscription"]["url"] == HOOK
    # Another's note names it: its answer is not about it, and stays.
    other = await call("POST", "/v1/subscriptions", key="other", json=request | {"unit": "STP"})
    assert other.status_code == 403
    kept = {
        "event_types": ["deadline-missed"],
        "unit": "STP",
        "channel": "email",
        "address": "reader@stp.example.org",
        "note": f"như {made['id']}",
    }
    other = await call("POST", "/v1/subscriptions", key="other", unit="STP", json=kept)

    assert (await call("DELETE", path)).status_code == 204
    connection = await asyncpg.connect(settings.database_url)
    bodies = [
        row[0].decode() for row in await connection.fetch("SELECT body FROM idempotency_keys")
    ]
    await connection.close()
    assert len(bodies) == 3
    assert not [body for body in bodies if HOOK in body or "chị Hoa" in body]

    nothing = {"address": None, "url": None, "note": None}
    repeated = await call("POST", "/v1/subscriptions", key="one", json=request)
    assert (repeated.status_code, repeated.headers["idempotency-replayed"]) == (201, "true")
    assert repeated.json() == made | nothing | {"secret": None}
    repeated = await call("POST", f"{path}/resumption", key="two", json={})
    assert repeated.json() == resumed | {"subscription": resumed["subscription"] | nothing}
    repeated = await call("POST", "/v1/subscriptions", key="other", unit="STP", json=kept)
    assert repeated.json() == other.json()


async def test_lists_come_in_pages(call: Call) -> None:
    made = {(await call.subscribe(address=f"reader{n}@snv.example.org"))["id"] for n in range(5)}
    seen, after = [], None
    for _ in range(5):
        page = (
            await call(
                "GET",
                "/v1/subscriptions",
                params={"limit": 2, **({"after": after} if after else {})},
            )
        ).json()
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == sorted(made)
    assert len(seen) == 5


async def test_deliveries_show_every_attempt_and_go_on_after_a_resumption(
    call: Call, settings: NotificationsSettings, webhook_catcher: WebhookCatcher
) -> None:
    made = await call.subscribe(url=webhook_catcher.url)
    path = f"/v1/subscriptions/{made['id']}"
    webhook_catcher.answer_always(410)
    async with sending(settings, "webhook") as replica:
        database = replica.database
        event = an_event(a_fact(DeadlineMissed, unit="SNV"))
        await take_in(database, [event])
        await until_states(database, {"failed": 1})
        read = (await call("GET", path)).json()
        assert (read["state"], read["disabled_reason"][:8]) == ("disabled", "HTTP 410")

        [delivery] = (await call("GET", f"{path}/deliveries", role="ops")).json()["items"]
        assert (delivery["state"], delivery["event_id"]) == ("failed", str(event.id))
        [attempt] = delivery["attempts"]
        assert (attempt["outcome"], attempt["code"]) == ("gone", 410)

        webhook_catcher.answer_always(200)
        plain = (await call("POST", f"{path}/resumption", json={})).json()
        assert (plain["subscription"]["state"], plain["put_back"]) == ("active", 0)
        repeated = await call("POST", f"{path}/resumption", json={"failed_too": True})
        assert repeated.json()["put_back"] == 1
        await until_states(database, {"accepted": 1})
    [delivery] = (await call("GET", f"{path}/deliveries", params={"state": "accepted"})).json()[
        "items"
    ]
    assert [one["outcome"] for one in delivery["attempts"]] == ["gone", "accepted"]
    ids = {request.headers["webhook-id"] for request in webhook_catcher.requests}
    assert ids == {delivery["message_id"]}
    assert (await call("POST", f"{path}/resumption", json={"failed_too": True})).json()[
        "put_back"
    ] == 0


async def test_what_was_held_while_a_subscription_was_off_is_sent_when_it_is_on_again(
    call: Call, settings: NotificationsSettings, webhook_catcher: WebhookCatcher
) -> None:
    made = await call.subscribe(url=webhook_catcher.url)
    event = a_fact(DeadlineMissed, unit="SNV")
    webhook_catcher.answer_next(410)
    slow = settings.model_copy(update={"per_subscription_concurrency": 1})
    async with sending(slow, "webhook") as replica:
        await take_in(replica.database, [an_event(event) for _ in range(3)])
        await until_states(replica.database, {"failed": 1, "held": 2})
        await call("POST", f"/v1/subscriptions/{made['id']}/resumption", json={})
        await until_states(replica.database, {"failed": 1, "accepted": 2})


async def test_a_delivery_under_way_when_it_was_switched_off_is_not_sent_twice_by_a_resumption(
    call: Call, settings: NotificationsSettings, webhook_catcher: WebhookCatcher
) -> None:
    made = await call.subscribe(url=webhook_catcher.url)
    event = a_fact(DeadlineMissed, unit="SNV")
    webhook_catcher.answer_next(Answer(200, pause=2), 410)
    async with sending(settings, "webhook") as replica:
        await take_in(replica.database, [an_event(event)])
        await webhook_catcher.wait_for(1)
        await take_in(replica.database, [an_event(event)])
        await until_states(replica.database, {"failed": 1, "held": 1}, seconds=1.5)
        path = f"/v1/subscriptions/{made['id']}/resumption"
        assert (await call("POST", path, json={})).json()["put_back"] == 1
        await until_states(replica.database, {"failed": 1, "accepted": 1})
        assert sorted(await attempts(replica.database), key=str) == [
            (1, "accepted", 200),
            (1, "gone", 410),
        ]
    assert len(webhook_catcher.requests) == 2


async def test_statistics_count_what_was_sent(
    call: Call, settings: NotificationsSettings, webhook_catcher: WebhookCatcher
) -> None:
    await call.subscribe()
    await call.subscribe(url=webhook_catcher.url)
    webhook_catcher.answer_next(400)
    async with sending(settings) as replica:
        await take_in(replica.database, [an_event(a_fact(DeadlineMissed, unit="SNV"))])
        await until_states(replica.database, {"accepted": 1, "failed": 1})
    found = (await call("GET", "/v1/statistics", role="ops")).json()
    assert found["deliveries"]["email"] == {
        "accepted": 1,
        "pending": 0,
        "held": 0,
        "failed": 0,
        "cancelled": 0,
    }
    assert found["deliveries"]["webhook"]["failed"] == 1
    assert found["subscriptions"] == {"active": 2, "disabled": 0}
    assert (await call("GET", "/v1/statistics")).status_code == 403

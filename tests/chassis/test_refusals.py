"""Promise: what is refused is refused by name, with every fault, and changes nothing."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter

from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.http import Router, access
from services.chassis.http.api import create_api
from services.chassis.http.router import UndeclaredAccessError
from services.chassis.problems import CATALOGUE, Problem
from tests.chassis.toy import toy_settings
from tests.support.foreign import Foreign
from tests.support.refusals import check_refusals
from tests.support.serving import served

GOOD = {"author": {"full_name": "Người viết mô phỏng"}, "text": "gương tốt"}


def by_unit(issuer: Issuer, key: str = "k1") -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.mint('unit', 'SNV')}", "Idempotency-Key": key}


async def test_every_route_refuses_whom_and_what_it_must(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    foreign = Foreign(for_all={"POST /v1/notes": "a note of the toy is no unit's"})
    assert await check_refusals(str(toy.base_url), issuer, foreign=foreign) > 40
    assert (await toy.get("/v1/notes")).json() == {"notes": 0}


async def test_the_walk_finds_a_route_that_lets_the_wrong_role_in(
    toy_database: str, issuer: Issuer
) -> None:
    chassis = Chassis("toy", toy_settings(toy_database, issuer))
    router = Router()

    @router.get("/open", openapi_extra=access("board"))
    async def leaky() -> None: ...

    app = create_api(chassis, [router], title="Leaky", description="")
    app.openapi()["paths"]["/open"]["get"]["x-roles"] = ["ops"]  # says one thing, does another
    async with served(app) as url:
        with pytest.raises(AssertionError, match="GET /open with role board: 200 instead of 403"):
            await check_refusals(url, issuer)


async def test_the_walk_finds_a_route_that_forgets_to_ask_whose_data_it_is(
    toy_database: str, issuer: Issuer
) -> None:
    chassis = Chassis("toy", toy_settings(toy_database, issuer))
    router = Router()

    @router.get("/notes/{note_id}", openapi_extra=access("unit"))
    async def forgetful(note_id: UUID) -> None: ...

    app = create_api(chassis, [router], title="Forgetful", description="")
    async with served(app) as url:
        with pytest.raises(AssertionError, match=r"note_id} by unit Q002 for Q001: 200 instead"):
            await check_refusals(url, issuer)


def test_a_route_that_declares_no_access_stops_the_start() -> None:
    router = Router()
    with pytest.raises(UndeclaredAccessError, match=r"GET.*/open declares no access"):

        @router.get("/open")
        async def forgotten() -> None: ...


async def test_a_route_of_an_unguarded_router_stops_the_start(
    toy_database: str, issuer: Issuer
) -> None:
    router = APIRouter()

    @router.get("/open")
    async def forgotten() -> None: ...

    chassis = Chassis("toy", toy_settings(toy_database, issuer))
    with pytest.raises(UndeclaredAccessError, match="/open is not guarded"):
        create_api(chassis, [router], title="Toy", description="")


async def test_a_route_that_hides_from_the_document_stops_the_start(
    toy_database: str, issuer: Issuer
) -> None:
    router = Router()

    @router.get("/open", openapi_extra=access("ops"), include_in_schema=False)
    async def hidden() -> None: ...

    chassis = Chassis("toy", toy_settings(toy_database, issuer))
    with pytest.raises(UndeclaredAccessError, match="hides from OpenAPI"):
        create_api(chassis, [router], title="Toy", description="")


async def test_all_faults_of_a_body_come_at_once_at_their_pointers(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    body = {"author": {"full_name": ""}, "pages": 0, "text": "LOUD", "a/b~c": 1}
    answer = await toy.post("/v1/notes", headers=by_unit(issuer), json=body)
    assert answer.status_code == 422
    document = answer.json()
    assert document["type"] == "https://thidua.hanoi.gov.vn/problems/faulty-request"
    assert document["detail"] == "Có 4 lỗi cần sửa. Dữ liệu chưa được ghi nhận."
    faults = {fault["pointer"]: fault for fault in document["faults"]}
    assert set(faults) == {"/author/full_name", "/pages", "/text", "/a~1b~0c"}
    assert faults["/author/full_name"]["vi"] == "Quá ngắn. Cần ít nhất 1 ký tự."
    assert faults["/pages"]["en"] == "Must be 1 or more."
    assert faults["/text"] == {
        "pointer": "/text",
        "vi": "Không viết hoa toàn bộ.",
        "en": "Not all in capitals.",
        "rule": "quiet",
    }


async def test_an_unknown_field_is_answered_with_the_fields_of_its_place(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    body = {"author": {"name": "Người viết mô phỏng"}, "body": "gương tốt", "text": "x"}
    answer = await toy.post("/v1/notes", headers=by_unit(issuer), json=body)
    faults = {fault["pointer"]: fault["en"] for fault in answer.json()["faults"]}
    assert (
        faults["/body"] == "There is no field “body”. The fields here: `author`, `text`, `pages`."
    )
    assert faults["/author/name"] == "There is no field “name”. The fields here: `full_name`."


async def test_all_faults_of_the_domain_come_at_once_with_their_rules(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    body = {**GOOD, "text": "xấu", "pages": 3}
    answer = await toy.post("/v1/notes", headers=by_unit(issuer), json=body)
    assert answer.status_code == 422
    assert [fault["rule"] for fault in answer.json()["faults"]] == ["words", "pages"]
    assert (await toy.get("/v1/notes")).json() == {"notes": 0}


async def test_a_missing_body_and_a_missing_field_are_named(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    headers = {**by_unit(issuer), "Content-Type": "application/json"}
    nothing = await toy.post("/v1/notes", headers=headers)
    assert nothing.json()["faults"][0]["pointer"] == ""
    partly = await toy.post("/v1/notes", headers=headers, content=b'{"author": {}}')
    found = {fault["pointer"] for fault in partly.json()["faults"]}
    assert found == {"/author/full_name", "/text"}


async def test_a_bad_parameter_is_named_with_its_place(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    headers = {"Authorization": f"Bearer {issuer.mint('board')}"}
    answer = await toy.get("/v1/notes/17?page=x", headers=headers)
    assert answer.status_code == 422
    found = {fault["parameter"] for fault in answer.json()["faults"]}
    assert found == {"path:note_id", "query:page"}


async def test_a_nul_character_is_a_fault_and_no_failure_of_the_database(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    body = {**GOOD, "text": "a\0b"}
    answer = await toy.post("/v1/notes", headers=by_unit(issuer), json=body)
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["pointer"] == "/text"
    fine = {**GOOD, "text": r"a\u0000b"}  # six characters, not one
    assert (await toy.post("/v1/notes", headers=by_unit(issuer), json=fine)).status_code == 201


async def test_a_body_without_a_declared_length_is_cut_off_at_the_limit(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'{"text": "'
        for _ in range(70):
            yield b"x" * 1000

    headers = {**by_unit(issuer), "Content-Type": "application/json"}
    answer = await toy.post("/v1/notes", headers=headers, content=endless())
    assert answer.status_code == 413


async def test_json_nested_beyond_reason_is_refused(toy: httpx.AsyncClient, issuer: Issuer) -> None:
    headers = {**by_unit(issuer), "Content-Type": "application/json"}
    for deep in (b"[" * 60_000, b'["\\u0000",' + b"[" * 60_000):
        answer = await toy.post("/v1/notes", headers=headers, content=deep)
        assert answer.status_code == 400, answer.text


async def test_an_unknown_path_and_a_wrong_method_answer_problem_documents(
    toy: httpx.AsyncClient,
) -> None:
    unknown = await toy.get("/v1/nowhere")
    assert (unknown.status_code, unknown.json()["title_en"]) == (404, "Not found")
    wrong = await toy.delete("/v1/notes")
    assert (wrong.status_code, wrong.json()["title_en"]) == (405, "Method not allowed")
    assert wrong.headers["allow"] == "GET, HEAD, POST"


async def test_a_failure_of_ours_tells_its_trace_and_no_secret(toy: httpx.AsyncClient) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = await toy.get("/v1/broken", headers={"traceparent": f"00-{trace_id}-{'1' * 16}-01"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["trace_id"] == trace_id
    assert "secret" not in answer.text


async def test_a_token_without_a_unit_cannot_act_for_one(
    toy: httpx.AsyncClient, issuer: Issuer
) -> None:
    headers = {"Authorization": f"Bearer {issuer.mint('unit')}", "Idempotency-Key": "k"}
    answer = await toy.post("/v1/notes", headers=headers, json=GOOD)
    assert answer.status_code == 403
    assert "no unit" in answer.json()["detail_en"]


def test_one_slug_is_one_problem() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        Problem("forbidden", 403, "Khác", "Other")
    assert CATALOGUE["forbidden"].status == 403

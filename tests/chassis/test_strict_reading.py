"""Promise: an API takes exactly what its schema says, and refuses the rest in two languages."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from infra.local.issuer import Issuer
from services.chassis.base import Chassis
from services.chassis.http import Once, Router, access
from services.chassis.http.api import create_api
from services.chassis.http.fields import Day, Figure, Moment, PositiveFigure, VisibleText
from tests.chassis.toy import toy_settings
from tests.support.edges import english_in
from tests.support.serving import served

router = Router(prefix="/v1")


class FormIn(BaseModel):
    """Of everything one."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    title: VisibleText = "a title"
    held_on: Day | None = None
    at: Moment | None = None
    words: int | None = Field(default=None, ge=1, le=1000)
    value: Figure | None = None
    minutes: PositiveFigure | None = None
    urgent: bool = False


class FormOut(BaseModel):
    """What was understood."""

    form: dict[str, Any]


@router.post("/forms", response_model=FormOut, openapi_extra=access("unit"))
async def send(body: FormIn, once: Once) -> Response:
    """Echo."""
    form = body.model_dump(mode="json", exclude_unset=True)
    return await once(lambda _tx: _echo(form))


async def _echo(form: dict[str, Any]) -> tuple[int, FormOut]:
    return 200, FormOut(form=form)


@router.get("/forms", openapi_extra=access("unit"))
async def listed(limit: int = 10) -> dict[str, int]:
    """Says what it understood."""
    return {"limit": limit}


@pytest.mark.parametrize("query", ["?as_of=2020-06-30", "?limit=3&lmit=2&%E2%80%AE=1", "?LIMIT=1"])
async def test_a_parameter_that_a_route_does_not_have_is_refused(
    toy_database: str, issuer: Issuer, query: str
) -> None:
    """Passed over, `as_of` would be answered with what is now."""
    app = create_api(
        Chassis("toy", toy_settings(toy_database, issuer)), [router], title="Toy", description=""
    )
    async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=20) as client:
        headers = {"Authorization": f"Bearer {issuer.mint('unit', 'SNV')}"}
        assert (await client.get("/v1/forms?limit=3", headers=headers)).json() == {"limit": 3}
        answer = await client.get(f"/v1/forms{query}", headers=headers)
        assert answer.status_code == 422, answer.text
        for fault in answer.json()["faults"]:
            assert fault["parameter"].startswith("query:")
            assert "limit" in fault["vi"]
            assert "limit" in fault["en"]
        assert (await client.get("/health/live?x=1")).status_code == 200


@pytest.fixture
async def send_form(toy_database: str, issuer: Issuer) -> Any:
    """Posts a body; the answer."""
    chassis = Chassis("toy", toy_settings(toy_database, issuer))
    app = create_api(chassis, [router], title="Toy", description="")
    async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=20) as client:

        async def post(body: bytes | dict[str, Any], kind: str = "application/json") -> Any:
            headers = {
                "Authorization": f"Bearer {issuer.mint('unit', 'SNV')}",
                "Idempotency-Key": str(uuid4()),
                "Content-Type": kind,
            }
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            return await client.post("/v1/forms", headers=headers, content=content)

        yield post
    await chassis.database.close()


async def test_what_the_schema_says_is_taken(send_form: Any) -> None:
    form = {
        "title": "Người giữ lửa ở tổ dân phố",
        "held_on": "2020-08-11",
        "at": "2020-08-11T17:00:00+07:00",
        "words": 5,
        "value": "1480.5",
        "minutes": "7.5",
        "urgent": True,
    }
    answer = await send_form(form)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"form": form}


@pytest.mark.parametrize(
    "form",
    [
        {"held_on": 1597190400},
        {"held_on": "1590019200"},
        {"held_on": "2020-08-11T00:00:00-05:00"},
        {"held_on": "2020-08-11T17:00:00.000Z"},
        {"held_on": 44055},
        {"held_on": "44055"},
        {"at": 1597190400},
        {"at": "1597190400"},
        {"at": "2020-08-11"},
        {"words": True},
        {"words": "5"},
        {"words": 5.0},
        {"value": 5},
        {"value": 5.5},
        {"value": "1.000"},
        {"value": "7,5"},
        {"minutes": "0"},
        {"minutes": "-1"},
        {"urgent": "no"},
        {"urgent": 0},
        {"title": 5},
        {"title": ""},
        {"title": "\u200b"},
        {"title": "\u3164\u2800"},
        {"title": "a\u202eb"},
        {"title": "two\nlines"},
        {"title": "\u0001"},
    ],
)
async def test_what_it_does_not_say_is_refused_in_both_languages(
    send_form: Any, form: dict[str, Any]
) -> None:
    answer = await send_form(form)
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["faults"]
    assert fault["pointer"] == f"/{next(iter(form))}"
    assert not english_in(fault["vi"], fault["en"]), fault


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1", "cp1258"])
async def test_json_is_utf8(send_form: Any, encoding: str) -> None:
    body = json.dumps({"title": "é\0"}, ensure_ascii=False).encode(encoding)
    assert (await send_form(body)).status_code == 400
    assert (await send_form(b"{}", f"application/json; charset={encoding}")).status_code == 415


@pytest.mark.parametrize("title", [b"\xed\xa0\x80", b"\\ud800", b"\\udfff\\ud800", b"\xff"])
async def test_a_lone_surrogate_is_no_text(send_form: Any, title: bytes) -> None:
    answer = await send_form(b'{"title": "' + title + b'"}')
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/broken-json")


async def test_a_byte_order_mark_is_passed_over(send_form: Any) -> None:
    kind = 'application/json; charset="UTF-8"'
    assert (await send_form(b"\xef\xbb\xbf{}", kind)).status_code == 200


async def test_broken_json_is_named_by_its_place(send_form: Any) -> None:
    (fault,) = (await send_form(b'{"title":\n oops}')).json()["faults"]
    assert fault["vi"] == "JSON sai cú pháp tại dòng 2, cột 2."
    assert "line 2 column 2" in fault["en"]

"""A service of few routes, to hold the chassis to its promises.

Notes: written by units, read by the Board, counted by everyone.
"""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from infra.local.issuer import Issuer
from services.chassis.http import Caller, CurrentChassis, Once, Router, access
from services.chassis.problems import CONFLICT, Faults, Problem, Refusal, field_fault
from services.chassis.service_settings import ServiceSettings
from services.chassis.storage.database import Transaction

router = Router(prefix="/v1", tags=["notes"])

TOY_FAULTS = Problem("toy-faults", 422, "Có lỗi", "Faults", "For tests.")


class Author(BaseModel):
    """Who wrote it."""

    model_config = ConfigDict(extra="forbid")
    full_name: str = Field(min_length=1, max_length=20)


class NoteIn(BaseModel):
    """A note."""

    model_config = ConfigDict(extra="forbid")
    author: Author
    text: str
    pages: int = Field(default=1, ge=1, le=1000)

    @field_validator("text")
    @classmethod
    def _no_shouting(cls, text: str) -> str:
        if text.isupper():
            raise field_fault("Không viết hoa toàn bộ.", "Not all in capitals.", "quiet")
        return text


class NoteOut(BaseModel):
    """A note that was kept."""

    number: int
    text: str


def toy_settings(database_url: str, issuer: Issuer, **other: Any) -> ServiceSettings:
    """Settings of the toy, with `issuer` to trust."""
    return ServiceSettings(
        database_url=database_url,
        **{
            "jwks_url": issuer.jwks_url,
            "token_issuer": issuer.url,
            "environment": "local",
            "http_port": 0,
            **other,
        },
    )


@router.post(
    "/notes",
    status_code=201,
    response_model=NoteOut,
    openapi_extra=access("unit", "district", refuses=[CONFLICT, TOY_FAULTS]),
)
async def write(body: NoteIn, caller: Caller, once: Once) -> Response:
    """Keep a note."""

    async def keep(tx: Transaction) -> tuple[int, NoteOut]:
        faults = Faults()
        if "xấu" in body.text:
            faults.add("/text", "Có từ xấu.", "A bad word.", rule="words")
        if body.pages > 2:
            faults.add("/pages", "Quá 2 trang.", "More than 2 pages.", rule="pages")
        faults.refuse_as(TOY_FAULTS)
        number = await tx.fetchval(
            "INSERT INTO notes (text, unit) VALUES ($1, $2) RETURNING number",
            body.text,
            caller.acting_unit,
        )
        if body.text == "stop":
            raise Refusal(CONFLICT)
        if body.text == "slow":
            await asyncio.sleep(0.05)
        return 201, NoteOut(number=number, text=body.text)

    return await once(keep)


@router.get("/notes/{note_id}", openapi_extra=access("board"))
async def read(
    note_id: UUID, page: Annotated[int, Query(ge=1, le=2**31 - 1)] = 1
) -> dict[str, Any]:
    """Echo what was asked."""
    return {"id": str(note_id), "page": page}


@router.get("/notes", openapi_extra=access.public)
async def count(chassis: CurrentChassis) -> dict[str, int]:
    """How many there are."""
    async with chassis.database.transaction() as tx:
        return {"notes": await tx.fetchval("SELECT count(*) FROM notes")}


@router.get("/broken", openapi_extra=access.public)
async def broken() -> None:
    """Fails as a bug does."""
    raise ZeroDivisionError("secret of the inside")

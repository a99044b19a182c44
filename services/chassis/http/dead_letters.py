"""HTTP: the dead letters of a service's consumers. For role ops; every service with a consumer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.chassis.dead_letters import queries as dead_letter_queries
from services.chassis.dead_letters.decide import (
    LETTER_CLOSED,
    LONGEST_REASON,
    SHORTEST_REASON,
    to_decide,
)
from services.chassis.dead_letters.queries import Letter, State
from services.chassis.dead_letters.service import DeadLetterService, Outcome, short
from services.chassis.dead_letters.show import shown
from services.chassis.http.auth import Caller, access
from services.chassis.http.context import CurrentChassis, context_of
from services.chassis.http.fields import visible_text
from services.chassis.http.idempotency import Once
from services.chassis.http.router import Router
from services.chassis.problems import FAULTY, NOT_FOUND, Fault, Refusal, field_fault
from services.chassis.retry import retry_if_undone
from services.chassis.storage.database import Transaction
from services.contracts.topics import topic_by_name

router = Router(prefix="/v1/dead-letters", tags=["operations"])

DeadLetters = Annotated[DeadLetterService, Depends(context_of(DeadLetterService))]

MOST = 100
"""Letters that one request decides about: they are one transaction."""

Named = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9A-Fa-f-]{4,36}$")]
"""The beginning of a letter's id, or the id of its event."""


class LetterOut(BaseModel):
    """One dead letter."""

    id: UUID
    short: str = Field(description="Beginning of the id; enough to name it.", examples=["3f9a2c1b"])
    state: State
    cause: str = Field(examples=["unknown-unit"], description="Of the last try; one word.")
    detail: str
    topic: str = Field(description="Topic of the message; its place with partition and offset.")
    partition: int
    offset: int
    event_id: UUID | None = Field(description="None where the message has none.")
    tries: int
    set_aside_at: datetime
    tried_at: datetime
    tried_by: str | None = Field(description="Who redrove it last, also in vain.")
    outcome: str | None = Field(description="What came of that; None: nobody redrove it.")
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None = Field(description="Why it was discarded.")
    unpublished: str | None = Field(
        description="Why it is in the database only, as when it is too large for the broker;"
        " None: it is on the dead-letter topic, or on its way."
    )

    @classmethod
    def of(cls, letter: Letter, **more: Any) -> Self:
        """As it is written."""
        fields = {name: getattr(letter, name) for name in Letter.model_fields}
        return cls(short=short(letter.id), **fields, **more)


class MessageOut(BaseModel):
    """What was set aside, without what may name a person."""

    model_config = ConfigDict(from_attributes=True)
    key: str | None
    headers: dict[str, str | None]
    bytes: int | None = Field(description="Length of the value; None: it has none.")
    sha256: str | None
    data: Any = Field(description="The value where the contract knows its type; else withheld.")


class LetterDetail(LetterOut):
    """One dead letter with its message."""

    message: MessageOut | None = Field(description="None: not in the log of this database.")


class LetterList(BaseModel):
    """A page of dead letters, oldest first."""

    items: list[LetterOut]
    next: UUID | None = Field(description="Give it as `after` for the next page; None: no more.")
    open: int = Field(description="All that are open, on whichever page.")


class RedriveIn(BaseModel):
    """Which letters to redrive: by id, or all that are open."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"ids": ["3f9a2c1b"]}, {"all": True}]},
    )
    ids: list[Named] | None = Field(default=None, min_length=1, max_length=MOST)
    all: bool = Field(
        default=False, description="Open ones, 100 a request: those tried longest ago."
    )
    cause: str | None = Field(default=None, description="With `all`: only of this cause.")

    @model_validator(mode="after")
    def _one_way(self) -> "RedriveIn":
        if (self.ids is None) != self.all or (self.cause is not None and not self.all):
            raise field_fault(
                "Nêu mã từng bản tin, hoặc chọn tất cả (có thể theo một nguyên nhân).",
                "Give the id of each, or choose all (of one cause, if you like).",
            )
        return self


class DiscardIn(BaseModel):
    """Which letters to close without effect, and why."""

    model_config = ConfigDict(extra="forbid")
    ids: list[Named] = Field(min_length=1, max_length=MOST, examples=[["3f9a2c1b"]])
    reason: Annotated[str, *visible_text(LONGEST_REASON, shortest=SHORTEST_REASON)] = Field(
        examples=["Bản tin thử của đơn vị"]
    )


class ResultOut(BaseModel):
    """What became of one letter."""

    id: UUID
    event_id: UUID | None
    outcome: Outcome = Field(
        description="`applied`: its effect is new; `repeated`: it was there; `failed`: it is open"
        " still."
    )
    cause: str | None = None
    detail: str | None = None


class RedriveOut(BaseModel):
    """What became of each, and how many letters are open now."""

    results: list[ResultOut]
    open: int


class DiscardOut(BaseModel):
    """The letters, closed."""

    items: list[LetterOut]
    open: int


@router.get("", openapi_extra=access("ops"))
async def list_dead_letters(
    *,
    chassis: CurrentChassis,
    state: Literal["open", "redriven", "discarded", "any"] = "open",
    cause: Annotated[
        str | None, Query(description="Only of this cause, as the list writes it.")
    ] = None,
    topic: Annotated[
        str | None, Query(description="Only of this topic, or of this event's.")
    ] = None,
    after: Annotated[UUID | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> LetterList:
    """What was set aside and is to be decided about, oldest first."""
    async with chassis.database.transaction() as tx:
        letters = await dead_letter_queries.listed(
            tx,
            state=None if state == "any" else state,
            cause=cause,
            topic=None if topic is None else _topic(chassis.settings.topic_prefix, topic),
            after=after,
            most=limit,
        )
        count, _ = await dead_letter_queries.count_open(tx)
    items = [LetterOut.of(letter) for letter in letters]
    return LetterList(items=items, next=items[-1].id if len(items) == limit else None, open=count)


@router.get("/{letter_id}", openapi_extra=access("ops", refuses=[NOT_FOUND]))
async def read_dead_letter(letter_id: str, chassis: CurrentChassis) -> LetterDetail:
    """One dead letter: cause, place, and the message without what may name a person."""
    async with chassis.database.transaction() as tx:
        found = await dead_letter_queries.named(tx, letter_id)
        if len(found) > 1:
            vi, en = "Có nhiều hơn một. Ghi dài hơn.", "More than one: write more of it."
            raise Refusal(FAULTY, [Fault("", vi, en, parameter="path:letter_id")])
        if not found:
            raise Refusal(NOT_FOUND)
        letter = (await dead_letter_queries.read(tx, found))[found[0]]
        message = await dead_letter_queries.message_of(tx, letter)
    content = MessageOut.model_validate(shown(message)) if message else None
    return LetterDetail.of(letter, message=content)


@router.post(
    "/redrive",
    response_model=RedriveOut,
    openapi_extra=access("ops", refuses=[FAULTY, LETTER_CLOSED]),
)
async def redrive(
    body: RedriveIn, caller: Caller, once: Once, dead_letters: DeadLetters
) -> Response:
    """Redrive letters through the handler of their consumer; each closes if it succeeds."""

    async def effect(tx: Transaction) -> tuple[int, RedriveOut]:
        letters = await _chosen(tx, body)
        results = await dead_letters.redrive_all(tx, letters, by=caller.subject)
        count, _ = await dead_letter_queries.count_open(tx)
        return 200, RedriveOut(
            results=[
                ResultOut(
                    id=one.letter.id,
                    event_id=one.letter.event_id,
                    outcome=one.outcome,
                    cause=one.cause,
                    detail=one.detail,
                )
                for one in results
            ],
            open=count,
        )

    return await retry_if_undone(lambda: once(effect))


@router.post(
    "/discard",
    response_model=DiscardOut,
    openapi_extra=access("ops", refuses=[FAULTY, LETTER_CLOSED]),
)
async def discard(
    body: DiscardIn, caller: Caller, once: Once, dead_letters: DeadLetters
) -> Response:
    """Close letters without effect. The messages stay on their topics."""

    async def effect(tx: Transaction) -> tuple[int, DiscardOut]:
        letters = await to_decide(tx, body.ids)
        for letter in letters:
            await dead_letters.discard(tx, letter, by=caller.subject, reason=body.reason)
        closed = await dead_letter_queries.read(tx, [letter.id for letter in letters])
        count, _ = await dead_letter_queries.count_open(tx)
        return 200, DiscardOut(
            items=[LetterOut.of(letter) for letter in closed.values()], open=count
        )

    return await once(effect)


def _topic(prefix: str, name: str) -> str:
    try:
        return topic_by_name(prefix, name)
    except LookupError as error:
        vi = f"Không có topic hoặc loại dữ liệu nào tên “{name}”."
        raise Refusal(FAULTY, [Fault("", vi, str(error), parameter="query:topic")]) from None


async def _chosen(tx: Transaction, body: RedriveIn) -> Sequence[Letter]:
    if body.ids is not None:
        return await to_decide(tx, body.ids)
    return await dead_letter_queries.next_to_try(tx, cause=body.cause, most=MOST)

"""Bodies of the requests about orders of the Board, and of their answers."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.chassis.http.fields import Line
from services.chassis.problems import field_fault
from services.contracts.campaign.audience import MOST_UNITS, Audience
from services.contracts.events.base import UnitCode
from services.contracts.wording import Bilingual
from services.submissions.orders.order import Act
from services.submissions.schemas import AudienceOut


class UnitsIn(BaseModel):
    """Units that are named by what they have in common, or by code."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    levels: list[Line] = Field(default=[], max_length=50, examples=[["upper"]])
    kinds: list[Line] = Field(default=[], max_length=50, examples=[["phuong", "xa"]])
    clusters: list[Line] = Field(default=[], max_length=1_000, examples=[["districts-urban"]])
    units: list[UnitCode] = Field(default=[], max_length=MOST_UNITS, examples=[["SNV", "STP"]])

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.levels or self.kinds or self.clusters or self.units):
            raise field_fault(
                "Chưa ghi cấp, loại, cụm hoặc đơn vị nào. Bỏ trường này nếu không cần.",
                "No level, kind, cluster or unit is named; leave it out where none is meant.",
            )
        return self


class ScopeIn(UnitsIn):
    """Whom an order concerns, all whom some part names; without one it concerns all."""

    excepted: UnitsIn | None = Field(
        default=None, alias="except", description="But not these, whoever names them."
    )

    def scope(self) -> Audience:
        """The same as a value."""
        return Audience.model_validate(self.model_dump(exclude_none=True))


class OrderOut(BaseModel):
    """One document of the Board."""

    order_id: UUID
    number: int
    act: Act = Field(description="amend: an amendment of the campaign gave other terms, for all.")
    document: str
    reason: str
    ordered_at: datetime
    ordered_by: str | None = Field(
        description="The account that entered it, as the issuer of its token names it; null: not"
        " known, of an order of before or one that was read from the topic."
    )
    scope: AudienceOut | None = Field(description="null: all units.")
    units: list[str] = Field(description="The units that it concerns and that are asked for it.")
    obligation: str | None = Field(description="null: the end of a contest.")
    contest: str | None = Field(description="The contest whose end it is about.")
    title: Bilingual | None = Field(
        description="Of the obligation or the contest; null: the plan has it no more."
    )
    option: str | None
    previous_last_day: date | None
    last_day: date | None
    takes_back: UUID | None = Field(description="The order that it takes back.")
    taken_back_by: list[UUID] = Field(
        description="Orders that take this one back, for some or all."
    )
    deadline_version: int | None
    simulated: bool


class OrdersOut(BaseModel):
    """All orders of a campaign, by number."""

    orders: list[OrderOut]

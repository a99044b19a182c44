"""Bodies of the requests about orders of the Board, and of their answers."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.chassis.http.fields import Line
from services.chassis.problems import field_fault
from services.contracts.events.base import UnitCode
from services.contracts.wording import Bilingual
from services.submissions.orders.order import Act, Scope

_MOST_UNITS = 20_000


class ScopeIn(BaseModel):
    """Whom an order concerns; several parts together concern all of them."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    levels: list[Line] = Field(default=[], max_length=50, examples=[["upper"]])
    kinds: list[Line] = Field(default=[], max_length=50, examples=[["phuong", "xa"]])
    units: list[UnitCode] = Field(default=[], max_length=_MOST_UNITS, examples=[["SNV", "STP"]])

    @model_validator(mode="after")
    def _somebody(self) -> "ScopeIn":
        if not (self.levels or self.kinds or self.units):
            raise field_fault(
                "Chưa ghi cấp, loại hoặc đơn vị nào. Bỏ trường này để áp dụng cho tất cả.",
                "No level, kind or unit is named; leave it out to mean all.",
            )
        return self

    def scope(self) -> Scope:
        """The same as a value."""
        return Scope(frozenset(self.levels), frozenset(self.kinds), frozenset(self.units))


class ScopeOut(BaseModel):
    """Whom an order concerns."""

    levels: list[str] = []
    kinds: list[str] = []
    units: list[str] = []


class OrderOut(BaseModel):
    """One document of the Board."""

    order_id: UUID
    number: int
    act: Act = Field(description="amend: an amendment of the campaign gave other terms, for all.")
    document: str
    reason: str
    ordered_at: datetime
    scope: ScopeOut | None = Field(description="null: all units.")
    units: list[str] = Field(description="The units that it concerns and that are asked for it.")
    obligation: str | None = Field(description="null: the end of the contest.")
    title: Bilingual | None = Field(description="Of the obligation; null: the plan has it no more.")
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

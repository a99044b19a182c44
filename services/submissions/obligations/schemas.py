"""Bodies of the requests about obligations and of their answers."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from services.campaigns.ended import EndedOut
from services.chassis.http.fields import Day, VisibleText
from services.contracts.events.base import ObligationId, UnitCode
from services.contracts.wording import Bilingual
from services.submissions.obligations.obligation import Obligation, Status
from services.submissions.schemas import Body


class DeadlineMoveIn(Body):
    """A later document moves the deadline of one option, for all who owe it."""

    option: ObligationId = Field(examples=["D6"])
    date: Day = Field(examples=["2020-07-15"])
    included: StrictBool = Field(description="false: before that day; true: on or before it.")
    document: VisibleText = Field(examples=["Thông báo số 01 (mô phỏng)"])
    reason: VisibleText = Field(examples=["Gia hạn theo đề nghị của các đơn vị"])


class WaiverIn(Body):
    """The Board releases one unit from one obligation."""

    unit: UnitCode
    obligation: ObligationId = Field(examples=["D2"])
    document: VisibleText = Field(examples=["Thông báo số 02 (mô phỏng)"])
    reason: VisibleText = Field(examples=["Đơn vị sáp nhập"])


class ObligationOut(BaseModel):
    """One obligation with its status."""

    unit: str
    obligation: str
    title: Bilingual
    source: str = Field(description="The document's own words.")
    status: Status
    version: int
    deadline_version: int
    last_days: dict[str, date] = Field(description="By option; D2 and D3 are two options.")
    missed_at: datetime = Field(description="From when it is missed, if it is open then.")
    option: str | None = Field(description="The option by which it was fulfilled.")
    counted_day: date | None
    days_late: int | None

    @classmethod
    def of(cls, obligation: Obligation) -> "ObligationOut":
        """The same as JSON."""
        done = obligation.fulfilment
        return cls(
            unit=obligation.unit,
            obligation=obligation.id,
            title=obligation.planned.title,
            source=obligation.planned.source,
            status=obligation.status,
            version=obligation.version,
            deadline_version=obligation.deadline_version,
            last_days={option.id: option.last_day for option in obligation.planned.options},
            missed_at=obligation.missed_at,
            option=done.option if done else None,
            counted_day=done.counted_day if done else None,
            days_late=done.days_late if done else None,
        )


class Obligations(BaseModel):
    """Everything that a unit owes."""

    unit: str
    ended: EndedOut | None = Field(
        description="What became of a unit that is no more; what it had done or missed stays here."
    )
    obligations: list[ObligationOut]


class MoveAccepted(BaseModel):
    """The deadline is moved for all who owe it."""

    move_id: UUID
    obligation: str
    option: str
    previous_last_day: date
    last_day: date
    units: int = Field(description="Units whose deadline moved.")
    essays_reassessed: int = Field(description="Essays whose lateness changed (D5).")

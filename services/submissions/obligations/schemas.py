"""Bodies of the requests about obligations and of their answers."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from services.campaigns.ended import EndedOut
from services.chassis.http.fields import Day, Line, VisibleText
from services.contracts.campaign.deadlines import DueAfter
from services.contracts.events.base import ObligationId, UnitCode
from services.contracts.wording import Bilingual, plain
from services.submissions.obligations.completion import Completion, PartDone
from services.submissions.obligations.obligation import Obligation, Status
from services.submissions.orders.schemas import ScopeIn
from services.submissions.schemas import Body


class DeadlineMoveIn(Body):
    """A later document moves the deadline of one option, or the contest's end, or takes such a
    document back."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "option": "D6",
                    "date": "2020-07-15",
                    "included": False,
                    "document": "Thông báo số 01 (mô phỏng)",
                    "reason": "Gia hạn theo đề nghị của các đơn vị",
                },
                {
                    "takes_back": "0197a5c2-6f7e-7c3b-9f43-5a6d2a1c9d10",
                    "document": "Thông báo số 03 (mô phỏng)",
                    "reason": "Giữ thời hạn cũ",
                },
            ]
        }
    )

    option: ObligationId | None = Field(default=None, examples=["D6"])
    contest: Line | None = Field(
        default=None, examples=["essays"], description="The contest whose end moves."
    )
    takes_back: UUID | None = Field(
        default=None, description="The move that is taken back: its `move_id`."
    )
    date: Day | None = Field(
        default=None, examples=["2020-07-15"], description="Absent where a move is taken back."
    )
    included: StrictBool | None = Field(
        default=None, description="false: before that day; true: on or before it."
    )
    scope: ScopeIn | None = Field(
        default=None, description="Whom it concerns; absent: all who owe it."
    )
    document: VisibleText = Field(examples=["Thông báo số 01 (mô phỏng)"])
    reason: VisibleText = Field(examples=["Gia hạn theo đề nghị của các đơn vị"])


class WaiverIn(Body):
    """The Board releases one unit, or several, from one obligation; or takes that back."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unit": "SNV",
                    "obligation": "D2",
                    "document": "Thông báo số 02 (mô phỏng)",
                    "reason": "Đơn vị sáp nhập",
                },
                {
                    "takes_back": "0197a5c2-6f7e-7c3b-9f43-5a6d2a1c9d10",
                    "document": "Thông báo số 04 (mô phỏng)",
                    "reason": "Đơn vị vẫn phải thực hiện",
                },
            ]
        }
    )

    unit: UnitCode | None = None
    scope: ScopeIn | None = Field(
        default=None, description="Several units; of a waiver that is taken back: for whom."
    )
    obligation: ObligationId | None = Field(
        default=None, examples=["D2"], description="Absent where a waiver is taken back."
    )
    takes_back: UUID | None = Field(
        default=None, description="The waiver that is taken back: its `order_id`."
    )
    document: VisibleText = Field(examples=["Thông báo số 02 (mô phỏng)"])
    reason: VisibleText = Field(examples=["Đơn vị sáp nhập"])


class PartOut(BaseModel):
    """How much of one part of an option is there."""

    option: str
    by: str = Field(description="The event that counts.")
    report: str | None = Field(description="The kind of report, where it is one.")
    figure: str | None = Field(description="The figure, where it is one.")
    contest: str | None = Field(description="The contest, where essays of one count.")
    period: str | None
    needed: str | None = Field(
        description="How many, or what the figure must reach; null: it must be reported."
    )
    there: str | None = Field(description="How much counts so far; null: no figure yet.")
    missing: str | None = Field(description="0 when it is there; null where it is no number.")

    @classmethod
    def of(cls, option: str, done: PartDone) -> "PartOut":
        """The same as JSON."""
        part = done.part
        return cls(
            option=option,
            by=part.by,
            report=part.report,
            figure=part.figure,
            contest=part.contest,
            period=part.period,
            needed=_written(done.needed),
            there=_written(done.there),
            missing=_written(done.missing),
        )


def _written(number: Decimal | int | None) -> str | None:
    if isinstance(number, int):
        return str(number)
    return None if number is None else plain(number)


class OnlyIfOut(BaseModel):
    """A condition on which something is owed."""

    on: date = Field(description="The local day at whose end it is decided.")
    holds: bool | None = Field(
        description="Whether it is owed; null: not decided yet, and nobody can miss it until then."
    )

    @classmethod
    def of(cls, obligation: Obligation) -> Self | None:
        """Of an obligation; None: it is owed whatever the unit did."""
        condition = obligation.planned.only_if
        if condition is None or condition.when is None:
            return None
        return cls(on=condition.day, holds=obligation.held)


class ObligationOut(BaseModel):
    """One obligation with its status."""

    unit: str
    obligation: str
    title: Bilingual
    source: str = Field(description="The document's own words.")
    status: Status
    version: int
    deadline_version: int
    last_days: dict[str, date | None] = Field(
        description="By option; D2 and D3 are two options. null: not known yet (`due_after`)."
    )
    missed_at: datetime | None = Field(
        description="From when it is missed, if it is open then; null: not known yet."
    )
    due_after: dict[str, DueAfter] = Field(
        description="By option whose last day is not known yet: within how many days of what."
    )
    condition: OnlyIfOut | None = Field(
        default=None, description="`when` of the plan's `only_if`; null: it has none."
    )
    option: str | None = Field(description="The option by which it was fulfilled.")
    counted_day: date | None
    days_late: int | None
    progress: list[PartOut] | None = Field(
        default=None,
        description="By option and part, where one act is not enough and the obligation is read.",
    )

    @classmethod
    def of(cls, obligation: Obligation, progress: Sequence[Completion] = ()) -> "ObligationOut":
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
            due_after={
                option.id: option.due
                for option in obligation.planned.options
                if isinstance(option.due, DueAfter)
            },
            condition=OnlyIfOut.of(obligation),
            option=done.option if done else None,
            counted_day=done.counted_day if done else None,
            days_late=done.days_late if done else None,
            progress=[PartOut.of(one.option.id, part) for one in progress for part in one.parts]
            or None,
        )


class UnitChange(BaseModel):
    """What an order changes for one unit."""

    unit: str
    last_day_before: date | None = None
    last_day: date | None = None
    status_before: Status | None = Field(default=None, description="null: of the contest's end.")
    status: Status | None = None
    days_late_before: int | None = None
    days_late: int | None = None


class UnitReleased(ObligationOut):
    """One unit is released."""

    order_id: UUID
    preview: bool = Field(default=False, description="true: nothing was changed.")


class WaiverAccepted(BaseModel):
    """Units are released, or owe it again."""

    order_id: UUID
    obligation: str
    takes_back: UUID | None
    units: int = Field(description="Units of which something changed.")
    preview: bool = Field(default=False, description="true: nothing was changed.")
    changes: list[UnitChange]


class Obligations(BaseModel):
    """Everything that a unit owes."""

    unit: str
    ended: EndedOut | None = Field(
        description="What became of a unit that is no more; what it had done or missed stays here."
    )
    obligations: list[ObligationOut]


class MoveAccepted(BaseModel):
    """The day is moved, for whom it concerns."""

    move_id: UUID
    obligation: str | None
    option: str | None
    contest: str | None
    takes_back: UUID | None
    previous_last_day: date | None = Field(
        description="null: units had several days, or none was known."
    )
    last_day: date | None = Field(
        description="null: units have several days from now on, or none is known."
    )
    units: int = Field(description="Units whose day moved.")
    essays_reassessed: int = Field(description="Essays whose lateness changed.")
    preview: bool = Field(default=False, description="true: nothing was changed.")
    changes: list[UnitChange] = Field(description="By unit; what is not owed moves along.")

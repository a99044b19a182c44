"""Bodies of the essays' requests and answers.

No answer to a POST has private data, because answers are stored.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from services.campaigns.ended import EndedOut
from services.chassis.http.fields import Day, Figure, Line, PositiveFigure, VisibleText
from services.contracts.campaign.deadlines import local_day
from services.contracts.campaign.plan import Plan
from services.contracts.events.base import ExactDecimal, UnitCode
from services.contracts.wording import without_zeros
from services.submissions.models import Essay
from services.submissions.obligations.essay_lateness import counted_day
from services.submissions.obligations.spans import NotCounted
from services.submissions.schemas import Body, ExemplarIn


class AuthorIn(BaseModel):
    """Who wrote it: stays in this service, read by the unit and the Board only."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    full_name: Line | None = Field(default=None, examples=["Người viết mô phỏng 1"])
    address: Line | None = Field(default=None, description="Or the workplace; one of the two.")
    workplace: Line | None = Field(default=None, examples=["Trường THCS mô phỏng"])
    phone: Line | None = Field(default=None, examples=["024 0000 0000"])
    role: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,30}$")] = Field(
        default="contestant", description="`contestant`, or what the campaign bars: `jury` …"
    )


class EssayIn(Body):
    """An entry of the contest."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unit": "Q009",
                    "title": "Người giữ lửa ở tổ dân phố",
                    "form": "written",
                    "words": 1480,
                    "exemplar": {
                        "kind": "collective",
                        "name": "Tổ dân phố số 5",
                        "address": "phường Đống Đa, thành phố Hà Nội",
                    },
                    "author": {
                        "full_name": "Người viết mô phỏng 1",
                        "workplace": "Trường THCS mô phỏng",
                        "phone": "024 0000 0000",
                    },
                }
            ]
        }
    )

    unit: UnitCode
    contest: Line | None = Field(
        default=None,
        examples=["essays"],
        description="The contest, by its id; may be absent where the campaign has one only.",
    )
    title: VisibleText = Field(examples=["Người giữ lửa ở tổ dân phố"])
    form: Literal["written", "recorded", "press"]
    exemplar: ExemplarIn
    author: AuthorIn = Field(default_factory=AuthorIn, description="Required by the contest.")
    words: int | None = Field(default=None, ge=1, le=1_000_000, examples=[1480])
    minutes: PositiveFigure | None = Field(default=None, description="Of a recorded entry.")
    published_in: Line | None = Field(default=None, description="Of a press work.")
    published_on: Day | None = Field(default=None, description="Of a press work.")
    acted_on: Day | None = Field(
        default=None,
        description="The day on which it was handed in or published, where the contest counts by"
        " it; absent for a press work: the day on which it was published.",
    )
    photocopy: StrictBool = Field(default=False, description="Photocopies are refused.")


class WithdrawalIn(Body):
    """A unit takes an entry back."""

    reason: VisibleText = Field(examples=["Trùng với bài đã gửi"])


class JudgementIn(Body):
    """The jury's mark; a later one replaces it."""

    mark: Figure = Field(examples=["86.5"])
    prize: VisibleText | None = Field(default=None, examples=["Giải Nhì"])


class EssayAccepted(BaseModel):
    """The entry is kept."""

    essay_id: UUID
    unit: str
    contest: str
    version: int
    submitted_at: datetime = Field(description="Arrival of the request.")
    acted_on: date | None = Field(description="The day of the act: handed in, or published.")
    counted_day: date = Field(description="The day that counts: of receipt or of the act.")
    last_day: date | None = Field(
        description="The last day on which this unit's essays are in time; null: not known yet."
    )
    late: bool
    days_late: int
    not_counted: list[NotCounted] = Field(
        default=[], description="What the unit owes for which it does not count, by its day."
    )


class EssayChanged(BaseModel):
    """The entry was withdrawn or judged."""

    essay_id: UUID
    unit: str
    version: int
    status: Literal["submitted", "withdrawn"]
    mark: ExactDecimal | None = None
    prize: str | None = None


class ExemplarOut(BaseModel):
    """The person or collective that is held up."""

    kind: str
    name: str


class AuthorOut(BaseModel):
    """Private data behind an entry: for its own unit and the Board."""

    model_config = ConfigDict(from_attributes=True)

    full_name: str
    address: str | None
    workplace: str | None
    phone: str
    exemplar_address: str


class EssayOut(BaseModel):
    """An entry with what became of it."""

    essay_id: UUID
    unit: str
    contest: str
    version: int
    title: str
    form: str
    exemplar: ExemplarOut
    words: int | None
    minutes: ExactDecimal | None
    published_in: str | None
    published_on: date | None
    submitted_at: datetime
    acted_on: date | None = Field(description="The day of the act: handed in, or published.")
    counted_day: date = Field(description="The day that counts: of receipt or of the act.")
    late: bool
    days_late: int
    status: Literal["submitted", "withdrawn"]
    withdrawn_at: datetime | None
    mark: ExactDecimal | None
    prize: str | None
    judged_at: datetime | None
    simulated: bool
    author: AuthorOut | None = Field(
        default=None, description="Only when one entry is read, by its own unit or the Board."
    )


class EssayPage(BaseModel):
    """Entries of one unit, the oldest first."""

    unit: str
    ended: EndedOut | None = Field(description="What became of a unit that is no more.")
    essays: list[EssayOut] = Field(
        description="Its own, and those of units that it took over: each names its unit."
    )
    next: UUID | None = Field(description="Ask for what comes after this id; null: no more.")


def essay_out(plan: Plan, essay: Essay, author: AuthorOut | None = None) -> EssayOut:
    """An entry from its row."""
    contest, received_on = plan.contest(essay.contest), local_day(essay.submitted_at, plan.zone)
    counted = counted_day(contest, received_on, essay.acted_on) if contest else received_on
    return EssayOut(
        **essay.model_dump(exclude={"campaign", "minutes", "mark", "withdrawal_reason"}),
        exemplar=ExemplarOut(kind=essay.exemplar_kind, name=essay.exemplar_name),
        minutes=without_zeros(essay.minutes),
        mark=without_zeros(essay.mark),
        counted_day=counted,
        status="withdrawn" if essay.withdrawn_at else "submitted",
        author=author,
    )

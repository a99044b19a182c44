"""Bodies of the requests about declared reports and of their answers."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue, StringConstraints

from services.campaigns.ended import EndedOut
from services.chassis.http.fields import VisibleText
from services.contracts.campaign.report_kinds import FieldType
from services.contracts.events.base import ExactDecimal, UnitCode
from services.contracts.wording import Bilingual
from services.submissions.obligations.schemas import ObligationOut
from services.submissions.schemas import AudienceOut, Body

Answers = dict[str, JsonValue]


class ReportIn(Body):
    """A report of the kind that the path names."""

    unit: UnitCode
    period: Annotated[str | None, StringConstraints(pattern=r"^[A-Za-z0-9-]+$", max_length=32)] = (
        Field(
            default=None,
            examples=["2020-Q2"],
            description="For a kind that is sent once a period; absent for one that is sent once.",
        )
    )
    answers: Answers = Field(
        description="By field of the kind: a text, a whole number, a decimal as a string, a day, a"
        " document `{number, date}`, the code of a choice, true or false.",
        examples=[{"households": 120, "budget": "12.5", "joined": True}],
    )


class ReturnIn(Body):
    """The Board sends a report back."""

    document: VisibleText = Field(examples=["Công văn số 05 (mô phỏng)"])
    reason: VisibleText = Field(examples=["Thiếu số hộ của hai phường"])


class DeclaredReportAccepted(BaseModel):
    """The report is kept. What it says is read by its id."""

    report_id: UUID
    unit: str
    kind: str
    title: Bilingual
    period: str | None
    version: int = Field(description="1, and one more for each time that it was sent again.")
    receiver: str
    counted_day: date = Field(description="The day that counts.")
    acted_on: date | None = Field(
        description="The day of the act, where the kind has a field for it; it counts for what is"
        " owed where the plan says so."
    )
    reported_at: datetime
    obligations: list[ObligationOut] = Field(description="What the unit owes that asks for it.")


class ReportReturnedOut(BaseModel):
    """The report is returned; the unit may send it again."""

    report_id: UUID
    unit: str
    kind: str
    period: str | None
    version: int = Field(description="The version that was returned.")
    returned_at: datetime


class ReturnOut(BaseModel):
    """Why a version was returned."""

    document: str
    reason: str
    returned_at: datetime


class ReportVersionOut(BaseModel):
    """A version as it was sent."""

    version: int
    receiver: str
    answers: dict[str, Any]
    personal: dict[str, Any] | None = Field(
        description="Answers about persons; null for who may not read them, or where there are"
        " none."
    )
    reported_at: datetime
    returned: ReturnOut | None
    simulated: bool


class DeclaredReportOut(BaseModel):
    """A report, without what it says."""

    report_id: UUID
    unit: str
    kind: str
    title: Bilingual = Field(description="By the plan as it is now; else the kind itself.")
    period: str | None
    period_title: Bilingual | None
    version: int
    receiver: str
    returned: bool = Field(description="Whether it is to be sent again.")
    counted_day: date
    acted_on: date | None = Field(description="The day of the act, where the kind has one.")
    reported_at: datetime = Field(description="Of the newest version.")
    simulated: bool


class WholeReportOut(DeclaredReportOut):
    """A report with all of its versions, the first one first."""

    versions: list[ReportVersionOut]


class ReportPage(BaseModel):
    """Reports of one unit, by kind and period."""

    unit: str
    ended: EndedOut | None = Field(description="What became of a unit that is no more.")
    reports: list[DeclaredReportOut] = Field(
        description="What it sent or received, and units that it took over: each names its unit."
    )
    next: str | None = Field(
        description="Ask for what comes after this kind, period and unit; null: no more.",
        examples=["quarterly-summary:2020-Q2:Q009"],
    )


class ChoiceOut(BaseModel):
    """What can be chosen."""

    code: str
    title: Bilingual


class FieldOut(BaseModel):
    """A field of a kind of report."""

    id: str
    title: Bilingual
    type: FieldType
    required: bool
    personal: bool
    min: ExactDecimal | None
    max: ExactDecimal | None
    longest: int | None = Field(description="Characters of a text.")
    not_before: date | None
    not_after: date | None
    choices: list[ChoiceOut]


class ReportPeriodOut(BaseModel):
    """A period for which a report is sent."""

    period: str
    title: Bilingual


class KindOut(AudienceOut):
    """A kind of report, and who sends it."""

    id: str = Field(examples=["quarterly-summary"])
    title: Bilingual
    source: str | None
    receiver: str = Field(description="`parent`, `root`, or the code of a unit.")
    periods: list[ReportPeriodOut] = Field(description="Empty: it is sent once.")
    fields: list[FieldOut]


class KindsOut(BaseModel):
    """The kinds of report of the plan."""

    kinds: list[KindOut]

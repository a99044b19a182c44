"""Bodies of the reports' requests and answers."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.http.fields import Day, VisibleText
from services.contracts.events import CommuneSummary
from services.contracts.events.base import UnitCode
from services.submissions.obligations.obligation import Status
from services.submissions.obligations.schemas import ObligationOut
from services.submissions.obligations.spans import NotCounted
from services.submissions.schemas import Body


class CityDocumentIn(BaseModel):
    """The document that informed the level above."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    number: VisibleText = Field(examples=["15/BC-UBND"])
    date: Day = Field(examples=["2020-08-14"])


class ConferenceIn(Body):
    """The conference of advanced examples was held, or is assessed in writing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"unit": "Q009", "form": "held", "held_on": "2020-08-12"},
                {
                    "unit": "Q281",
                    "form": "written",
                    "city_document": {"number": "15/BC-UBND", "date": "2020-08-14"},
                },
            ]
        }
    )

    unit: UnitCode
    form: Literal["held", "written"]
    held_on: Day | None = Field(default=None, examples=["2020-08-12"])
    receiver: UnitCode | None = Field(
        default=None,
        examples=["HN"],
        description="Whom it is addressed to, one level up; absent: that unit.",
    )
    city_document: CityDocumentIn | None = Field(
        default=None, description="With `written`, where the plan asks for it."
    )


class ContestIn(Body):
    """The report that evaluates the unit's contest."""

    unit: UnitCode
    entries: int = Field(ge=0, le=1_000_000, examples=[120])
    prizes: int = Field(ge=0, le=1_000_000, examples=[12])


class CeremonyIn(Body):
    """The unit closed its contest and gave its prizes."""

    unit: UnitCode
    held_on: Day = Field(examples=["2020-07-16"])
    joined_with: Literal["none", "half-year-review", "conference"] = "none"


class ReportAccepted(BaseModel):
    """The report is kept."""

    report_id: UUID
    unit: str
    reported_at: datetime = Field(description="Arrival of the request.")
    receiver: str | None = Field(default=None, description="Of a conference report.")
    communes: CommuneSummary | None = Field(
        default=None,
        description="Of a conference report: the units that report theirs to this one, summed up;"
        " null where none does.",
    )
    obligation: ObligationOut = Field(description="The first of those that ask for the report.")
    obligations: list[ObligationOut] = Field(description="All that ask for it.")
    not_counted: list[NotCounted] = Field(
        default=[], description="What the unit owes for which it does not count, by its day."
    )


class ConferenceBelowOut(BaseModel):
    """The conference of one unit that reports to the one asked for."""

    unit: str
    name: str
    form: Literal["held", "written"] | None
    held_on: date | None
    reported_at: datetime | None
    status: Status
    days_late: int | None


class ConferencesBelowOut(BaseModel):
    """The units that report to one, and their sums as its own report would carry them."""

    unit: str
    name: str
    units: list[ConferenceBelowOut]
    summary: CommuneSummary
    late: int
    missed: int


class CommunesOut(BaseModel):
    """The same under the former name of its list."""

    unit: str
    name: str
    communes: list[ConferenceBelowOut] = Field(description="`units` of `…/conferences-below`.")
    summary: CommuneSummary
    late: int
    missed: int

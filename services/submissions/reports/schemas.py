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
from services.submissions.schemas import Body


class CityDocumentIn(BaseModel):
    """The document that informed the City People's Committee."""

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
        default=None, description="With `written` by a unit of the upper level."
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
        default=None, description="Of a district's conference report: the sum of its communes."
    )
    obligation: ObligationOut


class CommuneOut(BaseModel):
    """One commune's conference."""

    unit: str
    name: str
    form: Literal["held", "written"] | None
    held_on: date | None
    reported_at: datetime | None
    status: Status
    days_late: int | None


class CommunesOut(BaseModel):
    """A district's aggregate: its communes, and their sums as its own report would carry them."""

    unit: str
    name: str
    communes: list[CommuneOut]
    summary: CommuneSummary
    late: int
    missed: int

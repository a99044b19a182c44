"""Reports of the kinds that a plan declares: sent, and returned by the Board."""

from datetime import date
from datetime import date as Day  # noqa: N812  # `date` is the name of a field of others
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.contracts.events.base import (
    FactSheet,
    LongText,
    Moment,
    Text,
    UnitCode,
    UnitFact,
)

_REPORT_ID = "9d8fd8be-77a3-4c06-9a0c-3a53c1f54b10"

ReportId = Annotated[
    UUID, Field(description="The report of a unit, kind and period, in all of its versions.")
]
Kind = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,62}$",
        description="The kind of report, by its id in the plan.",
        examples=["quarterly-summary"],
    ),
]
Period = Annotated[
    str | None,
    Field(
        pattern=r"^[A-Za-z0-9-]+$",
        max_length=32,
        description="The time it is about; null for a report that is sent once.",
    ),
]


class DocumentAnswer(BaseModel):
    """A document that a report names."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    number: Text = Field(description="Number of the document.")
    date: Day = Field(description="Its date.")


_MOST = 10**14 - 1
"""As every number of the system: 14 digits."""

Answer = bool | Annotated[int, Field(ge=-_MOST, le=_MOST)] | LongText | DocumentAnswer
"""Yes or no, a whole number; a text, a decimal, a day and the code of a choice as text; a
document."""


class ReportSubmitted(UnitFact):
    """A unit sent a report of a kind that the plan declares, for the first time or again."""

    event: ClassVar[str] = "report-submitted"
    aggregate_field: ClassVar[str] = "report_id"
    moment_field: ClassVar[str] = "reported_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the report is stored; again as the next version when it was returned and sent anew",
        key="unit",
        content="kind, period, receiver, and what was filled in, by the fields of the plan",
        never="a field that the plan calls personal",
        example={
            "campaign": "hanoi-2020",
            "unit": "Q009",
            "version": 1,
            "report_id": _REPORT_ID,
            "kind": "quarterly-summary",
            "period": "2020-Q2",
            "receiver": "HN",
            "answers": {
                "households": 120,
                "budget": "12.5",
                "decision": {"number": "12/QĐ-UBND", "date": "2020-06-01"},
                "joined": True,
            },
            "counted_day": "2020-07-03",
            "acted_on": None,
            "reported_at": "2020-07-03T09:00:00+07:00",
        },
    )

    report_id: ReportId
    kind: Kind
    period: Period = None
    receiver: UnitCode = Field(description="The unit that the report goes to.")
    answers: dict[str, Answer] = Field(
        description="By field of the plan: text, whole number, yes/no, or number and date of a"
        " document; decimals, days and choices are text. What was left empty is not there."
    )
    counted_day: date = Field(
        description="Local day that counts: of the first sending or of this one, as the plan says."
    )
    acted_on: date | None = Field(
        default=None,
        description="The day of the act: what the field says that the plan names for it. It counts"
        " for what is owed where the plan says so.",
    )
    reported_at: Moment = Field(description="When this version was stored.")


class ReportReturned(UnitFact):
    """The Board sent a report back, and the unit may send it again."""

    event: ClassVar[str] = "report-returned"
    aggregate_field: ClassVar[str] = "report_id"
    moment_field: ClassVar[str] = "returned_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the return is stored",
        key="unit",
        content="which report and which of its versions, by which document, and why",
        never="what the report says",
        example={
            "campaign": "hanoi-2020",
            "unit": "Q009",
            "version": 1,
            "report_id": _REPORT_ID,
            "kind": "quarterly-summary",
            "period": "2020-Q2",
            "document": "Công văn số 05 (mô phỏng)",
            "reason": "Thiếu số hộ của hai phường",
            "returned_at": "2020-07-06T09:00:00+07:00",
        },
    )

    report_id: ReportId
    kind: Kind
    period: Period = None
    document: Text = Field(description="Number and date of the document that decided it.")
    reason: Text = Field(description="Why it was returned.")
    returned_at: Moment = Field(description="When the Board entered it.")

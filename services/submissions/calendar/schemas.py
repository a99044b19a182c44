"""Bodies of the requests about the calendar and of their answers."""

from datetime import date, datetime
from typing import Literal, Self, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.campaigns.ended import EndedOut
from services.chassis.http.fields import VisibleText
from services.chassis.problems import field_fault
from services.contracts.campaign.base import ClusterName
from services.contracts.events.base import UnitCode
from services.contracts.wording import Bilingual
from services.submissions.obligations.schemas import OnlyIfOut

State: TypeAlias = Literal[
    "open", "fulfilled", "fulfilled-otherwise", "missed", "waived", "not-owed"
]
"""`fulfilled-otherwise`: the obligation was fulfilled by another of its options."""
Language: TypeAlias = Literal["vi", "en"]


class MovedBy(BaseModel):
    """The document that gave an option the last day it has."""

    document: str
    reason: str
    previous_last_day: date | None
    moved_at: datetime


class WaivedBy(BaseModel):
    """The document by which a unit was released."""

    document: str
    reason: str
    waived_at: datetime


class DueAfterOut(BaseModel):
    """The last day comes some days after the unit fulfilled another obligation."""

    days: int
    obligation: str
    title: Bilingual = Field(description="Of that obligation.")


class CalendarEntry(BaseModel):
    """One option of one obligation of one unit, and how it stands."""

    campaign: str
    campaign_title: Bilingual
    unit: str
    unit_name: str
    ended: EndedOut | None = Field(description="What became of a unit that is no more.")
    obligation: str
    option: str
    contest: str | None = Field(
        description="The contest whose essays it asks for, if one is named."
    )
    title: Bilingual
    source: str = Field(description="The document's own words.")
    first_day: date = Field(description="The first local day on which it can be done.")
    counts_from: date | None = Field(
        default=None, description="Where what was done before a day does not count: that day."
    )
    last_day: date | None = Field(
        description="The last local day in time; null: it is not known yet."
    )
    due_after: DueAfterOut | None = Field(
        default=None,
        description="Within how many days of what, where the last day is not known yet.",
    )
    condition: OnlyIfOut | None = Field(
        description="On what it is owed, where that is decided at the end of a day."
    )
    state: State
    version: int
    deadline_version: int
    counted_day: date | None = Field(description="The day that counts, where it was fulfilled.")
    fulfilled_at: datetime | None
    days_late: int | None
    moved: MovedBy | None = Field(description="null: the day is that of the plan as announced.")
    waived: WaivedBy | None
    simulated: bool = Field(description="Whether an act or a document behind it is simulated.")


class CalendarPage(BaseModel):
    """What is owed, by last day."""

    entries: list[CalendarEntry]
    next: str | None = Field(description="For `after`; null: there are no more.")


class CalendarLinkIn(BaseModel):
    """For a calendar program: what it is to show. Neither unit nor cluster: all you may read."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"unit": "Q009", "language": "vi", "note": "Điện thoại của văn thư"},
                {"cluster": "departments-1", "language": "en"},
            ]
        },
    )

    unit: UnitCode | None = None
    cluster: ClusterName | None = Field(default=None, examples=["departments-1"])
    language: Language = "vi"
    note: VisibleText | None = Field(default=None, examples=["Điện thoại của văn thư"])

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.unit is not None and self.cluster is not None:
            raise field_fault(
                "Chỉ nêu đơn vị hoặc cụm, không nêu cả hai.",
                "Name a unit or a cluster, not both.",
            )
        return self


class CalendarLinkOut(BaseModel):
    """A link, without its secret."""

    model_config = ConfigDict(from_attributes=True)

    link_id: UUID
    unit: str | None
    cluster: str | None
    language: Language
    note: str | None
    owner_unit: str | None = Field(description="By whose rights it is read; null: the Board's.")
    created_at: datetime


class CalendarLinkMade(CalendarLinkOut):
    """A new link. Who has its path reads the calendar: keep it like a password."""

    path: str | None = Field(
        default=None,
        description="Of the calendar, at this service's address; in this answer and nowhere else."
        " null in the answer to a repetition: revoke the link, and make another one.",
        examples=["/v1/calendar-links/….ics"],
    )


class CalendarLinks(BaseModel):
    """Links that are in force."""

    items: list[CalendarLinkOut]
    next: UUID | None = Field(description="For `after`; null: there are no more.")

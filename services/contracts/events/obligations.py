"""The status of one (unit, obligation): approaching, missed, moved, fulfilled, waived, reopened.

All six share one version that grows with the obligation's status, so that the highest version says
how it stands whatever the order of arrival. `deadline-approaching` repeats the current version: a
reminder changes no status.
"""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from services.contracts.events.base import FactSheet, Moment, ObligationId, Text, UnitFact, Version

LastDay = Annotated[
    date, Field(description="Last local day on which the obligation is fulfilled in time.")
]
LastDayIfKnown = Annotated[
    date,
    Field(
        description="Last local day on which the obligation is fulfilled in time; 9999-12-31: not"
        " known yet."
    ),
]
DecidingDocument = Annotated[
    Text, Field(description="Number and date of the document that decided it.")
]

FULFILLING = (
    "essay-submitted",
    "conference-reported",
    "contest-reported",
    "ceremony-reported",
    "report-submitted",
    "commendation-proposed",
    "figure-reported",
)
"""Events that can fulfil an obligation."""

REOPENING = (
    "waiver-taken-back",
    "report-returned",
    "essay-withdrawn",
    "essay-judged",
    "figure-corrected",
)
"""What can open an obligation again."""

_COMMON = {"campaign": "hanoi-2020", "unit": "Q282", "obligation": "D6"}


class ObligationFact(UnitFact):
    """Base: which obligation of which unit, under which version of its deadline."""

    aggregate_field: ClassVar[str] = "status_of"
    obligation: ObligationId
    deadline_version: Version = Field(
        default=1, description="1 as announced, one more for each document that moved it."
    )

    @property
    def status_of(self) -> str:
        """`unit:obligation`, one obligation of one unit."""
        return f"{self.unit}:{self.obligation}"


class DeadlineApproaching(ObligationFact):
    """A deadline is near and the obligation is still open."""

    event: ClassVar[str] = "deadline-approaching"
    moment_field: ClassVar[str] = "noticed_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="one of the plan's distances before an open deadline is reached, once each",
        key="unit",
        content="which obligation, the last day, how many days are left",
        never="that anything was missed",
        example={
            **_COMMON,
            "version": 1,
            "option": "D6",
            "last_day": "2020-07-09",
            "days_left": 7,
            "noticed_at": "2020-07-03T00:00:00+07:00",
        },
    )

    option: ObligationId = Field(description="The option whose deadline is near (D2 or D3).")
    last_day: LastDay
    days_left: int = Field(ge=0, description="Local days until the last day.")
    noticed_at: Moment = Field(description="When the distance was reached.")


class DeadlineMissed(ObligationFact):
    """The last day of an obligation and of all its options is over, and it is open."""

    event: ClassVar[str] = "deadline-missed"
    moment_field: ClassVar[str] = "missed_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the deadline has passed unfulfilled; exactly once per version of the deadline",
        key="unit",
        content="which obligation, and the day that was the last in time",
        never="that it can no longer be fulfilled: late is not never",
        example={
            **_COMMON,
            "version": 2,
            "last_day": "2020-07-09",
            "missed_at": "2020-07-10T00:00:00+07:00",
        },
    )

    last_day: LastDay
    missed_at: Moment = Field(description="Local midnight at which the last day was over.")


class DeadlineMoved(ObligationFact):
    """An obligation has another last day: by a later document, or since it became known."""

    event: ClassVar[str] = "deadline-moved"
    moment_field: ClassVar[str] = "moved_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the Board entered a document that moves a deadline, once for each unit that owes it;"
        " or a unit did, or took back, what a last day of it depends on",
        key="unit",
        content="old and new last day, the document and the reason; after what, where the unit's"
        " own act decides the day",
        never="a judgement of earlier lateness: that follows in obligation-fulfilled",
        example={
            **_COMMON,
            "version": 2,
            "deadline_version": 2,
            "option": "D6",
            "previous_last_day": "2020-07-09",
            "last_day": "2020-07-14",
            "document": "Thông báo số 01 (mô phỏng)",
            "reason": "Gia hạn theo đề nghị của các đơn vị",
            "moved_at": "2020-07-06T09:00:00+07:00",
        },
    )

    option: ObligationId = Field(description="The option whose deadline moved (D2 or D3).")
    previous_last_day: date = Field(
        description="The last day before this; 9999-12-31: it was not known yet."
    )
    last_day: LastDayIfKnown
    document: DecidingDocument
    reason: Text = Field(description="Why the deadline moved.")
    after: ObligationId | None = Field(
        default=None,
        description="The obligation of the unit on which the day depends; absent: a document moved"
        " it.",
    )
    happened_on: date | None = Field(
        default=None,
        description="Local day that counts of what fulfilled that one; absent: it is not, or no"
        " longer.",
    )
    moved_at: Moment = Field(description="When the Board entered it, or the unit did that.")


class ObligationFulfilled(ObligationFact):
    """The unit did what it owed, in time or late."""

    event: ClassVar[str] = "obligation-fulfilled"
    moment_field: ClassVar[str] = "fulfilled_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="a report or essay that fulfils it is stored, or its deadline moved afterwards",
        key="unit",
        content="by what, on which day that counts, and how many days late",
        never="points: scoring decides them",
        example={
            **_COMMON,
            "version": 3,
            "option": "D6",
            "by": "contest-reported",
            "by_id": "a3f6f7a4-1c39-4b1e-8a8c-0f2e34f0a912",
            "counted_day": "2020-07-12",
            "last_day": "2020-07-09",
            "days_late": 3,
            "fulfilled_at": "2020-07-12T16:00:00+07:00",
        },
    )

    option: ObligationId = Field(description="The option it was fulfilled by (D2 or D3).")
    by: str = Field(
        pattern=r"^[a-z][a-z-]{0,62}$",
        description=f"The event that fulfilled it: {', '.join(FULFILLING)}; others may come.",
    )
    by_id: UUID = Field(description="The essay, report, proposal or figure that fulfilled it.")
    counted_day: date = Field(description="Local day that counts: of receipt, or of the event.")
    last_day: LastDayIfKnown
    days_late: int = Field(
        ge=0, description="Local days from the last day to the day that counts; 0 in time."
    )
    fulfilled_at: Moment = Field(description="When it was stored, or judged again after a move.")


class ObligationWaived(ObligationFact):
    """The Board released one unit from one obligation."""

    event: ClassVar[str] = "obligation-waived"
    moment_field: ClassVar[str] = "waived_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the waiver is stored",
        key="unit",
        content="which obligation is no longer owed, by which document, and why",
        never="who asked for it by name",
        example={
            **_COMMON,
            "version": 2,
            "document": "Thông báo số 02 (mô phỏng)",
            "reason": "Đơn vị sáp nhập",
            "waived_at": "2020-07-01T09:00:00+07:00",
        },
    )

    document: DecidingDocument
    reason: Text = Field(description="Why it is no longer owed.")
    waived_at: Moment = Field(description="When the Board entered it.")


class ObligationReopened(ObligationFact):
    """An obligation that was released or fulfilled is open again, with the deadline that it had."""

    event: ClassVar[str] = "obligation-reopened"
    moment_field: ClassVar[str] = "reopened_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="a waiver is taken back, the report that fulfilled it is returned, or the last essay"
        " that did is withdrawn",
        key="unit",
        content="which obligation is owed again, why, and by which document where there is one",
        never="that it was missed: where its time is over, deadline-missed follows",
        example={
            **_COMMON,
            "version": 3,
            "deadline_version": 2,
            "cause": "waiver-taken-back",
            "last_day": "2020-07-09",
            "document": "Thông báo số 03 (mô phỏng)",
            "reason": "Đơn vị không sáp nhập",
            "reopened_at": "2020-07-03T09:00:00+07:00",
        },
    )

    cause: str = Field(
        pattern=r"^[a-z][a-z-]{0,62}$",
        description=f"Why: {', '.join(REOPENING)}; others may come.",
    )
    last_day: LastDayIfKnown
    document: DecidingDocument | None = Field(
        default=None, description="Absent where the unit itself took back what it had sent."
    )
    reason: Text = Field(description="Why it is owed again.")
    reopened_at: Moment = Field(description="When it was entered.")

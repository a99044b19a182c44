"""What goes out: the answers of the API. No answer to a POST holds private data: it is stored."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.contracts.events import CommuneSummary
from services.contracts.events.base import ExactDecimal
from services.contracts.wording import Bilingual
from services.submissions.obligations.obligation import Owed, Status


class EssayTaken(BaseModel):
    """The entry is kept."""

    essay_id: UUID
    unit: str
    version: int
    submitted_at: datetime = Field(description="Arrival of the request, which counts.")
    last_good_day: date = Field(description="The last day on which this unit's essays are in time.")
    late: bool
    days_late: int


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

    full_name: str
    address: str | None
    workplace: str | None
    phone: str
    exemplar_address: str


class EssayOut(BaseModel):
    """An entry as it stands."""

    essay_id: UUID
    unit: str
    version: int
    title: str
    form: str
    exemplar: ExemplarOut
    words: int | None
    minutes: ExactDecimal | None
    published_in: str | None
    published_on: date | None
    submitted_at: datetime
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
    essays: list[EssayOut]
    next: UUID | None = Field(description="Ask for what comes after this id; null: no more.")


class ProposalTaken(BaseModel):
    """The proposal is kept."""

    proposal_id: UUID
    unit: str
    proposed_at: datetime


class ObligationOut(BaseModel):
    """How one obligation stands."""

    unit: str
    obligation: str
    title: Bilingual
    source: str = Field(description="The notice's own words.")
    status: Status
    version: int
    deadline_version: int
    last_good_days: dict[str, date] = Field(description="By option; D2 and D3 are two options.")
    missed_at: datetime = Field(description="From when it is missed, if it is open then.")
    option: str | None = Field(description="The option by which it was fulfilled.")
    counted_day: date | None
    days_late: int | None

    @classmethod
    def of(cls, state: Owed) -> "ObligationOut":
        """The same as JSON."""
        done = state.fulfilment
        return cls(
            unit=state.unit,
            obligation=state.id,
            title=state.duty.title,
            source=state.duty.source,
            status=state.status,
            version=state.version,
            deadline_version=state.deadline_version,
            last_good_days={option.id: option.last_good_day for option in state.duty.options},
            missed_at=state.missed_at,
            option=done.option if done else None,
            counted_day=done.counted_day if done else None,
            days_late=done.days_late if done else None,
        )


class Obligations(BaseModel):
    """Everything that a unit owes."""

    unit: str
    obligations: list[ObligationOut]


class ReportTaken(BaseModel):
    """The report is kept."""

    report_id: UUID
    unit: str
    reported_at: datetime = Field(description="Arrival of the request.")
    receiver: str | None = Field(default=None, description="Of a conference report.")
    communes: CommuneSummary | None = Field(
        default=None, description="Of a district's conference report: the sum of its communes."
    )
    obligation: ObligationOut


class FigureTaken(BaseModel):
    """The figure is kept; a higher version replaces the lower ones."""

    unit: str
    name: str
    period: str
    version: int
    reported_at: datetime


class FigureOut(BaseModel):
    """A figure as it stands."""

    name: str = Field(examples=["documents-over-the-bus"])
    period: str = Field(examples=["2020-H1"])
    version: int = Field(description="How often it was reported.")
    value: ExactDecimal
    target: ExactDecimal | None
    evidence: str
    reported_at: datetime
    simulated: bool


class FigurePage(BaseModel):
    """Figures of one unit, by name and period."""

    unit: str
    figures: list[FigureOut]
    next: str | None = Field(
        description="Ask for what comes after this name and period; null: no more.",
        examples=["documents-over-the-bus:2020-H1"],
    )


class MoveTaken(BaseModel):
    """The deadline is moved for all who owe it."""

    move_id: UUID
    obligation: str
    option: str
    previous_last_good_day: date
    last_good_day: date
    units: int = Field(description="Units whose deadline moved.")
    essays_judged_again: int = Field(description="Essays whose lateness changed (D5).")


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


def plain(value: Decimal | None) -> Decimal | None:
    """A number from a column of fixed scale without the zeros behind it: 86.5, not 86.500000."""
    return None if value is None else Decimal(format(value.normalize(), "f"))


def essay_out(row: Any, author: AuthorOut | None = None) -> EssayOut:
    """An entry from its row (a record with the columns of `essays`)."""
    return EssayOut(
        essay_id=row["essay_id"],
        unit=row["unit"],
        version=row["version"],
        title=row["title"],
        form=row["form"],
        exemplar=ExemplarOut(kind=row["exemplar_kind"], name=row["exemplar_name"]),
        words=row["words"],
        minutes=plain(row["minutes"]),
        published_in=row["published_in"],
        published_on=row["published_on"],
        submitted_at=row["submitted_at"],
        late=row["late"],
        days_late=row["days_late"],
        status="withdrawn" if row["withdrawn_at"] else "submitted",
        withdrawn_at=row["withdrawn_at"],
        mark=plain(row["mark"]),
        prize=row["prize"],
        judged_at=row["judged_at"],
        simulated=row["simulated"],
        author=author,
    )

"""The tables of submissions; services/chassis/storage/tables.py has those of every service.

Every row carries its campaign: two years' contests may overlap. Days are local days of the
campaign, moments are instants. What is private about people is in `essay_authors` and
`personal_answers` alone.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.chassis.storage.models import MOMENT, Stored


class Essay(Stored, table=True):
    """One entry. `version` grows with each fact about it."""

    __tablename__: ClassVar[str] = "essays"
    __table_args__ = (
        Index("essays_of_unit", "campaign", "unit", "submitted_at", "essay_id"),
        {"comment": "Entries of the contest, without what is private about people."},
    )

    essay_id: UUID = Field(primary_key=True)
    campaign: str
    contest: str
    unit: str
    version: int = 1
    title: str
    form: str
    exemplar_kind: str
    exemplar_name: str
    words: int | None = None
    minutes: Decimal | None = Field(default=None, sa_type=Numeric(20, 6))
    published_in: str | None = None
    published_on: date | None = None
    submitted_at: datetime = Field(sa_type=MOMENT)
    acted_on: date | None = Field(
        default=None, description="The day of the act: handed in, or published."
    )
    late: bool
    days_late: int
    withdrawn_at: datetime | None = Field(default=None, sa_type=MOMENT)
    withdrawal_reason: str | None = None
    mark: Decimal | None = Field(default=None, sa_type=Numeric(20, 6))
    prize: str | None = None
    judged_at: datetime | None = Field(default=None, sa_type=MOMENT)
    simulated: bool = False


class EssayAuthor(Stored, table=True):
    """Private data behind an entry: read by its own unit and the Board, never published."""

    __tablename__: ClassVar[str] = "essay_authors"
    __table_args__ = (
        ForeignKeyConstraint(["essay_id"], ["essays.essay_id"], ondelete="CASCADE"),
        {"comment": "Personal data of authors and exemplars; grant it apart, log it nowhere."},
    )

    essay_id: UUID = Field(primary_key=True)
    full_name: str
    address: str | None = None
    workplace: str | None = None
    phone: str
    exemplar_address: str


class CommendationProposal(Stored, table=True):
    """A unit proposed an exemplar for commendation."""

    __tablename__: ClassVar[str] = "commendation_proposals"
    __table_args__ = (Index("proposals_of_unit", "campaign", "unit", "proposed_at"),)

    proposal_id: UUID = Field(primary_key=True)
    campaign: str
    unit: str
    exemplar_kind: str
    exemplar_name: str
    level: str
    proposed_at: datetime = Field(sa_type=MOMENT)
    simulated: bool = False


class ConferenceReport(Stored, table=True):
    """A unit's one report of its conference, held or written."""

    __tablename__: ClassVar[str] = "conference_reports"
    __table_args__ = (UniqueConstraint("campaign", "unit", name="one_conference_report_a_unit"),)

    report_id: UUID = Field(primary_key=True)
    campaign: str
    unit: str
    form: str
    held_on: date | None = None
    receiver: str
    document_number: str | None = None
    document_date: date | None = None
    communes: dict[str, int] | None = Field(default=None, sa_type=JSONB)
    reported_at: datetime = Field(sa_type=MOMENT)
    simulated: bool = False


class ContestReport(Stored, table=True):
    """A unit's one report that evaluates its contest."""

    __tablename__: ClassVar[str] = "contest_reports"
    __table_args__ = (UniqueConstraint("campaign", "unit", name="one_contest_report_a_unit"),)

    report_id: UUID = Field(primary_key=True)
    campaign: str
    unit: str
    entries: int
    prizes: int
    reported_at: datetime = Field(sa_type=MOMENT)
    simulated: bool = False


class CeremonyReport(Stored, table=True):
    """A unit's one report of its closing ceremony."""

    __tablename__: ClassVar[str] = "ceremony_reports"
    __table_args__ = (UniqueConstraint("campaign", "unit", name="one_ceremony_report_a_unit"),)

    report_id: UUID = Field(primary_key=True)
    campaign: str
    unit: str
    held_on: date
    joined_with: str
    reported_at: datetime = Field(sa_type=MOMENT)
    simulated: bool = False


class DeclaredReport(Stored, table=True):
    """A unit's report of a kind that the plan declares, one a period; its row lock orders its
    versions."""

    __tablename__: ClassVar[str] = "declared_reports"
    __table_args__ = (
        UniqueConstraint("campaign", "unit", "kind", "period", name="one_report_a_period"),
    )

    report_id: UUID = Field(primary_key=True)
    campaign: str
    unit: str
    kind: str
    period: str = Field(description="Empty: sent once in the campaign.")
    version: int = 1
    receiver: str
    returned: bool = Field(default=False, description="Whether the newest version was returned.")
    counted_at: datetime = Field(sa_type=MOMENT, description="When what counts of it was sent.")
    acted_on: date | None = Field(
        default=None, description="The day of the act, where the kind has a field for it."
    )
    reported_at: datetime = Field(sa_type=MOMENT, description="Of the newest version.")
    simulated: bool = False


class ReportVersion(Stored, table=True):
    """What a unit sent, and why the Board returned it where it did; it stays readable."""

    __tablename__: ClassVar[str] = "report_versions"
    __table_args__ = (
        ForeignKeyConstraint(["report_id"], ["declared_reports.report_id"], ondelete="CASCADE"),
    )

    report_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    receiver: str
    answers: dict[str, Any] = Field(sa_type=JSONB, description="Without the personal ones.")
    reported_at: datetime = Field(sa_type=MOMENT)
    returned_at: datetime | None = Field(default=None, sa_type=MOMENT)
    return_document: str | None = None
    return_reason: str | None = None
    simulated: bool = False


class PersonalAnswers(Stored, table=True):
    """Private data in a report: read by its own unit and the Board, never published."""

    __tablename__: ClassVar[str] = "personal_answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["report_id", "version"],
            ["report_versions.report_id", "report_versions.version"],
            ondelete="CASCADE",
        ),
        {"comment": "Personal data in reports; grant it apart, log it nowhere."},
    )

    report_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    answers: dict[str, Any] = Field(sa_type=JSONB)


class Figure(Stored, table=True):
    """A number that a criterion counts; a later report of the same name and period replaces it."""

    __tablename__: ClassVar[str] = "figures"

    campaign: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    version: int = 1
    value: Decimal = Field(sa_type=Numeric(20, 6))
    target: Decimal | None = Field(default=None, sa_type=Numeric(20, 6))
    evidence: str
    reported_at: datetime = Field(sa_type=MOMENT)
    simulated: bool = False
    earlier: list[list[str]] = Field(
        default_factory=list, sa_type=JSONB, sa_column_kwargs={"server_default": "[]"}
    )
    """What it was before it was corrected, oldest first: value and moment of each report."""


class ObligationRow(Stored, table=True):
    """The status of one obligation of one unit; its row lock orders everything about it."""

    __tablename__: ClassVar[str] = "obligations"

    campaign: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    obligation: str = Field(primary_key=True)
    status: str
    version: int
    deadline_version: int
    last_days: dict[str, str | None] = Field(
        sa_type=JSONB, description="Last day by option, as it is so far; null: not known yet."
    )
    option: str | None = None
    by: str | None = None
    by_id: UUID | None = None
    counted_day: date | None = None
    fulfilled_at: datetime | None = Field(default=None, sa_type=MOMENT)
    days_late: int | None = None
    simulated: bool = False
    held: bool | None = Field(
        default=None, description="How its condition was decided; None: not yet, or it has none."
    )


class PlannedTerms(Stored, table=True):
    """What the plan asks of an obligation, its deadlines aside."""

    __tablename__: ClassVar[str] = "planned_terms"

    campaign: str = Field(primary_key=True)
    obligation: str = Field(primary_key=True)
    no_essays_by: date | None = Field(default=None, description="The day of its `only_if`.")
    reporting_grace_days: dict[str, int] = Field(sa_type=JSONB, description="By option.")


class Timer(Stored, table=True):
    """When a reminder or a miss (distance 0) is due."""

    __tablename__: ClassVar[str] = "timers"
    __table_args__ = (Index("timers_by_due", "due_at"),)

    campaign: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    obligation: str = Field(primary_key=True)
    deadline_version: int = Field(primary_key=True)
    option: str = Field(primary_key=True)
    distance: int = Field(primary_key=True)
    due_at: datetime = Field(sa_type=MOMENT)


class PassedOn(Stored, table=True):
    """A unit that is no more, and of which what it owed is with its successor; so it is once."""

    __tablename__: ClassVar[str] = "passed_on"

    campaign: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    day: date
    """The first day on which the unit was no more."""
    successor: str | None
    """Who took over; None: nobody."""
    passed_at: datetime = Field(sa_type=MOMENT)


class BoardOrder(Stored, table=True):
    """A document of the Board that moves a day, releases units, or takes such a document back.

    Also what an amendment of the campaign did to a deadline (`act`: amend).
    """

    __tablename__: ClassVar[str] = "orders"
    __table_args__ = (UniqueConstraint("campaign", "number", name="orders_in_a_row"),)

    order_id: UUID = Field(primary_key=True)
    campaign: str
    number: int
    act: str
    scope: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    """Levels, kinds and units that it concerns; None: all."""
    obligation: str | None = Field(default=None, description="None: the end of a contest.")
    contest: str | None = Field(default=None, description="The contest whose end it is about.")
    option: str | None = None
    previous_last_day: date | None = None
    last_day: date | None = None
    takes_back: UUID | None = None
    deadline_version: int | None = None
    document: str
    reason: str
    ordered_at: datetime = Field(sa_type=MOMENT)
    ordered_by: str | None = Field(default=None, description="An account; None: not known.")
    simulated: bool = False


class CalendarLink(Stored, table=True):
    """A secret link by which a calendar program reads what its owner may read."""

    __tablename__: ClassVar[str] = "calendar_links"
    __table_args__ = (Index("calendar_links_of_owner", "owner_unit"),)

    link_id: UUID = Field(primary_key=True)
    secret_sha256: bytes = Field(unique=True, description="The secret itself is stored nowhere.")
    owner_unit: str | None = Field(default=None, description="None: the Board's.")
    owner_subject: str
    owner_roles: list[str] = Field(sa_type=JSONB)
    unit: str | None = None
    cluster: str | None = None
    language: str
    note: str | None = None
    created_at: datetime = Field(sa_type=MOMENT)

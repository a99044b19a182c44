"""What units report: figures, conferences, the contest, the closing ceremony."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.contracts.events.base import (
    ExactDecimal,
    FactSheet,
    Moment,
    Text,
    UnitCode,
    UnitFact,
)


class FigureReported(UnitFact):
    """A number that a criterion counts and no other event carries."""

    event: ClassVar[str] = "figure-reported"
    aggregate_field: ClassVar[str] = "figure"
    moment_field: ClassVar[str] = "reported_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the figure is stored",
        key="unit",
        content="name, period, value, target and evidence of a number; a later version replaces it",
        never="personal data",
        example={
            "campaign": "hanoi-2020",
            "unit": "STP",
            "version": 1,
            "figure": "documents-over-the-bus:2020-H1",
            "name": "documents-over-the-bus",
            "period": "2020-H1",
            "value": "812",
            "target": "900",
            "evidence": "Báo cáo số 12/BC-STP",
            "reported_at": "2020-07-03T09:00:00+07:00",
        },
    )

    figure: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]*:[A-Za-z0-9-]+$",
        max_length=120,
        description="name:period, the thing a later version replaces.",
    )
    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80, description="Which number it is."
    )
    period: str = Field(
        pattern=r"^[A-Za-z0-9-]+$",
        max_length=32,
        description="The time it is about.",
        examples=["2020", "2020-H1"],
    )
    value: ExactDecimal = Field(description="The number itself.")
    target: ExactDecimal | None = Field(default=None, description="What was planned.")
    evidence: Text = Field(description="The document that proves it.")
    reported_at: Moment = Field(description="When it was reported.")


class CommuneSummary(BaseModel):
    """A unit's count of the conferences of the units that report to it, on the day of its own."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    held: int = Field(ge=0, description="Units that held theirs.")
    written: int = Field(ge=0, description="Units that assessed in writing.")
    none: int = Field(ge=0, description="Units that had reported nothing.")


class ConferenceReported(UnitFact):
    """The conference of advanced examples was held, or assessed in writing instead."""

    event: ClassVar[str] = "conference-reported"
    aggregate_field: ClassVar[str] = "report_id"
    moment_field: ClassVar[str] = "reported_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the report is stored",
        key="unit",
        content="form (held or written), day, receiver, and the sum of the units that report to it",
        never="participants by name",
        example={
            "campaign": "hanoi-2020",
            "unit": "Q009",
            "version": 1,
            "report_id": "b7f6f7a4-1c39-4b1e-8a8c-0f2e34f0a911",
            "form": "held",
            "held_on": "2020-08-12",
            "receiver": "HN",
            "communes": {"held": 9, "written": 2, "none": 0},
            "reported_at": "2020-08-13T08:00:00+07:00",
        },
    )

    report_id: UUID = Field(description="The report.")
    form: Literal["held", "written"] = Field(description="Held, or assessed in writing instead.")
    held_on: date | None = Field(default=None, description="Local day; only for `held`.")
    receiver: UnitCode = Field(description="The unit one level up that the report goes to.")
    communes: CommuneSummary | None = Field(
        default=None,
        description="The units that report theirs to it, summed up; null where there are none.",
    )
    reported_at: Moment = Field(description="When the report was stored.")


class ContestReported(UnitFact):
    """The unit evaluated its contest."""

    event: ClassVar[str] = "contest-reported"
    aggregate_field: ClassVar[str] = "report_id"
    moment_field: ClassVar[str] = "reported_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the report is stored",
        key="unit",
        content="how many entries the unit collected and how many prizes it gave",
        never="winners by name",
        example={
            "campaign": "hanoi-2020",
            "unit": "SNV",
            "version": 1,
            "report_id": "a3f6f7a4-1c39-4b1e-8a8c-0f2e34f0a912",
            "entries": 120,
            "prizes": 12,
            "reported_at": "2020-07-06T08:00:00+07:00",
        },
    )

    report_id: UUID = Field(description="The report.")
    entries: int = Field(ge=0, description="Entries the unit collected.")
    prizes: int = Field(ge=0, description="Prizes the unit gave.")
    reported_at: Moment = Field(description="When the report was stored.")


class CeremonyReported(UnitFact):
    """The unit closed its contest and gave its prizes."""

    event: ClassVar[str] = "ceremony-reported"
    aggregate_field: ClassVar[str] = "report_id"
    moment_field: ClassVar[str] = "reported_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the report is stored",
        key="unit",
        content="the day of the ceremony and what it was joined with",
        never="winners by name",
        example={
            "campaign": "hanoi-2020",
            "unit": "SNV",
            "version": 1,
            "report_id": "c3f6f7a4-1c39-4b1e-8a8c-0f2e34f0a913",
            "held_on": "2020-07-16",
            "joined_with": "half-year-review",
            "reported_at": "2020-07-17T08:00:00+07:00",
        },
    )

    report_id: UUID = Field(description="The report.")
    held_on: date = Field(description="Local day of the ceremony.")
    joined_with: Literal["none", "half-year-review", "conference"] = Field(
        default="none", description="The occasion it was part of, as the notice allows."
    )
    reported_at: Moment = Field(description="When the report was stored.")

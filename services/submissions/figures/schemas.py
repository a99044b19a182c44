"""Bodies of the figures' requests and answers."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.campaigns.ended import EndedOut
from services.chassis.http.fields import Figure, VisibleText
from services.contracts.campaign.figure_catalogue import FigureKind
from services.contracts.events.base import ExactDecimal, UnitCode
from services.contracts.wording import Bilingual
from services.submissions.obligations.spans import NotCounted
from services.submissions.schemas import Body


class FigureIn(Body):
    """A number that a criterion counts; a later one of the same name and period replaces it."""

    unit: UnitCode
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)] = Field(
        examples=["documents-over-the-bus"]
    )
    period: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+$", max_length=32)] = Field(
        examples=["2020-H1"]
    )
    value: Figure = Field(examples=["812"])
    target: Figure | None = Field(default=None, examples=["900"])
    evidence: VisibleText = Field(examples=["Báo cáo số 12/BC-STP"])


class FigureAccepted(BaseModel):
    """The figure is kept; a higher version replaces the lower ones."""

    unit: str
    name: str
    period: str
    title: Bilingual
    period_title: Bilingual
    version: int
    value: ExactDecimal
    target: ExactDecimal | None
    understood: Bilingual = Field(
        description="The numbers as they were understood, as each language writes them."
    )
    reported_at: datetime
    not_counted: list[NotCounted] = Field(
        default=[], description="What the unit owes for which it does not count, by its day."
    )


class PeriodOut(BaseModel):
    """A period for which a figure is reported."""

    period: str = Field(examples=["2020-H1"])
    title: Bilingual


class CataloguedFigureOut(BaseModel):
    """A figure of the plan's catalogue."""

    name: str = Field(examples=["documents-over-the-bus"])
    title: Bilingual
    kind: FigureKind = Field(description="Whole numbers only, or numbers with decimals too.")
    min: ExactDecimal | None = Field(description="The lowest value that is taken.")
    max: ExactDecimal | None = Field(description="The highest value that is taken.")
    periods: list[PeriodOut] | None = Field(description="All that are taken; null: any.")
    reported_by: list[str] = Field(
        description="`unit` itself, `above`: units above it, `board`, or the code of a unit that"
        " reports it for all.",
        examples=[["unit", "above"]],
    )
    reporters: Bilingual = Field(description="The same in words.")


class CatalogueOut(BaseModel):
    """The figures that units report, by the newest version of the plan."""

    figures: list[CataloguedFigureOut]
    takes_any: bool = Field(
        description="Whether others are taken too: a plan from before there was a catalogue."
    )


class EarlierFigureOut(BaseModel):
    """What a figure was before it was reported again."""

    value: ExactDecimal
    reported_at: datetime


class FigureOut(BaseModel):
    """The latest report of a figure."""

    unit: str = Field(examples=["STP"])
    name: str = Field(examples=["documents-over-the-bus"])
    period: str = Field(examples=["2020-H1"])
    title: Bilingual = Field(description="By the plan as it is now; else the name itself.")
    period_title: Bilingual
    version: int = Field(description="How often it was reported.")
    value: ExactDecimal
    target: ExactDecimal | None
    evidence: str
    counted: bool = Field(
        description="false: the unit that took over reported this figure itself, which takes the"
        " place of this report."
    )
    reported_at: datetime
    simulated: bool
    earlier: list[EarlierFigureOut] = Field(
        default=[], description="What was reported before, the oldest first."
    )


class FigurePage(BaseModel):
    """Figures of one unit, by name and period."""

    unit: str
    ended: EndedOut | None = Field(description="What became of a unit that is no more.")
    figures: list[FigureOut] = Field(
        description="Its own, and those of units that it took over: each names its unit."
    )
    next: str | None = Field(
        description="Ask for what comes after this name, period and unit; null: no more.",
        examples=["documents-over-the-bus:2020-H1:STP"],
    )

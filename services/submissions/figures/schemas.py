"""Bodies of the figures' requests and answers."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.campaigns.ended import EndedOut
from services.chassis.http.fields import Figure, VisibleText
from services.contracts.events.base import ExactDecimal, UnitCode
from services.contracts.wording import Bilingual
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
    version: int
    value: ExactDecimal
    target: ExactDecimal | None
    understood: Bilingual = Field(
        description="The numbers as they were understood, as each language writes them."
    )
    reported_at: datetime


class FigureOut(BaseModel):
    """The latest report of a figure."""

    unit: str = Field(examples=["STP"])
    name: str = Field(examples=["documents-over-the-bus"])
    period: str = Field(examples=["2020-H1"])
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

"""Bodies of the statistics."""

from datetime import date

from pydantic import BaseModel, Field

from services.contracts.events.base import ExactDecimal
from services.contracts.wording import Bilingual


class UnitCount(BaseModel):
    """One unit's count to date."""

    unit: str
    name: str
    essays: int = Field(description="Entries that were not withdrawn by then.")
    proposals: int


class LastYearCount(BaseModel):
    """The same day of last year."""

    day: date
    count: int
    approximate: bool
    ratio: ExactDecimal | None = Field(description="This year's count over last year's.")


class ContestCount(BaseModel):
    """One contest to date."""

    contest: str
    title: Bilingual
    essays: int
    by_form: dict[str, int]
    without_essays: list[str] = Field(
        description="Codes of the units that may send it essays and sent none."
    )


class Statistics(BaseModel):
    """The contests at the end of a day, from what is stored."""

    campaign: str
    as_of: date
    essays: int
    by_form: dict[str, int]
    contests: list[ContestCount] = Field(
        description="By contest, in the order of the plan; empty: it has none."
    )
    proposals: int
    last_year: LastYearCount | None = Field(description="null: last year's count is not known.")
    units: list[UnitCount] = Field(description="The most essays first.")
    ahead: list[str] = Field(description="Codes of the units with the most essays.")
    without_essays: list[str] = Field(
        description="Codes of the units that may send essays and sent none to any contest."
    )
    without_proposals: list[str]
    simulated: bool = Field(description="Some of it is data of a simulation.")

    @property
    def names(self) -> dict[str, str]:
        """Names of the units by code."""
        return {count.unit: count.name for count in self.units}


class Paragraph(BaseModel):
    """The notice's paragraph about the contest, in both languages."""

    vi: str
    en: str


class StatisticsOut(Statistics):
    """The statistics of a day with the notice's paragraph."""

    paragraph: Paragraph = Field(description="In the words of the notice of 2020.")

"""Request and response bodies of score entries."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from services.campaigns.ended import EndedOut
from services.chassis.http.fields import Figure, VisibleText, visible_text
from services.contracts.events.base import (
    ExactDecimal,
    UnitCode,
    Version,
)
from services.contracts.rules import Stage
from services.contracts.wording import Bilingual


class ScoreEntryIn(BaseModel):
    """A score for a criterion that people decide, or the correction of one."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [
                {
                    "criterion": "II.3",
                    "stage": "final",
                    "points": "4.5",
                    "reason": "Có mô hình mới được nhân rộng",
                    "evidence": "Báo cáo số 12/BC-STP",
                }
            ]
        },
    )

    criterion: Annotated[str, *visible_text(120)] = Field(
        description="Id of a criterion of kind `entered`, as in the table."
    )
    stage: Stage = Field(
        description="As whom: the unit itself, its cluster, the Board, or a scorer that the"
        " criterion names."
    )
    scorer: UnitCode | None = Field(
        default=None,
        description="In the stage `scorers`: as which of them, for a unit that took over from"
        " several.",
        examples=[None],
    )
    points: Figure = Field(description='The score, a decimal in quotes: "4.5".')
    reason: VisibleText = Field(
        description="Why this many; of a correction also why it is corrected."
    )
    evidence: VisibleText = Field(description="The document that proves it.")
    replaces: Version | None = Field(
        default=None,
        description="The version that this corrects, the current one; absent for a first entry.",
        examples=[None],
    )
    simulated: StrictBool = Field(
        default=False,
        description="Data of a simulation, marked wherever it is shown. Refused in production.",
    )


class ScoreEntryCreated(BaseModel):
    """The entry is kept, published and counted; points follow within a second."""

    entry_id: UUID = Field(description="The same for all versions of the entry.")
    version: int = Field(ge=1, description="1, and one more for each correction.")
    event_id: UUID = Field(description="Id of the event score-entered, and of the fact.")
    unit: str
    criterion: str
    stage: Stage
    scorer: UnitCode | None = Field(
        default=None, description="In the stage `scorers`: whose mark it is."
    )
    points: ExactDecimal
    entered_at: datetime


class ScoreEntryVersionOut(BaseModel):
    """One version of a score entry."""

    version: int
    event_id: UUID
    points: ExactDecimal
    reason: str
    evidence: str
    entered_by: UnitCode | None = Field(
        description="The unit that answers for it; null: the Board."
    )
    entered_at: datetime
    simulated: bool = Field(description="True for data of a simulation.")


class ScoreEntryOut(BaseModel):
    """A score entry with its corrections."""

    unit: str = Field(description="Whose it is: the unit's, or that of one that it took over.")
    entry_id: UUID
    criterion: str
    stage: Stage
    scorer: UnitCode | None = Field(
        default=None, description="In the stage `scorers`: whose mark it is."
    )
    versions: list[ScoreEntryVersionOut] = Field(description="Newest first: the first one counts.")


class ScoreEntriesOut(BaseModel):
    """All score entries of a unit."""

    campaign: str
    unit: str
    ended: EndedOut | None = Field(description="What became of a unit that is no more.")
    score_entries: list[ScoreEntryOut] = Field(
        description="What was entered or corrected last comes first."
    )


class MarkEnteredOut(BaseModel):
    """A scorer's mark as it stands."""

    unit: str = Field(description="For whom it was entered: the unit, or one that it took over.")
    version: int = Field(description="What a correction names in `replaces`.")
    points: ExactDecimal
    reason: str
    evidence: str
    entered_by: UnitCode | None
    entered_at: datetime


class ScoreToEnterOut(BaseModel):
    """A mark that a scorer gives a unit."""

    unit: str
    name: str
    criterion: str
    title: Bilingual
    minimum: ExactDecimal
    maximum: ExactDecimal = Field(description="The most that this scorer may give.")
    scorer: str = Field(description="As the rule set names it; `scorer` of the entry.")
    by: str = Field(description="Who enters it today: the scorer, or who took over.")
    entered: MarkEnteredOut | None = Field(description="Null as long as none was entered.")


class ScoresToEnterOut(BaseModel):
    """What scorers have to score."""

    campaign: str
    missing: int = Field(description="How many marks were not entered yet.")
    scores: list[ScoreToEnterOut] = Field(
        description="By cluster and unit, in the order of the table."
    )

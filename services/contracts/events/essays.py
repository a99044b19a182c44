"""Essays of the contest and the commendations proposed for their exemplars."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.contracts.events.base import (
    PERSONAL,
    ExactDecimal,
    FactSheet,
    Moment,
    Text,
    UnitFact,
)

ContestId = Annotated[
    str | None,
    Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,62}$",
        description="The contest, by its id in the plan; null in facts of before plans had some.",
        examples=["essays"],
    ),
]


class ExemplarName(BaseModel):
    """The person or collective that is held up: public by purpose, personal data all the same."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["person", "collective"] = Field(description="One person, or a group.")
    name: Text = Field(description="Name of the exemplar.", json_schema_extra=PERSONAL)


class EssayFact(UnitFact):
    """Base of what happens to one entry."""

    aggregate_field: ClassVar[str] = "essay_id"
    essay_id: UUID = Field(description="The entry, from its submission on.")
    contest: ContestId = None


class EssaySubmitted(EssayFact):
    """An entry arrived at the city contest."""

    event: ClassVar[str] = "essay-submitted"
    moment_field: ClassVar[str] = "submitted_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the entry is stored",
        key="unit",
        content="which unit sent it, about whom, its form and length, and whether it came late",
        never="the author, any phone or address, the text itself",
        personal=True,
        example={
            "campaign": "hanoi-2020",
            "unit": "Q009",
            "version": 1,
            "essay_id": "6f1d3f5e-3f0a-4a63-9a52-7d2f6c9a0b11",
            "contest": "essays",
            "title": "Người giữ lửa ở tổ dân phố",
            "form": "written",
            "exemplar": {"kind": "collective", "name": "Tổ dân phố số 5"},
            "words": 1480,
            "submitted_at": "2020-05-28T09:12:00+07:00",
            "late": False,
            "days_late": 0,
        },
    )

    title: Text = Field(
        description="Title of the entry; it often names the exemplar.", json_schema_extra=PERSONAL
    )
    form: Literal["written", "recorded", "press"] = Field(
        description="Written text, sound or film, or a published press work."
    )
    exemplar: ExemplarName = Field(description="Whom the entry is about.")
    words: int | None = Field(
        default=None, ge=1, description="Length of a written or press entry, in words."
    )
    minutes: ExactDecimal | None = Field(
        default=None, description="Length of a recorded entry, in minutes."
    )
    submitted_at: Moment = Field(description="When the entry arrived.")
    acted_on: date | None = Field(
        default=None,
        description="The day of the act: handed in, or published. It counts where the contest"
        " counts by it.",
    )
    counted_day: date | None = Field(
        default=None,
        description="The day of the act, where the contest counts by it; null: the day on which the"
        " entry arrived counts.",
    )
    late: bool = Field(description="After the day the contest ended for this unit.")
    days_late: int = Field(ge=0, description="Whole local days after the last day.")


class EssayWithdrawn(EssayFact):
    """The unit took an entry back; it counts nowhere from then on."""

    event: ClassVar[str] = "essay-withdrawn"
    moment_field: ClassVar[str] = "withdrawn_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the withdrawal is stored",
        key="unit",
        content="which entry no longer counts, and why",
        never="who decided it by name",
        example={
            "campaign": "hanoi-2020",
            "unit": "Q009",
            "version": 2,
            "essay_id": "6f1d3f5e-3f0a-4a63-9a52-7d2f6c9a0b11",
            "contest": "essays",
            "withdrawn_at": "2020-06-02T10:00:00+07:00",
            "reason": "Trùng với bài đã gửi",
        },
    )

    withdrawn_at: Moment = Field(description="When it was taken back.")
    reason: Text = Field(description="Why, in the unit's words.")


class EssayJudged(EssayFact):
    """An entry got a mark; a later mark replaces an earlier one."""

    event: ClassVar[str] = "essay-judged"
    moment_field: ClassVar[str] = "judged_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the mark is stored",
        key="unit",
        content="the mark on the plan's scale, and a prize if there is one",
        never="the members of the jury",
        example={
            "campaign": "hanoi-2020",
            "unit": "Q009",
            "version": 2,
            "essay_id": "6f1d3f5e-3f0a-4a63-9a52-7d2f6c9a0b11",
            "contest": "essays",
            "mark": "86.5",
            "prize": None,
            "judged_at": "2020-07-02T15:00:00+07:00",
        },
    )

    mark: ExactDecimal = Field(description="The mark, on the scale that the plan states.")
    prize: Text | None = Field(default=None, description="The prize it was given.")
    judged_at: Moment = Field(description="When the mark was given.")


class CommendationProposed(UnitFact):
    """A unit proposed that an exemplar be commended."""

    event: ClassVar[str] = "commendation-proposed"
    aggregate_field: ClassVar[str] = "proposal_id"
    moment_field: ClassVar[str] = "proposed_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the proposal is stored",
        key="unit",
        content="who is proposed, by which unit, for which level of commendation",
        never="phone or address of the proposed",
        personal=True,
        example={
            "campaign": "hanoi-2020",
            "unit": "Q009",
            "version": 1,
            "proposal_id": "0b6a4dd2-4c1c-4a52-b7a8-1de40a1d4f11",
            "exemplar": {"kind": "collective", "name": "Tổ dân phố số 5"},
            "level": "city",
            "proposed_at": "2020-05-20T08:30:00+07:00",
        },
    )

    proposal_id: UUID = Field(description="The proposal.")
    exemplar: ExemplarName = Field(description="Who is proposed.")
    level: Literal["unit", "city", "state"] = Field(description="Who is asked to commend.")
    proposed_at: Moment = Field(description="When it was proposed.")

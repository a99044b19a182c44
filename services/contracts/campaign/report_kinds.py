"""Kinds of report that a plan declares: who sends one to whom, for which periods, with what fields.

Conference, contest and ceremony are events of their own and no kinds.
"""

from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from services.contracts.campaign.audience import Audience
from services.contracts.campaign.base import (
    CampaignModel,
    FieldName,
    LocalDay,
    Points,
    Slug,
    Text,
    at_most,
    fault,
)
from services.contracts.campaign.figure_catalogue import Periods, is_whole, known_periods
from services.contracts.wording import Bilingual

FieldType = Literal["text", "whole", "decimal", "date", "document", "choice", "yes-no"]

REPORT_SUBMITTED: Final = "report-submitted"
"""The event of every kind; `answers.FIELD` is one of its fields."""
ANSWER: Final = "answers."
"""What the name of a field of the report begins with in rules."""
LONGEST_TEXT = 4000
"""Characters of a text, the most that a fact carries."""

_LIMITS: Final[dict[str, tuple[FieldType, ...]]] = {
    "min": ("whole", "decimal"),
    "max": ("whole", "decimal"),
    "longest": ("text",),
    "not_before": ("date", "document"),
    "not_after": ("date", "document"),
    "choices": ("choice",),
}
"""Which types a limit goes with."""

Receiver = Annotated[str, StringConstraints(pattern=r"^(parent|root|[A-Z0-9.]{1,32})$")]


class ReportField(CampaignModel):
    """One field that a report is filled in with."""

    id: FieldName
    title: Bilingual
    type: FieldType
    required: bool = Field(default=True, description="Whether a report without it is refused.")
    personal: bool = Field(
        default=False,
        description="Whether it is about a person: kept apart, never published, and read by the"
        " unit and the Board alone.",
    )
    min: Points | None = Field(default=None, description="The lowest number that is taken.")
    max: Points | None = Field(default=None, description="The highest number that is taken.")
    longest: int | None = Field(
        default=None, ge=1, le=LONGEST_TEXT, description="The longest text, in characters."
    )
    not_before: LocalDay | None = Field(default=None, description="The first day that is taken.")
    not_after: LocalDay | None = Field(default=None, description="The last day that is taken.")
    choices: dict[Slug, Bilingual] = Field(
        default={}, description="What can be chosen: code and title."
    )

    @model_validator(mode="after")
    def _suits(self) -> Self:
        for key, types in _LIMITS.items():
            if getattr(self, key) not in (None, {}) and self.type not in types:
                fault(
                    f"{key} chỉ dùng cho type {', '.join(types)}; bỏ khóa này",
                    f"{key} goes with the type {', '.join(types)} only: remove it",
                )
        if self.type == "choice" and not self.choices:
            fault(
                "type choice cần choices: mỗi dòng một mã: {vi: …, en: …}",
                "the type choice needs choices: a line code: {vi: …, en: …} for each",
            )
        for name in ("min", "max"):
            bound = getattr(self, name)
            if self.type == "whole" and bound is not None and not is_whole(bound):
                fault(f"{name} phải là số nguyên", f"{name} must be a whole number")
        _ascending(self.min, self.max, "min", "max")
        _ascending(self.not_before, self.not_after, "not_before", "not_after")
        return self


class ReportKind(Audience):
    """A report that some units send: once, or once for each period."""

    id: Slug
    title: Bilingual
    source: Text | None = Field(default=None, description="The document's words about it.")
    receiver: Receiver = Field(
        default="parent",
        description="Whom it goes to: parent (the unit above), root (the top of the tree), or the"
        " code of a unit.",
    )
    periods: Periods = Field(
        default=(),
        description="Kinds of periods, or single ones, for each of which it is sent once; absent:"
        " once in the campaign.",
    )
    day_of_act: FieldName | None = Field(
        default=None,
        description="The date field that says on which day it was done, by which an option with"
        " counted_by: act counts.",
    )
    fields: Annotated[tuple[ReportField, ...], at_most(200)] = Field(min_length=1)

    def field(self, field_id: str) -> ReportField | None:
        """The field of that id."""
        return next((field for field in self.fields if field.id == field_id), None)

    def known_periods(self, opens: date, closes: date) -> tuple[str, ...]:
        """Every period for which it is sent; none for a report that is sent once."""
        return known_periods(self.periods, opens, closes)


class Returned(CampaignModel):
    """What it means for a report that the Board returned it, and the unit sent it again."""

    counts: Literal["first", "last"] = Field(
        default="first",
        description="The day that counts: of the first sending, or of the last one.",
    )


def _ascending(low: object, high: object, first: str, last: str) -> None:
    if low is not None and high is not None and low > high:  # type: ignore[operator]
        fault(f"{first} lớn hơn {last}; sửa một trong hai", f"{first} is above {last}: correct one")

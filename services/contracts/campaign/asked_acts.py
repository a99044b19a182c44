"""What an option of an obligation asks for: which acts count, and how many of them or how much.

Several options are one of them, several parts of an option (`also`) are all of them.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self, TypedDict, Unpack

from pydantic import Field, model_validator

from services.contracts.campaign.base import (
    CampaignModel,
    EventName,
    FigureName,
    Points,
    Slug,
    Text,
    at_most,
    fault,
)
from services.contracts.events.base import UnitCode

ActForm = Literal["held", "written", "recorded", "press"]
"""A form of a conference (held, written) or of an essay (written, recorded, press)."""

ESSAY_SUBMITTED = "essay-submitted"
PROPOSED = "commendation-proposed"
FIGURE_REPORTED = "figure-reported"

_MOST = 1_000


class ActTraits(TypedDict, total=False):
    """What is known of an act beside its event and form; absent: it has none."""

    report: str | None
    period: str | None
    mark: Decimal | None
    figure: str | None
    contest: str | None


class UnitTarget(CampaignModel):
    """How much it is for some units, where that differs."""

    kinds: Annotated[tuple[Slug, ...], at_most(1_000)] = Field(
        default=(), description="Kinds of units that it is for."
    )
    units: Annotated[tuple[UnitCode, ...], at_most(1_000)] = Field(
        default=(), description="Codes of units that it is for."
    )
    at_least: int | None = Field(
        default=None, ge=1, le=_MOST, description="How many acts, for these units."
    )
    reaches: Points | None = Field(
        default=None, description="What the figure must reach, for these units."
    )

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if bool(self.kinds) == bool(self.units):
            fault(
                "ghi kinds hoặc units, đúng một trong hai (loại đơn vị, hoặc mã đơn vị)",
                "say kinds or units, exactly one of the two",
            )
        if (self.at_least is None) == (self.reaches is None):
            fault(
                "ghi at_least (số lượng) hoặc reaches (mức của số liệu), đúng một trong hai",
                "say at_least or reaches, exactly one of the two",
            )
        return self


class AskedAct(CampaignModel):
    """Acts of one sort that an option asks for."""

    by: EventName = Field(description="The event that fulfils it.")
    forms: tuple[ActForm, ...] = Field(default=(), description="Forms that count; empty: any.")
    report: Slug | None = Field(
        default=None, description="With by: report-submitted: the kind of report, by its id."
    )
    contest: Slug | None = Field(
        default=None, description="With by: essay-submitted: the contest, by its id; absent: any."
    )
    period: Text | None = Field(
        default=None,
        description="The period whose report or figure counts; absent: that of any period.",
    )
    mark: Points | None = Field(
        default=None, description="With essays: only those count that have this mark at least."
    )
    at_least: int = Field(default=1, ge=1, le=_MOST, description="How many acts it takes.")
    figure: FigureName | None = Field(
        default=None, description="With by: figure-reported: the figure, by its name."
    )
    reaches: Points | None = Field(default=None, description="What the figure must reach.")
    targets: Annotated[tuple[UnitTarget, ...], at_most(200)] = Field(
        default=(), description="Units of which it asks more or less; the others as above."
    )

    def takes(self, event: str, form: str | None = None, **of: Unpack[ActTraits]) -> bool:
        """Whether an act of that event and form, or of that kind and period, counts here."""
        mark = of.get("mark")
        return (
            event == self.by
            and (not self.forms or form in self.forms)
            and self.report == of.get("report")
            and self.figure == of.get("figure")
            and (self.contest is None or self.contest == of.get("contest"))
            and (self.period is None or self.period == of.get("period"))
            and (self.mark is None or (mark is not None and mark >= self.mark))
        )

    def takes_essays_of(self, contest: str | None) -> bool:
        """Whether essays of that contest, or any where it is None, count here."""
        return self.by == ESSAY_SUBMITTED and (
            contest is None or self.contest is None or self.contest == contest
        )

    def how_many(self, unit: str, kind: str) -> int:
        """How many acts it takes of that unit, which is of that kind."""
        found = self._target(unit, kind)
        return self.at_least if found is None or found.at_least is None else found.at_least

    def how_much(self, unit: str, kind: str) -> Decimal | None:
        """What the figure must reach for that unit; None: it must be reported."""
        found = self._target(unit, kind)
        return self.reaches if found is None or found.reaches is None else found.reaches

    @property
    def is_one_act(self) -> bool:
        """Whether any one act that counts is enough, and goes on counting."""
        return (
            self.at_least == 1
            and not self.targets
            and self.mark is None
            and self.figure is None
            and not (self.by == ESSAY_SUBMITTED and (self.forms or self.contest))
        )

    def _target(self, unit: str, kind: str) -> UnitTarget | None:
        """Of its code before those of its kind."""
        for target in self.targets:
            if unit in target.units:
                return target
        return next((target for target in self.targets if kind in target.kinds), None)

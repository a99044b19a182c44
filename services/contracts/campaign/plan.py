"""plan.yaml: what a campaign asks of whom, and until when.

A year's official document becomes data here; the next year's needs another file and no code.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from services.contracts.campaign.asked_acts import ESSAY_SUBMITTED, AskedAct
from services.contracts.campaign.base import (
    CampaignModel,
    ClusterName,
    FigureName,
    LocalDay,
    Points,
    Slug,
    Text,
    at_most,
    fault,
    known_zone,
)
from services.contracts.campaign.deadlines import Deadline, days_late
from services.contracts.campaign.figure_catalogue import CataloguedFigure, takes_any
from services.contracts.campaign.report_kinds import ReportKind, Returned
from services.contracts.campaign.units import Audience, Unit
from services.contracts.events.base import CampaignId, ObligationId
from services.contracts.wording import Bilingual

Form = Literal["held", "written"]
"""How a conference was done: held, or assessed in writing instead."""
EssayForm = Literal["written", "recorded", "press"]


class OfficialDocument(CampaignModel):
    """The document that announced the campaign."""

    number: Text
    date: Annotated[LocalDay, Field(description="Day on which it was signed.")]
    title: Bilingual | None = None


class MarkScale(CampaignModel):
    """The lowest and the highest mark a jury may give an essay."""

    min: Points
    max: Points

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if self.min >= self.max:
            fault(
                "thang điểm bài dự thi: min phải nhỏ hơn max",
                "the scale of marks: min must be lower than max",
            )
        return self


class EssayRules(CampaignModel):
    """Which entries the contest takes."""

    levels: tuple[Slug, ...] = Field(min_length=1, description="Levels that may send entries.")
    forms: tuple[EssayForm, ...] = Field(min_length=1)
    max_words: int = Field(ge=1, description="Longest written entry, in words.")
    max_minutes: int = Field(ge=1, description="Longest recorded entry, in minutes.")
    barred: tuple[Slug, ...] = Field(default=(), description="Capacities that may not enter.")
    mark: MarkScale


class SameDay(CampaignModel):
    """How many essays there were on one day of last year."""

    day: LocalDay
    count: int = Field(ge=0)
    approximate: bool = Field(default=False, description="True where it was derived from a share.")
    note: Bilingual | None = None


class LastYear(CampaignModel):
    """What this year is compared with, as far as it is known."""

    total: int | None = Field(
        default=None, ge=0, description="Essays in the end; absent: not known."
    )
    press_works: int = Field(default=0, ge=0, description="Press works in the end.")
    same_day: tuple[SameDay, ...] = ()

    def on_same_day_as(self, day: date) -> SameDay | None:
        """Last year's count on the same day and month, where it is known."""
        for known in self.same_day:
            if (known.day.month, known.day.day) == (day.month, day.day):
                return known
        return None


class Option(AskedAct):
    """One of the things a unit may do to fulfil an obligation, with its own deadline."""

    id: ObligationId
    also: Annotated[tuple[AskedAct, ...], at_most(20)] = Field(
        default=(), description="What it takes beside that: all of it, whatever comes first."
    )
    counted_by: Literal["received", "held-on"] = Field(
        description="The day that counts: of receipt, or the day on which it was held."
    )
    reporting_grace_days: int = Field(
        default=0, ge=0, le=60, description="Days for reporting what was held in time."
    )
    city_document_required: bool = Field(
        default=False,
        description="Needs number and date of the document to the People's Committee.",
    )
    due: Deadline
    source: Text | None = Field(default=None, description="The document's words about this option.")

    @property
    def last_day(self) -> date:
        """The last day that counts as in time."""
        return self.due.last_day

    @property
    def last_reporting_day(self) -> date:
        """The last day on which what was done in time can be reported without being missed."""
        return self.due.last_day + timedelta(days=self.reporting_grace_days)

    def missed_at(self, zone: ZoneInfo) -> datetime:
        """00:00 local of the day after the last reporting day."""
        return Deadline(date=self.last_reporting_day, included=True).closes_at(zone)

    @property
    def parts(self) -> tuple[AskedAct, ...]:
        """Everything that it takes."""
        return (self, *self.also)

    @property
    def is_one_act(self) -> bool:
        """Whether any one act that goes this option is enough."""
        return not self.also and super().is_one_act

    def accepts(
        self,
        event: str,
        form: str | None = None,
        *,
        report: str | None = None,
        period: str | None = None,
        mark: Decimal | None = None,
        figure: str | None = None,
    ) -> bool:
        """Whether an act of that event, in that form, or of that kind and period, counts for a part
        of this option."""
        return any(
            part.takes(event, form, report=report, period=period, mark=mark, figure=figure)
            for part in self.parts
        )

    def days_late(self, counted_day: date) -> int:
        """Whole local days after this option's last day, at least 0."""
        return days_late(counted_day, self.last_day)


class OnlyIf(CampaignModel):
    """A condition on the unit's own state."""

    no_essays_by: LocalDay = Field(
        description="Owed when no essay came by the end of this local day."
    )


class ObligationPlan(Audience):
    """One thing that units owe, by one of several options."""

    id: ObligationId
    title: Bilingual
    source: Text = Field(description="The document's own words.")
    only_if: OnlyIf | None = None
    options: Annotated[tuple[Option, ...], at_most(50)] = Field(min_length=1)

    def applies_to(self, unit: Unit) -> bool:
        """Whether units of its level or kind owe it; a condition on its state comes on top."""
        return self.includes(unit)

    def option(self, option_id: str) -> Option:
        """The option with that id; raises KeyError."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)

    def option_for(
        self,
        event: str,
        form: str | None = None,
        *,
        report: str | None = None,
        period: str | None = None,
        mark: Decimal | None = None,
        figure: str | None = None,
    ) -> Option | None:
        """The option that an act of that event and form, or of that kind and period, goes, the
        first that accepts it."""
        return next(
            (
                one
                for one in self.options
                if one.accepts(event, form, report=report, period=period, mark=mark, figure=figure)
            ),
            None,
        )

    def is_by(self, event: str) -> bool:
        """Whether some acts of that event count."""
        return any(part.by == event for option in self.options for part in option.parts)

    @property
    def counts_acts(self) -> bool:
        """Whether it takes more to say that it is fulfilled than the first act that goes an
        option."""
        return not all(option.is_one_act for option in self.options)

    @property
    def last_option(self) -> Option:
        """The option that stays open longest: as long as it is open nothing is missed."""
        return max(self.options, key=lambda option: option.last_reporting_day)

    @property
    def last_essay_day(self) -> date | None:
        """The last day on which an essay fulfils it in time; None where no essay does."""
        days = (
            option.last_day
            for option in self.options
            if any(part.by == ESSAY_SUBMITTED for part in option.parts)
        )
        return max(days, default=None)

    def missed_at(self, zone: ZoneInfo) -> datetime:
        """When an open obligation is missed: once, when its last option is over."""
        return self.last_option.missed_at(zone)

    def with_deadlines(self, moved: Mapping[str, Deadline]) -> "ObligationPlan":
        """The same obligation under later documents; `moved`: new deadlines by ids of options."""
        options = tuple(
            option.model_copy(update={"due": moved[option.id]}) if option.id in moved else option
            for option in self.options
        )
        return self.model_copy(update={"options": options})


ObligationPlans = Annotated[tuple[ObligationPlan, ...], at_most(500)]
"""All that a plan asks."""
ReportKinds = Annotated[tuple[ReportKind, ...], at_most(200)]
"""All kinds of report of a plan."""


class Plan(CampaignModel):
    """One year's campaign."""

    campaign: CampaignId
    title: Bilingual
    short_title: Bilingual = Field(
        description="The campaign inside a sentence, like “đợt thi đua năm 2020”."
    )
    city: Bilingual = Field(description="The city inside a sentence, like “thành phố Hà Nội”.")
    board: Bilingual = Field(description="The standing body that runs the campaign.")
    council: Bilingual = Field(description="The council that the Board works for.")
    organiser: Bilingual = Field(description="Who organises the contest.")
    levels: dict[Slug, Bilingual] = Field(
        default={}, description="The title of each level of units.csv."
    )
    clusters: dict[ClusterName, Bilingual] = Field(
        default={}, description="The title of each cluster of units.csv."
    )
    figures: dict[FigureName, CataloguedFigure] = Field(
        default={},
        description="The figures that are reported, by name; {}: none. Absent, or titles alone:"
        " any.",
    )
    reports: ReportKinds = Field(
        default=(), description="The kinds of report that units send beside those of the system."
    )
    returned: Returned = Field(
        default=Returned(), description="What counts of a report that was returned and sent again."
    )
    timezone: Annotated[str, AfterValidator(known_zone)]
    document: OfficialDocument
    opens: LocalDay = Field(description="First day on which anything is accepted.")
    closes: LocalDay = Field(description="Last day on which anything is accepted, late or not.")
    contest_ends: Deadline
    essays: EssayRules
    last_year: LastYear = Field(
        default=LastYear(), description="What this year is compared with; absent: nothing known."
    )
    approaching_days: Annotated[tuple[Annotated[int, Field(ge=1, le=90)], ...], at_most(90)] = (
        Field(description="How many days before the last day in time to remind.")
    )
    obligations: Annotated[ObligationPlans, Field(min_length=1)]

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days are the campaign's days."""
        return ZoneInfo(self.timezone)

    def level_title(self, level: str) -> Bilingual:
        """The title of a level of units; the word itself where the plan has none."""
        return self.levels.get(level) or Bilingual(level, level)

    def cluster_title(self, cluster: str) -> Bilingual:
        """The title of a cluster; its name where the plan has none."""
        return self.clusters.get(cluster) or Bilingual(cluster, cluster)

    def report_kind(self, kind: str) -> ReportKind | None:
        """The kind of report with that id."""
        return next((one for one in self.reports if one.id == kind), None)

    @property
    def takes_any_figure(self) -> bool:
        """Whether a figure that `figures` has not is taken all the same: no catalogue yet."""
        return takes_any(self.figures, given="figures" in self.model_fields_set)

    def obligation(self, obligation_id: str) -> ObligationPlan:
        """The obligation with that id; raises KeyError."""
        for obligation in self.obligations:
            if obligation.id == obligation_id:
                return obligation
        raise KeyError(obligation_id)

    def obligation_of_option(self, option_id: str) -> ObligationPlan:
        """The obligation that has an option with that id; raises KeyError."""
        for obligation in self.obligations:
            if any(option.id == option_id for option in obligation.options):
                return obligation
        raise KeyError(option_id)

    def obligations_of(self, unit: Unit) -> tuple[ObligationPlan, ...]:
        """What units of its level or kind owe, conditions on its state aside."""
        return tuple(o for o in self.obligations if o.applies_to(unit))

    def with_deadlines(self, moved: Mapping[str, Deadline]) -> "Plan":
        """The same plan under later documents; `moved` maps ids of options to new deadlines."""
        return self.model_copy(
            update={"obligations": tuple(o.with_deadlines(moved) for o in self.obligations)}
        )

"""plan.yaml: what a campaign asks of whom, and until when.

A year's official document becomes data here; the next year's needs another file and no code.
"""

from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from services.contracts.campaign.base import (
    CampaignModel,
    ClusterName,
    FigureName,
    LocalDay,
    MeasureName,
    Slug,
    Text,
    at_most,
    known_zone,
)
from services.contracts.campaign.contest import Contest, Contests
from services.contracts.campaign.deadlines import Deadline, DueAfter
from services.contracts.campaign.figure_catalogue import CataloguedFigure, takes_any
from services.contracts.campaign.last_year import LastYear
from services.contracts.campaign.measuring import Measure
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.periodic import ObligationPlans
from services.contracts.campaign.report_kinds import ReportKind, Returned
from services.contracts.campaign.units import Unit
from services.contracts.events.base import CampaignId
from services.contracts.wording import Bilingual

Form = Literal["held", "written"]
"""How a conference was done: held, or assessed in writing instead."""


class OfficialDocument(CampaignModel):
    """The document that announced the campaign."""

    number: Text
    date: Annotated[LocalDay, Field(description="Day on which it was signed.")]
    title: Bilingual | None = None


ReportKinds = Annotated[tuple[ReportKind, ...], at_most(200)]
"""All kinds of report of a plan."""


Measures = Annotated[dict[MeasureName, Measure], at_most(200)]
"""All measures of a plan."""


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
    organiser: Bilingual | None = Field(default=None, description="Who organises the contest.")
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
    measures: Measures = Field(
        default={}, description="What conditions of obligations read, by name."
    )
    returned: Returned = Field(
        default=Returned(), description="What counts of a report that was returned and sent again."
    )
    timezone: Annotated[str, AfterValidator(known_zone)]
    document: OfficialDocument
    opens: LocalDay = Field(description="First day on which anything is accepted.")
    closes: LocalDay = Field(description="Last day on which anything is accepted, late or not.")
    contests: Contests = Field(
        default=(), description="The essay contests; absent: the campaign takes no essays."
    )
    last_year: LastYear = Field(
        default=LastYear(), description="What this year is compared with; absent: nothing known."
    )
    approaching_days: Annotated[tuple[Annotated[int, Field(ge=1, le=90)], ...], at_most(90)] = (
        Field(description="How many days before the last day in time to remind.")
    )
    obligations: ObligationPlans

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

    def contest(self, contest_id: str) -> Contest | None:
        """The contest with that id."""
        return next((one for one in self.contests if one.id == contest_id), None)

    @property
    def entry_levels(self) -> tuple[str, ...] | None:
        """The levels that may send essays or proposals; None: all, where there is no contest."""
        if not self.contests:
            return None
        return tuple(dict.fromkeys(level for one in self.contests for level in one.levels))

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

    @property
    def awaiting(self) -> Mapping[str, frozenset[str]]:
        """By obligation those that are locked together with it: whose last days depend on it and,
        where essays fulfil one of them, all that they fulfil."""
        found: dict[str, set[str]] = {}
        for planned in self.obligations:
            by_essays = planned.takes_essays_of(None)
            for name in planned.awaits:
                found.setdefault(name, set()).add(planned.id)
                if by_essays:
                    found[name] |= {
                        each.id for each in self.obligations if each.takes_essays_of(None)
                    }
        return {name: frozenset(names) for name, names in found.items()}

    def obligations_of(self, unit: Unit) -> tuple[ObligationPlan, ...]:
        """What is asked of units like this, conditions on its state aside."""
        return tuple(o for o in self.obligations if o.applies_to(unit))

    def with_deadlines(self, moved: Mapping[str, Deadline | DueAfter]) -> "Plan":
        """The same plan under later documents; `moved` maps ids of options to new deadlines."""
        return self.model_copy(
            update={"obligations": tuple(o.with_deadlines(moved) for o in self.obligations)}
        )

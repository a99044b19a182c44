"""A rule set: how one campaign makes points of facts; every choice has a default."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from services.contracts.campaign.base import (
    CampaignModel,
    ClusterName,
    CriterionId,
    MeasureName,
    Slug,
    known_zone,
)
from services.contracts.campaign.measuring.measures import FieldTest, LatestMeasure, Measure
from services.contracts.campaign.units import Unit, UnitTree
from services.contracts.events import ScoreEntered
from services.contracts.events.base import CampaignId
from services.contracts.rules.criteria import SCORERS, Entered, Stage, entered_measure
from services.contracts.rules.heads import ClusterHead, head_on
from services.contracts.rules.numbers import HUNDREDTHS, Rounding, lines_rounded
from services.contracts.rules.tables import Table
from services.contracts.titles import SCORING_STAGES
from services.contracts.wording import Bilingual


class FlagCandidates(CampaignModel):
    """Whom a cluster may propose for the emulation flag (cờ thi đua), which others award."""

    each_cluster: int = Field(
        default=0, ge=0, le=100, description="Units of this rank or better; 0: nobody."
    )
    levels: tuple[Slug, ...] = Field(
        default=(), description="Only units of these levels; empty: of any."
    )


def _score(criterion: Entered, stage: Stage, scorer: str | None = None) -> LatestMeasure:
    """The measure that the score entries of a criterion are, in one stage of scoring, or by one
    scorer."""
    given, title = SCORING_STAGES[stage], criterion.title
    if scorer is not None:
        given = Bilingual(f"điểm {scorer} chấm", f"the mark of {scorer}")
    by = (
        FieldTest(field="stage", equals=stage)
        if scorer is None
        else FieldTest(field="scorer", equals=scorer)
    )
    return LatestMeasure(
        kind="latest",
        title=Bilingual(f"{given.vi} tiêu chí “{title.vi}”", f"{given.en} for “{title.en}”"),
        of=ScoreEntered.event,
        field="points",
        where=(
            FieldTest(field="criterion", equals=criterion.id),
            by,
        ),
    )


def _scores(criterion: Entered) -> Iterator[tuple[str, Measure]]:
    for stage in criterion.stages:
        if stage != SCORERS:
            yield entered_measure(criterion.id, stage), _score(criterion, stage)
            continue
        for scorer in criterion.scored_by.codes if criterion.scored_by else ():
            yield (
                entered_measure(criterion.id, stage, scorer),
                _score(criterion, stage, scorer),
            )


class RuleSet(CampaignModel):
    """How one campaign makes points of facts."""

    rule_set: Slug
    sample: bool = Field(description="True where it is nobody's official table; shown everywhere.")
    title: Bilingual
    campaign: CampaignId
    timezone: Annotated[str, AfterValidator(known_zone)] = Field(
        default="Asia/Ho_Chi_Minh", description="Whose days count; as in the plan."
    )
    ties: Literal["shared", "dense"] = Field(
        default="shared",
        description="shared: equal totals share a rank, 1, 2, 2, 4; dense: 1, 2, 2, 3.",
    )
    tie_break: tuple[CriterionId, ...] = Field(
        default=(),
        description="Groups or criteria whose points decide between equal totals, in this order.",
    )
    not_assigned: Literal["rescale", "as-is"] = Field(
        default="rescale",
        description="What ranks and levels are read from where criteria are not assigned:"
        " rescale: the total on the scale of the whole table; as-is: the total.",
    )
    rounding: Rounding = Field(default=HUNDREDTHS, description="Of totals.")
    line_rounding: Rounding | None = Field(
        default=None,
        description="Of each criterion's points; absent: hundredths, or as `rounding` where that is"
        " finer, so that a reader can add lines up by hand.",
    )
    each_table_counts: Literal["all-work", "work-of-its-days"] = Field(
        default="all-work",
        description="Where tables follow each other inside the year. all-work: the later table"
        " counts everything once more; work-of-its-days: each table counts the work of the days on"
        " which it is in force, and a unit's total is the sum.",
    )
    flag_candidates: FlagCandidates = FlagCandidates()
    cluster_heads: dict[ClusterName, ClusterHead] = Field(
        default={},
        description="The unit that enters the scores of its cluster, its head; a list of `unit` and"
        " `from` where it changes.",
    )
    measures: dict[MeasureName, Measure]
    tables: tuple[Table, ...] = Field(min_length=1)

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days are the campaign's days."""
        return ZoneInfo(self.timezone)

    @cached_property
    def lines_rounded(self) -> Rounding:
        """How each criterion's points are rounded, unless it says otherwise."""
        return lines_rounded(self.rounding, self.line_rounding)

    @cached_property
    def measured(self) -> Mapping[str, Measure]:
        """All measures by name: the declared ones, and the scores that people enter."""
        return {**self.measures, **dict(self._entered())}

    @cached_property
    def period_begins(self) -> tuple[date, ...]:
        """The days on which a period of tables begins, but the first one; none where the later
        table counts all work."""
        if self.each_table_counts == "all-work":
            return ()
        days = {day for table in self.tables for day in (table.valid_from, table.valid_to)}
        return tuple(sorted(day for day in days if day is not None))

    def measure_title(self, name: str) -> Bilingual:
        """What people call a measure; its name where the rule set has no title for it."""
        return self.measured[name].title or Bilingual(name, name)

    def _entered(self) -> Iterator[tuple[str, Measure]]:
        for table in self.tables:
            for criterion in table.criteria:
                if isinstance(criterion, Entered):
                    yield from _scores(criterion)

    def head_of(self, cluster: str, day: date, units: UnitTree) -> Unit | None:
        """The head of a cluster on that local day; None where none is named or exists.

        Who took over from a head that ended is the head, while it is of the cluster.
        """
        named = self.cluster_heads.get(cluster)
        code = head_on(named, day) if named is not None else None
        head = units.holder(code, day) if code is not None else None
        return head if head is not None and head.cluster == cluster else None

    def table_for(self, unit: Unit, day: date | None) -> Table | None:
        """The table that scores the unit on that local day; None for a unit that is not scored.

        Without a day the table that is in force last, whether it has an end or not.
        """
        if day is None:
            of_unit = [table for table in self.tables if table.applies_to.includes(unit)]
            return max(of_unit, key=lambda table: table.valid_to or date.max, default=None)
        return next((table for table in self.tables if table.applies(unit, day)), None)

    def table(self, table: str) -> Table | None:
        """A table by its id; None where there is no such table, in another edition of the rules."""
        return next((found for found in self.tables if found.id == table), None)

    def content(self) -> dict[str, Any]:
        """All of it as JSON, without what has its default."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    def digest(self) -> str:
        """SHA-256 (hexadecimal) of the content: comments, order of keys and "7.50" change nothing.

        The order of tables, groups, criteria and steps is content: it is the printed table's. What
        has its default is left out, so that a key of a later release changes no digest.
        """
        canonical = json.dumps(
            self.content(), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        return hashlib.sha256(canonical.encode()).hexdigest()

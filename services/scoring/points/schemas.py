"""What the API answers. Points are decimal strings, texts Vietnamese with English beside."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from services.campaigns.ended import EndedOut
from services.contracts.rules import Stage
from services.contracts.wording import Bilingual
from services.scoring.as_of.schemas import AsOfOut
from services.scoring.schemas import Points, RuleSetOut, SubtotalOut, YearPartOut

_SIMULATED = Field(
    description="True where simulated facts are counted; shown wherever it is shown."
)
_UP_TO_DATE = Field(
    description="False for the moment between a fact's arrival and the points that count it."
)


class StandingOut(BaseModel):
    """One unit in the standings of its cluster."""

    rank: int = Field(ge=1, description="Equal totals share a rank: 1, 2, 2, 4.")
    unit: str = Field(examples=["Q009"])
    name: str
    total: Points
    maximum: Points
    level: str | None = Field(examples=["excellent"])
    level_title: Bilingual | None
    flag_candidate: bool = Field(
        description="Whether its cluster may propose it for the emulation flag."
    )
    version: int | None = Field(
        ge=1, description="Grows with each change of the unit's points; null with `as_of`."
    )


class ClusterOut(BaseModel):
    """One cluster, best first."""

    cluster: str = Field(examples=["urban-districts"])
    title: Bilingual = Field(description="What people call the cluster.")
    digest: str
    simulated: bool = _SIMULATED
    up_to_date: bool = _UP_TO_DATE
    computed_at: datetime
    units: list[StandingOut]


class StandingsOut(BaseModel):
    """Standings of a campaign."""

    campaign: str = Field(examples=["hanoi-2020"])
    rule_set: RuleSetOut
    simulated: bool = _SIMULATED
    as_of: AsOfOut | None = Field(default=None, description="With `as_of`.")
    clusters: list[ClusterOut]


class FactOut(BaseModel):
    """A fact that a line is computed from."""

    id: str = Field(description="Event id, as on the topic.")
    unit: str = Field(description="Whose it is: the unit's, or that of one that it took over.")
    type: str = Field(examples=["vn.gov.hanoi.thidua.essay-judged.v1"])
    time: datetime = Field(description="When it happened, in the domain's time.")
    record: str = Field(description="The essay, report, obligation … that it is about.")
    version: int
    simulated: bool = _SIMULATED
    work_day: date | None = Field(
        default=None,
        description="Where each table counts the work of its days: the day of the work, by which it"
        " is of this table.",
    )
    carried_over: bool = Field(
        default=False,
        description="True where the fact happened in another part of the year than the one in which"
        " its work counts: an essay of May that was marked in July.",
    )


class LaterFactOut(FactOut):
    """A fact that was not yet known."""

    known_since: datetime


class UnitAsOfOut(AsOfOut):
    """The same for one unit, with the facts that were not yet known."""

    not_yet_known: list[LaterFactOut] = Field(
        description="The unit's facts that came later, the first 100 of them."
    )


class HeldOut(BaseModel):
    """A measure that counts as one of the ends that the rule set gives it."""

    measure: str
    title: Bilingual
    value: str = Field(description="What it would be.", examples=["16666.666666…"])
    counts_as: str = Field(examples=["100"])


class MetConditionOut(BaseModel):
    """A condition that a measure behind the line counts."""

    measure: str
    condition: Bilingual
    met: bool


class MarkOut(BaseModel):
    """A score that somebody entered for the criterion, behind the line."""

    fact: str = Field(description="Event id of the fact.")
    unit: str = Field(description="Whose it is: the unit's, or that of one that it took over.")
    stage: Stage
    scorer: str | None = Field(description="In the stage `scorers`: as the rule set names it.")
    scorer_name: str | None
    points: str
    reason: str
    evidence: str
    entered_by: str | None = Field(description="Who answers for it; null: the Board.")


class LineOut(BaseModel):
    """Points for one criterion, and why."""

    criterion: str = Field(examples=["I.1"])
    title: Bilingual
    kind: str = Field(examples=["linear"], description="Kind of rule.")
    rule: Bilingual = Field(description="The rule in words.")
    legal_source: str
    points: Points
    maximum: Points
    assigned: bool = Field(description="False where the criterion does not apply to the unit.")
    inputs: dict[str, str] = Field(description="What went into the formula, by name.")
    formula: Bilingual = Field(description="The formula with its numbers.")
    facts: list[FactOut] = Field(
        description="Facts of the unit, and of those that it took over, behind it; oldest first."
    )
    conditions: list[MetConditionOut] = Field(
        default=[], description="Conditions that measures behind it count, met or not."
    )
    held: list[HeldOut] = Field(
        default=[],
        description="Measures behind it that were held at an end (`at_least`, `at_most`).",
    )
    marks: list[MarkOut] = Field(
        default=[],
        description="Scores that people entered for it, each with its reason and evidence; which of"
        " them count, and how, is in `formula`.",
    )
    set_aside: list[FactOut] = Field(
        default=[],
        description="Facts that do not count, because the rule set says that their number is whole"
        " and it has a fraction; oldest first.",
    )


class GroupOut(BaseModel):
    """One group of criteria."""

    group: str = Field(
        examples=["I"], description="Of several parts with the table: `first-half/I`; so lines too."
    )
    table: str = Field(description="Table that it is of.")
    title: Bilingual
    points: Points
    maximum: Points
    capped: bool = Field(description="True where the lines add up to more than the group gives.")
    lines: list[LineOut] = Field(description="Of all its criteria, those of groups in it included.")
    subtotals: list[SubtotalOut] = Field(
        default=[],
        description="Of the groups in it at every depth, each before those in it.",
    )


class KnockOutOut(BaseModel):
    """What forces the unit's level, whatever its total."""

    id: str
    title: Bilingual
    rule: Bilingual = Field(description="Its condition in words.")
    legal_source: str
    level: str = Field(description="The level that it forces.")
    facts: list[FactOut] = Field(description="Facts of the unit that decide it, oldest first.")


class TookOverOut(BaseModel):
    """A unit that is no more, and whose facts count for the one that took over."""

    unit: str
    name: str


class UnitPointsOut(BaseModel):
    """A unit's points, line by line, each with rule, legal source and facts."""

    campaign: str
    unit: str
    name: str
    cluster: str
    cluster_title: Bilingual
    rule_set: RuleSetOut
    table: str = Field(description="Of several parts the last.")
    table_title: Bilingual
    parts: list[YearPartOut] = Field(
        default=[],
        description="Where each table counts the work of its days, and there are several: what each"
        " gave. The unit's total is their sum.",
    )
    simulated: bool = _SIMULATED
    up_to_date: bool = _UP_TO_DATE
    version: int | None = Field(description="Null with `as_of`.")
    rank: int
    units_in_cluster: int
    total: Points
    maximum: Points
    comparable: Points = Field(
        description="The total on the whole table's scale, where a criterion is not assigned; ranks"
        " and levels are read from it."
    )
    level: str | None
    level_title: Bilingual | None
    knocked_out: list[KnockOutOut] = Field(description="Knock-outs that force the level.")
    took_over: list[TookOverOut] = Field(
        description="Units that are no more, and whose facts count for this one."
    )
    flag_candidate: bool
    digest: str
    computed_at: datetime
    as_of: UnitAsOfOut | None = Field(default=None, description="With `as_of`.")
    groups: list[GroupOut]
    counts_later: list[FactOut] = Field(
        default=[],
        description="Facts of work whose table is not in force yet, the first 100 of them: they"
        " count from its first day on.",
    )


class PastPointsOut(BaseModel):
    """One version of a unit's points."""

    version: int
    computed_at: datetime
    total: Points
    maximum: Points
    rank: int
    level: str | None
    digest: str
    lines: dict[str, str] = Field(description="Points by criterion.", examples=[{"I.1": "12.5"}])


class HistoryOut(BaseModel):
    """How a unit's points came about, newest first."""

    campaign: str
    unit: str
    rule_set: RuleSetOut = Field(description="In force now; older versions may be by another.")
    simulated: bool = _SIMULATED
    versions: list[PastPointsOut]
    more: bool = Field(description="True where older versions follow: ask with `before`.")
    ended: EndedOut | None = Field(description="What became of a unit that is no more.")


class DigestOut(BaseModel):
    """One number for all standings: equal exactly when every rank, total and line is."""

    campaign: str
    digest: str
    rule_set: str
    rules_digest: str
    up_to_date: bool = _UP_TO_DATE
    clusters: dict[str, str] = Field(description="Digest by cluster.")


class LatencyOut(BaseModel):
    """From the record of a fact to the points that count it, in this process since its start."""

    samples: int = Field(description="Facts counted by this process.")
    kept: int = Field(description="The latest of them, from which the percentiles are exact.")
    p50_ms: float | None
    p99_ms: float | None
    longest_ms: float | None
    since: datetime

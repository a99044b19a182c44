"""What a what-if is asked with and answers. Points are decimal strings."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.contracts.campaign import RuleSet
from services.contracts.rules import Criterion
from services.contracts.wording import Bilingual
from services.scoring.api.standings import table_of
from services.scoring.api.views import Points
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.compare import Cause, LineChange, Mover
from services.scoring.engine.results import Line, UnitPoints
from services.scoring.queries.what_if import WhatIf


class WhatIfIn(BaseModel):
    """A draft rule set."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"rules": "rule_set: hanoi-2021-draft\nsample: true\n…"}]},
    )

    rules: str = Field(min_length=1, description="The content of a rules.yaml, as it is written.")


class RulesComparedOut(BaseModel):
    """One of the two rule sets."""

    id: str = Field(examples=["hanoi-2020-sample"])
    title: Bilingual
    sample: bool
    digest: str


class PlaceOut(BaseModel):
    """Where a unit stands by one of the two."""

    rank: int
    total: Points
    maximum: Points
    level: str | None
    flag: bool


class LineChangeOut(BaseModel):
    """A criterion that did it."""

    criterion: str = Field(examples=["I.1"])
    title: Bilingual
    change: Literal["other-points", "new", "gone"] = Field(
        description="`new`: the table in force has no such criterion; `gone`: the draft has none."
    )
    before: Points | None = Field(description="Null where the table has no such criterion.")
    after: Points | None
    points: Points = Field(description="How much more it gives; negative: less.")


class MoverOut(BaseModel):
    """A unit whose total, rank, level or flag changes."""

    unit: str = Field(examples=["Q009"])
    name: str
    cluster: str
    before: PlaceOut | None = Field(description="Null: not scored by the rules in force.")
    after: PlaceOut | None = Field(description="Null: not scored by the draft.")
    places: int = Field(description="Places up; negative: down.")
    points: Points = Field(description="How much its total grows; negative: shrinks.")
    lines: list[LineChangeOut] = Field(description="The largest change first.")
    causes: list[Cause] = Field(
        description="lines: the criteria above; caps: a group's cap takes another part; total: cap"
        " or rounding of the total; scale: the maximum that totals are compared on; knock-outs;"
        " levels: the bands of levels; others: nothing of its own, other units moved, or the rules"
        " of ties and flags are others."
    )


class LevelChangeOut(BaseModel):
    """How many units go from one level to another."""

    before: str | None
    after: str | None
    units: int


class LeadersOut(BaseModel):
    """A cluster that others lead than before; more than one unit where they share the place."""

    cluster: str
    before: list[str]
    after: list[str]


class WhatIfOut(BaseModel):
    """What the draft would change. Nothing was stored."""

    campaign: str
    asked_at: datetime
    present: RulesComparedOut = Field(description="The rules in force.")
    draft: RulesComparedOut
    simulated: bool = Field(description="True where simulated facts are counted.")
    facts: int = Field(description="Facts of the season that were read.")
    units: int = Field(description="Units that are scored by one of both.")
    moved: int = Field(description="Units whose total, rank, level or flag changes.")
    moved_by_unit_level: dict[str, int] = Field(
        description="The same by level of the unit.", examples=[{"upper": 12, "commune": 3}]
    )
    levels: list[LevelChangeOut]
    leaders: list[LeadersOut]
    movers: list[MoverOut] = Field(
        description="Those that come or go first, then by places, then by points, most first."
    )


def what_if_out(found: WhatIf) -> WhatIfOut:
    """The answer."""
    said = found.comparison
    by_level: dict[str, int] = {}
    for mover in said.movers:
        level = found.draft.units[mover.unit].level
        by_level[level] = by_level.get(level, 0) + 1
    return WhatIfOut(
        campaign=found.present.campaign,
        asked_at=found.asked_at,
        present=_rules_out(found.present.rules),
        draft=_rules_out(found.draft.rules),
        simulated=found.simulated,
        facts=found.facts,
        units=said.units,
        moved=len(said.movers),
        moved_by_unit_level=by_level,
        levels=[
            LevelChangeOut(before=before, after=after, units=units)
            for (before, after), units in said.levels.items()
        ],
        leaders=[
            LeadersOut(cluster=one.cluster, before=list(one.before), after=list(one.after))
            for one in said.leaders
        ],
        movers=[_mover_out(found, mover) for mover in said.movers],
    )


def _rules_out(rules: RuleSet) -> RulesComparedOut:
    return RulesComparedOut(
        id=rules.rule_set, title=rules.title, sample=rules.sample, digest=rules.digest()
    )


def _mover_out(found: WhatIf, mover: Mover) -> MoverOut:
    return MoverOut(
        unit=mover.unit,
        name=found.draft.units[mover.unit].name,
        cluster=mover.cluster,
        before=_place_out(mover.before),
        after=_place_out(mover.after),
        places=mover.places,
        points=mover.points,
        lines=[_line_out(found, mover, line) for line in mover.lines],
        causes=list(mover.causes),
    )


def _place_out(points: UnitPoints | None) -> PlaceOut | None:
    if points is None:
        return None
    return PlaceOut(
        rank=points.rank,
        total=points.total,
        maximum=points.maximum,
        level=points.level,
        flag=points.flag,
    )


def _line_out(found: WhatIf, mover: Mover, line: LineChange) -> LineChangeOut:
    criterion = _criterion(found.draft, mover.after, line.after) or _criterion(
        found.present, mover.before, line.before
    )
    if criterion is None:
        raise LookupError(f"{line.criterion} is in neither table of {mover.unit}")
    change: Literal["other-points", "new", "gone"] = "other-points"
    if line.before is None or line.after is None:
        change = "new" if line.before is None else "gone"
    return LineChangeOut(
        criterion=line.criterion,
        title=criterion.title,
        change=change,
        before=line.before.points if line.before else None,
        after=line.after.points if line.after else None,
        points=line.points,
    )


def _criterion(
    snapshot: CampaignSnapshot, points: UnitPoints | None, line: Line | None
) -> Criterion | None:
    if points is None or line is None:
        return None
    return next(one for one in table_of(snapshot, points).criteria if one.id == line.criterion)

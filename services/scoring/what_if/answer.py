"""A what-if as an answer over HTTP."""

from typing import Literal

from services.contracts.rules import Criterion, RuleSet
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.compare import LineChange, Mover
from services.scoring.engine.parts import table_and_id
from services.scoring.engine.results import Line, UnitPoints
from services.scoring.what_if.comparison import WhatIf
from services.scoring.what_if.schemas import (
    LeadersOut,
    LevelChangeOut,
    LineChangeOut,
    MoverOut,
    PlaceOut,
    RulesComparedOut,
    WhatIfOut,
)


def what_if_out(found: WhatIf) -> WhatIfOut:
    """The answer."""
    change = found.change
    by_level: dict[str, int] = {}
    for mover in change.movers:
        level = found.draft.units[mover.unit].level
        by_level[level] = by_level.get(level, 0) + 1
    return WhatIfOut(
        campaign=found.draft.campaign,
        asked_at=found.asked_at,
        present=_rules_out(found.present.rules) if found.present else None,
        draft=_rules_out(found.draft.rules),
        simulated=found.simulated,
        facts=found.facts,
        units=change.units,
        moved=len(change.movers),
        moved_by_unit_level=by_level,
        levels=[
            LevelChangeOut(before=before, after=after, units=units)
            for (before, after), units in change.levels.items()
        ],
        leaders=[
            LeadersOut(cluster=one.cluster, before=list(one.before), after=list(one.after))
            for one in change.leaders
        ],
        movers=[_mover_out(found, mover) for mover in change.movers],
    )


def _rules_out(rules: RuleSet) -> RulesComparedOut:
    return RulesComparedOut(
        id=rules.rule_set, title=rules.title, sample=rules.sample, digest=rules.digest()
    )


def _mover_out(found: WhatIf, mover: Mover) -> MoverOut:
    return MoverOut(
        unit=mover.unit,
        name=found.draft.unit(mover.unit).name,
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
        flag_candidate=points.flag_candidate,
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
    snapshot: CampaignSnapshot | None, points: UnitPoints | None, line: Line | None
) -> Criterion | None:
    if snapshot is None or points is None or line is None:
        return None
    named, id_ = table_and_id(line.criterion)
    table = snapshot.rules.table(named) if named else snapshot.table_of(points)
    return next(one for one in table.criteria if one.id == id_) if table else None

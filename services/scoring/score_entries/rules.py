"""What a score entry must be to be taken. Pure; rule ids are those of docs/scoring.md.

Source: the rule set, which says which criteria people decide, in which stages and on which scale.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from services.chassis.problems import Faults
from services.contracts.campaign import Unit
from services.contracts.rules import Criterion, Group, RuleSet, Stage
from services.contracts.rules.criteria import SCORERS, Entered
from services.contracts.titles import SCORING_STAGES
from services.contracts.wording import day_en, day_vi, number_en, number_vi
from services.measuring.values import Values
from services.scoring.engine.assignment import assigned
from services.scoring.engine.parts import YearPart
from services.scoring.engine.rounding import rounded


def check_open(faults: Faults, opens: date, day: date) -> None:
    """Scores are entered from the campaign's first day on, and after its last: the year is reviewed
    when it is over."""
    if day < opens:
        faults.add(
            "",
            f"Đợt thi đua bắt đầu từ ngày {day_vi(opens)}. Nhập điểm từ ngày này trở đi.",
            f"The campaign opens on {day_en(opens)}: enter scores from that day on.",
            rule="campaign.open",
        )


def check_simulated(faults: Faults, simulated: bool, *, allowed: bool) -> None:
    """Production has no simulated data."""
    if simulated and not allowed:
        faults.add(
            "/simulated",
            "Hệ thống chính thức không tiếp nhận dữ liệu mô phỏng. Bỏ trường này.",
            "Production takes no simulated data: leave this out.",
            rule="data.simulated",
        )


class ToScore(NamedTuple):
    """A criterion that people decide, where it is."""

    part: YearPart
    groups: Sequence[Group]
    criterion: Entered


def criterion_to_score(faults: Faults, parts: Sequence[YearPart], wanted: str) -> ToScore | None:
    """The criterion that people decide, in the table of one of the unit's parts, the last one
    first; else a fault and None."""
    listed_vi, listed_en = _listed(parts)
    for part in reversed(parts):
        for groups, criterion, _ in part.table.placed:
            if criterion.id == wanted and isinstance(criterion, Entered):
                return ToScore(part, groups, criterion)
    if any(criterion.id == wanted for part in parts for criterion in part.table.criteria):
        faults.add(
            "/criterion",
            f"Tiêu chí {wanted} do hệ thống tính tự động, không nhập điểm. {listed_vi}.",
            f"Criterion {wanted} is computed automatically, nobody enters it. {listed_en}.",
            rule="score-entries.kind",
        )
        return None
    title = parts[-1].table.title
    faults.add(
        "/criterion",
        f"{title.vi} không có tiêu chí {wanted}. {listed_vi}.",
        f"{title.en} has no criterion {wanted}. {listed_en}.",
        rule="score-entries.criterion",
    )
    return None


def _listed(parts: Sequence[YearPart]) -> tuple[str, str]:
    """What people enter by these tables, in words: Vietnamese, English."""
    criteria = [one for part in parts for one in part.table.criteria]
    ids = ", ".join(one.id for one in criteria if isinstance(one, Entered))
    if not ids:
        return "Bảng này không có tiêu chí nhập điểm", "People enter none of this table"
    return f"Tiêu chí nhập điểm: {ids}", f"People enter: {ids}"


def check_assigned(
    faults: Faults, groups: Sequence[Group], criterion: Criterion, unit: Unit, values: Values
) -> None:
    """The criterion applies to the unit; `values` are of all that its assignment asks."""
    if not all(assigned(each.assigned_to, unit, values) for each in (*groups, criterion)):
        faults.add(
            "/criterion",
            f"Tiêu chí {criterion.id} không áp dụng cho {unit.name_in_text}.",
            f"Criterion {criterion.id} is not assigned to {unit.name_in_text}.",
            rule="score-entries.assigned",
        )


def check_stage(faults: Faults, criterion: Entered, stage: Stage) -> None:
    """The criterion is scored in this stage."""
    if stage not in criterion.stages:
        had = [SCORING_STAGES[one] for one in criterion.stages]
        faults.add(
            "/stage",
            f"Tiêu chí {criterion.id} không có {SCORING_STAGES[stage].vi}. Có:"
            f" {', '.join(one.vi for one in had)}.",
            f"Criterion {criterion.id} has no {SCORING_STAGES[stage].en}; it has:"
            f" {', '.join(one.en for one in had)}.",
            rule="score-entries.stage",
        )


def check_scorer(
    faults: Faults, stage: Stage, asked: str | None, seats: Sequence[str]
) -> str | None:
    """As which scorer the mark is given: the only one that the caller is, or the one of several
    that it names; None in the other stages."""
    if stage != SCORERS:
        if asked is not None:
            faults.add(
                "/scorer",
                f"Chỉ ghi đơn vị chấm khi nhập {SCORING_STAGES[SCORERS].vi}. Bỏ trường này.",
                f"A scorer goes with the stage {SCORERS} only: leave this out.",
                rule="score-entries.scorer",
            )
        return None
    if asked in seats:
        return asked
    if asked is None and len(seats) == 1:
        return seats[0]
    named = ", ".join(seats)
    faults.add(
        "/scorer",
        f"Ghi rõ chấm với tư cách đơn vị nào: {named}.",
        f"Say as which scorer: {named}.",
        rule="score-entries.scorer",
    )
    return None


def check_points(
    faults: Faults,
    criterion: Entered,
    rules: RuleSet,
    points: Decimal,
    scorer: str | None = None,
) -> None:
    """The score lies on the criterion's scale, or the scorer's part of it, in steps to which its
    line is rounded."""
    low, high = criterion.minimum, criterion.maximum
    if scorer is not None and criterion.scored_by is not None:
        high = criterion.scored_by.most_of(scorer, high)
    if not low <= points <= high:
        faults.add(
            "/points",
            f"{number_vi(points)} nằm ngoài thang điểm từ {number_vi(low)} đến {number_vi(high)}.",
            f"{number_en(points)} is outside the scale from {number_en(low)} to {number_en(high)}.",
            rule="score-entries.scale",
        )
    step = criterion.rounding or rules.lines_rounded
    if rounded(points, step) != points:
        faults.add(
            "/points",
            f"{number_vi(points)} không phải bội số của {number_vi(step.to)}. Nhập theo bước đó.",
            f"{number_en(points)} is no multiple of {number_en(step.to)}: enter it in such steps.",
            rule="score-entries.step",
        )

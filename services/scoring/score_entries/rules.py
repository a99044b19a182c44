"""What a score entry must be to be taken. Pure; rule ids are those of docs/scoring.md.

Source: the rule set, which says which criteria people decide, in which stages and on which scale.
"""

from datetime import date
from decimal import Decimal

from services.chassis.problems import Faults
from services.contracts.campaign import RuleSet, Unit
from services.contracts.rules import Criterion, Entered, Group, Stage, Table
from services.contracts.wording import plain
from services.scoring.engine.assignment import assigned
from services.scoring.engine.measures import Values
from services.scoring.engine.rounding import rounded


def check_open(faults: Faults, campaign: str, opens: date, day: date) -> None:
    """Scores are entered from the campaign's first day on, and after its last: the year is reviewed
    when it is over."""
    if day < opens:
        faults.add(
            "",
            f"Đợt {campaign} mở từ {opens.day}/{opens.month}/{opens.year}; hãy chấm từ ngày đó.",
            f"Campaign {campaign} opens on {opens}: enter scores from that day on.",
            rule="campaign.open",
        )


def check_campaign(faults: Faults, campaign: str, named: str | None) -> None:
    """An entry names no other campaign."""
    if named not in (None, campaign):
        faults.add(
            "/campaign",
            f"Ở đây chỉ chấm đợt {campaign}; hãy sửa hoặc bỏ trường này.",
            f"The campaign that is scored here is {campaign}: correct or omit this.",
            rule="campaign.same",
        )


def check_simulated(faults: Faults, simulated: bool, *, allowed: bool) -> None:
    """Production has no simulated data."""
    if simulated and not allowed:
        faults.add(
            "/simulated",
            "Hệ thống chính thức không nhận dữ liệu mô phỏng; hãy bỏ trường này.",
            "Production takes no simulated data: leave this out.",
            rule="data.simulated",
        )


def criterion_to_score(faults: Faults, table: Table, wanted: str) -> tuple[Group, Entered] | None:
    """The criterion of the unit's table that people decide, in its group; else a fault and None."""
    listed_vi, listed_en = _listed(table)
    for group in table.groups:
        for criterion in group.criteria:
            if criterion.id != wanted:
                continue
            if isinstance(criterion, Entered):
                return group, criterion
            faults.add(
                "/criterion",
                f"Tiêu chí {wanted} được tính từ dữ kiện ({criterion.kind}), không chấm tay;"
                f" {listed_vi}.",
                f"Criterion {wanted} is computed from facts ({criterion.kind}), nobody enters it;"
                f" {listed_en}.",
                rule="score-entries.kind",
            )
            return None
    faults.add(
        "/criterion",
        f"Bảng điểm hiện hành của đơn vị ({table.id}) không có tiêu chí {wanted}; {listed_vi}.",
        f"The unit's table of today ({table.id}) has no criterion {wanted}; {listed_en}.",
        rule="score-entries.criterion",
    )
    return None


def _listed(table: Table) -> tuple[str, str]:
    """What people enter by this table, in words: Vietnamese, English."""
    ids = ", ".join(one.id for one in table.criteria if isinstance(one, Entered))
    if not ids:
        return "bảng này không có tiêu chí nào chấm tay", "people enter none of this table"
    return f"chấm tay: {ids}", f"people enter: {ids}"


def check_assigned(
    faults: Faults, group: Group, criterion: Criterion, unit: Unit, values: Values
) -> None:
    """The criterion applies to the unit; `values` are of all that its assignment asks."""
    if not all(assigned(each.assigned_to, unit, values) for each in (group, criterion)):
        faults.add(
            "/criterion",
            f"Tiêu chí {criterion.id} không giao cho {unit.name}; không chấm được.",
            f"Criterion {criterion.id} is not assigned to {unit.name}: there is nothing to enter.",
            rule="score-entries.assigned",
        )


def check_stage(faults: Faults, criterion: Entered, stage: Stage) -> None:
    """The criterion is scored in this stage."""
    if stage not in criterion.stages:
        stages = ", ".join(criterion.stages)
        faults.add(
            "/stage",
            f"Tiêu chí {criterion.id} không có bước “{stage}”; có: {stages}.",
            f"Criterion {criterion.id} has no stage “{stage}”; it has: {stages}.",
            rule="score-entries.stage",
        )


def check_points(faults: Faults, criterion: Entered, rules: RuleSet, points: Decimal) -> None:
    """The score lies on the criterion's scale, in steps to which its line is rounded."""
    low, high = criterion.minimum, criterion.maximum
    if not low <= points <= high:
        faults.add(
            "/points",
            f"{plain(points)} nằm ngoài thang điểm từ {plain(low)} đến {plain(high)}.",
            f"{plain(points)} is outside of the scale: from {plain(low)} to {plain(high)}.",
            rule="score-entries.scale",
        )
    step = criterion.rounding or rules.lines_rounded
    if rounded(points, step) != points:
        faults.add(
            "/points",
            f"{plain(points)} không phải bội số của {plain(step.to)}; chấm theo bước đó.",
            f"{plain(points)} is no multiple of {plain(step.to)}: enter it in such steps.",
            rule="score-entries.step",
        )

"""Checks of `no_value`: it is given only where a criterion can meet nothing.

A count or a sum over no facts is 0, which is a number: there `no_value: not-assigned` would never
act, and units with nothing to count would be scored all the same.
"""

from collections.abc import Iterator
from decimal import Decimal

from services.contracts.campaign.document import Path
from services.contracts.campaign.measuring.proving.intervals import between
from services.contracts.campaign.measuring.proving.measure_values import MeasureValues, ValuesOf
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules import Measure, MeasureOperand, Operand
from services.contracts.rules.checks.tables import Tables, criteria_of
from services.contracts.rules.criteria import Ladder, Leader, Linear, Steps, TargetLeader


def check_no_value(
    tables: Tables | None, measures: FilePart[dict[str, Measure]] | None
) -> Iterator[FileProblem]:
    """A criterion that says what no value gives can be without one."""
    if tables is None or measures is None:
        return
    known = ValuesOf(measures.value)
    for at, table in enumerate(tables.value):
        for path, criterion in criteria_of(at, table):
            if isinstance(criterion, TargetLeader):
                yield from _zero_target(tables, path, criterion, known)
            if not isinstance(criterion, Ladder | Leader | Linear | Steps):
                continue
            if "no_value" not in criterion.model_fields_set:
                continue
            if _has_always(criterion, known):
                kind = measures.value[criterion.measure].kind
                yield tables.problem(
                    (*path, "no_value"),
                    f"không bao giờ dùng đến: {criterion.measure} ({kind}) luôn có số, không phát "
                    "sinh thì là 0; bỏ đi, hoặc ghi áp dụng cho đơn vị nào bằng "
                    "assigned_to: {when: …}",
                    f"never acts: {criterion.measure} ({kind}) always has a number, and of nothing "
                    "it is 0; remove it, or say who is scored by assigned_to: {when: …}",
                )


def _zero_target(
    tables: Tables, path: Path, criterion: TargetLeader, known: ValuesOf
) -> Iterator[FileProblem]:
    """Where 0 is a target, who has none must be without a value: a sum of nothing is 0."""
    if criterion.zero_target == "target" and _is_there(known.measure(criterion.target)):
        yield tables.problem(
            (*path, "zero_target"),
            f"{criterion.target} luôn có số (không báo cáo thì là 0), nên đơn vị nào cũng có "
            "chỉ tiêu; dùng chỉ số kiểu latest, hoặc bỏ zero_target",
            f"{criterion.target} always has a number (of nothing it is 0), so that no unit is "
            "without a target; use a measure of kind latest, or remove zero_target",
        )


def _has_always(criterion: Ladder | Leader | Linear | Steps, known: ValuesOf) -> bool:
    """Whether all that the formula needs is there for sure, and above 0 where it must be."""
    if not _is_there(known.measure(criterion.measure)):
        return False
    return all(
        _is_sure(known.measure(operand.measure), above_0=above_0)
        for operand, above_0 in _operands(criterion)
        if isinstance(operand, MeasureOperand)
    )


def _operands(criterion: Ladder | Leader | Linear | Steps) -> Iterator[tuple[Operand, bool]]:
    """What else the formula needs, and whether 0 will not do."""
    if isinstance(criterion, Linear):
        yield criterion.target, True
    elif isinstance(criterion, Steps):
        in_percent = criterion.step_percent is not None
        yield criterion.base, in_percent
        yield criterion.base_coefficient, in_percent
        yield criterion.coefficient, False


def _is_sure(values: MeasureValues | None, *, above_0: bool) -> bool:
    if values is None or not _is_there(values):
        return False
    return not above_0 or values.numbers.inside(between(at_most=Decimal(0))).is_empty


def _is_there(values: MeasureValues | None) -> bool:
    """Whether it is a number for sure; what is not known, or no number, was reported elsewhere."""
    return values is not None and not values.is_obligation and not values.may_lack

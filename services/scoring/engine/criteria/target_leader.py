"""A part for reaching one's own target; beyond it, relative to the leader.

Source of the form: the public-security sector's table (MS = maximum, A = actual, T = target):
A < T: 0.5·MS·A/T. A = T: 0.5·MS. A > T: the leader gets MS, another 0.5·MS + (A-T)/(A_leader-T)·
0.5·MS. A unit without target: A / max(A among units without target)·MS, and never leader.

The leader is the unit with the highest A among those beyond their own target: who has not reached
its target leads nobody.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules.criteria import TargetLeader
from services.contracts.wording import Bilingual
from services.measuring.exact import EXACT, Number, add, multiply, subtract
from services.measuring.measures import ZERO, amount, number
from services.measuring.values import Values
from services.scoring.engine.criteria.award import Award, share
from services.scoring.engine.peers import Best, Peers
from services.scoring.engine.texts import FormulaNames, in_words, sentence, shown

_ONE = Decimal(1)


def award(criterion: TargetLeader, values: Values, peers: Peers) -> Award:
    """One of the four cases; never below 0, never more than the maximum."""
    has, target = amount(values, criterion.measure), _target(criterion, values)
    inputs = {criterion.measure: shown(has), criterion.target: shown(values[criterion.target])}
    if target is None:
        best = peers.best("without target", lambda of: _without_target(criterion, of))
        inputs |= {"case-held": "without-target", **_shown(best)}
        return Award(share(has, best.amount, criterion.maximum), inputs)
    reached = multiply(criterion.maximum, criterion.at_target)
    if has <= target:
        inputs["case-held"] = "below" if has < target else "at"
        return Award(reached if has == target else share(has, target, reached), inputs)
    leader = peers.best("beyond target", lambda of: _beyond_target(criterion, of))
    inputs |= {"case-held": "beyond", **_shown(leader)}
    if has >= leader.amount:
        return Award(criterion.maximum, inputs)
    rest = subtract(criterion.maximum, reached)
    beyond = share(subtract(has, target), subtract(leader.amount, target), rest)
    return Award(add(reached, beyond), inputs)


def _target(criterion: TargetLeader, of: Values) -> Number | None:
    """The unit's target; None where it has none."""
    target = number(of, criterion.target)
    if target is None or target < ZERO or (target == ZERO and criterion.zero_target == "none"):
        return None
    return target


def _without_target(criterion: TargetLeader, of: Values) -> Number | None:
    return amount(of, criterion.measure) if _target(criterion, of) is None else None


def _beyond_target(criterion: TargetLeader, of: Values) -> Number | None:
    has, target = amount(of, criterion.measure), _target(criterion, of)
    return has if target is not None and has > target else None


def _shown(best: Best) -> dict[str, str]:
    return {"best-result": shown(best.amount), "led-by": ", ".join(best.units)}


def formula(
    criterion: TargetLeader, inputs: Mapping[str, str], points: Decimal, names: FormulaNames
) -> Bilingual:
    """The case that held, with its numbers."""
    numbers: dict[str, Bilingual | Decimal | int | str] = {
        "has": in_words(inputs[criterion.measure]),
        "target": in_words(inputs[criterion.target]),
        "most": criterion.maximum,
        "part": criterion.at_target,
        "rest": EXACT.subtract(_ONE, criterion.at_target),
        "p": points,
    }
    if "led-by" in inputs:
        numbers["best"] = in_words(inputs["best-result"])
        numbers["who"] = names.some_units(inputs["led-by"])
    return sentence(*_FORMULAS[_case(criterion, inputs)], **numbers)


def _case(criterion: TargetLeader, inputs: Mapping[str, str]) -> str:
    case = inputs["case-held"]
    if case == "without-target":
        return case if inputs["led-by"] else "nobody"
    if case != "beyond":
        return "zero" if case == "at" and inputs[criterion.target] == "0" else "reached"
    return "leader" if inputs["best-result"] == inputs[criterion.measure] else case


_BEYOND = "{part} × {most} + {rest} × {most} × ({has} − {target}) / ({best} − {target})"
_FORMULAS = {
    "nobody": (
        "không có chỉ tiêu, chưa đơn vị nào có kết quả: 0 điểm",
        "no target, and no unit without one has any: 0",
    ),
    "without-target": (
        "không có chỉ tiêu: {most} × {has} / {best} (cao nhất: {who}): {p} điểm",
        "no target: {most} × {has} / {best} (best: {who}): {p}",
    ),
    "reached": (
        "{part} × {most} × {has} / {target}: {p} điểm",
        "{part} × {most} × {has} / {target}: {p}",
    ),
    "zero": ("đúng chỉ tiêu 0: {part} × {most}: {p} điểm", "at the target 0: {part} × {most}: {p}"),
    "leader": (
        "vượt chỉ tiêu {target}, dẫn đầu cụm: {p} điểm",
        "beyond the target {target}, leading the cluster: {p}",
    ),
    "beyond": (
        _BEYOND + " (dẫn đầu cụm: {who}): {p} điểm",
        _BEYOND + " (leading the cluster: {who}): {p}",
    ),
}
"""By case, Vietnamese and English."""


_ZERO_IS_ONE = " (0 là một chỉ tiêu)", " (0 is one)"


def law(criterion: TargetLeader, names: FormulaNames) -> Bilingual:  # noqa: ARG001
    """The whole rule, whoever it is applied to."""
    below = "{part} × {most} × A / T"
    beyond = "{part} × {most} + {rest} × {most} × (A − T) / (A* − T)"
    none_vi, none_en = ("", "") if criterion.zero_target == "none" else _ZERO_IS_ONE
    return sentence(
        f"đến chỉ tiêu T: {below}; vượt: {beyond}, A* của đơn vị dẫn đầu ({{most}} điểm); không có"
        f" chỉ tiêu{none_vi}: {{most}} × A / A cao nhất trong các đơn vị không có chỉ tiêu",
        f"up to the target T: {below}; beyond: {beyond}, A* of the leader (who has {{most}});"
        f" without a target{none_en}: {{most}} × A / best A among units without one",
        most=criterion.maximum,
        part=criterion.at_target,
        rest=EXACT.subtract(_ONE, criterion.at_target),
    )

"""A part for reaching one's own target; beyond it, relative to the leader.

Source of the form: the public-security sector's table (MS = maximum, A = actual, T = target):
A < T: 0.5·MS·A/T. A = T: 0.5·MS. A > T: the leader gets MS, another 0.5·MS + (A-T)/(A_leader-T)·
0.5·MS. A unit without target: A / max(A among units without target)·MS, and never leader.

The leader is the unit with the highest A among those beyond their own target: who has not reached
its target leads nobody.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules import TargetLeader
from services.contracts.wording import Bilingual, plain
from services.scoring.engine.criteria.award import Award, share
from services.scoring.engine.measures import EXACT, ZERO, Values, amount
from services.scoring.engine.peers import Best, Peers
from services.scoring.engine.texts import shown

_ONE = Decimal(1)


def award(criterion: TargetLeader, values: Values, peers: Peers) -> Award:
    """One of the four cases; never below 0, never more than the maximum."""
    has, target = amount(values, criterion.measure), amount(values, criterion.target)
    inputs = {criterion.measure: shown(has), criterion.target: shown(values[criterion.target])}
    if target <= 0:
        best = peers.best("without target", lambda of: _without_target(criterion, of))
        inputs |= {"case-held": "without-target", **_shown(best)}
        return Award(share(has, best.amount, criterion.maximum), inputs)
    reached = EXACT.multiply(criterion.maximum, criterion.at_target)
    if has <= target:
        inputs["case-held"] = "below" if has < target else "at"
        return Award(share(has, target, reached), inputs)
    leader = peers.best("beyond target", lambda of: _beyond_target(criterion, of))
    inputs |= {"case-held": "beyond", **_shown(leader)}
    if has >= leader.amount:
        return Award(criterion.maximum, inputs)
    rest = EXACT.subtract(criterion.maximum, reached)
    beyond = share(EXACT.subtract(has, target), EXACT.subtract(leader.amount, target), rest)
    return Award(EXACT.add(reached, beyond), inputs)


def _without_target(criterion: TargetLeader, of: Values) -> Decimal | None:
    return None if amount(of, criterion.target) > 0 else amount(of, criterion.measure)


def _beyond_target(criterion: TargetLeader, of: Values) -> Decimal | None:
    has, target = amount(of, criterion.measure), amount(of, criterion.target)
    return has if has > target > ZERO else None


def _shown(best: Best) -> dict[str, str]:
    return {"best-result": shown(best.amount), "led-by": ", ".join(best.units)}


def formula(criterion: TargetLeader, inputs: Mapping[str, str], points: str) -> Bilingual:
    """The case that held, with its numbers."""
    has, target = inputs[criterion.measure], inputs[criterion.target]
    most, part = plain(criterion.maximum), plain(criterion.at_target)
    rest = plain(EXACT.subtract(_ONE, criterion.at_target))
    if inputs["case-held"] == "without-target":
        if not inputs["led-by"]:
            return Bilingual(
                "không có chỉ tiêu, chưa đơn vị nào có kết quả: 0 điểm",
                "no target, and no unit without one has any: 0",
            )
        said = f"{most} × {has} / {inputs['best-result']}"
        return Bilingual(
            f"không có chỉ tiêu: {said} (cao nhất: {inputs['led-by']}): {points} điểm",
            f"no target: {said} (best: {inputs['led-by']}): {points}",
        )
    if inputs["case-held"] != "beyond":
        said = f"{part} × {most} × {has} / {target}"
        return Bilingual(f"{said}: {points} điểm", f"{said}: {points}")
    if inputs["best-result"] == has:
        return Bilingual(
            f"vượt chỉ tiêu {target}, dẫn đầu cụm: {points} điểm",
            f"beyond the target {target}, leading the cluster: {points}",
        )
    best, who = inputs["best-result"], inputs["led-by"]
    said = f"{part} × {most} + {rest} × {most} × ({has} − {target}) / ({best} − {target})"
    return Bilingual(
        f"{said} (dẫn đầu cụm: {who}): {points} điểm",
        f"{said} (leading the cluster: {who}): {points}",
    )


def law(criterion: TargetLeader) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    most, part = plain(criterion.maximum), plain(criterion.at_target)
    rest = plain(EXACT.subtract(_ONE, criterion.at_target))
    below = f"{part} × {most} × A / T"
    beyond = f"{part} × {most} + {rest} × {most} × (A − T) / (A* − T)"
    return Bilingual(
        f"đến chỉ tiêu T: {below}; vượt: {beyond}, A* của đơn vị dẫn đầu ({most} điểm); không có "
        f"chỉ tiêu: {most} × A / A cao nhất trong các đơn vị không có chỉ tiêu",
        f"up to the target T: {below}; beyond: {beyond}, A* of the leader (who has {most}); without"
        f" a target: {most} × A / best A among units without one",
    )

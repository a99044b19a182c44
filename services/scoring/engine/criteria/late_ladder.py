"""Points by days late: the ladder of the Justice departments' table.

Source of the form: criteria of the justice sector as scored by Đồng Tháp in 2022: a report in time
2 points, 1-2 days late 1.5, 3-5 days 1, 6-10 days 0.5, more than 10 days 0.
"""

from collections.abc import Mapping

from services.contracts.rules import LateLadder
from services.contracts.wording import Bilingual, plain
from services.scoring.engine.criteria.award import Award
from services.scoring.engine.measures import ZERO, DaysLate, Values
from services.scoring.engine.peers import Peers


def award(criterion: LateLadder, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """The first rung whose `up_to` (inclusive, whole local days) is not below the days late.

    Fulfilled later than the last rung: `otherwise`. Missed, open: their own points. Waived: full
    points, or not assigned, as the rule set says.
    """
    value = values[criterion.measure]
    if not isinstance(value, DaysLate):
        raise TypeError(f"{criterion.measure} is an amount, not days late")
    inputs: dict[str, str] = {"state": value.state}
    if value.state == "missed":
        return Award(criterion.missed, inputs)
    if value.state == "open":
        return Award(criterion.open, inputs)
    if value.state == "waived":
        if criterion.waived == "not-assigned":
            return Award(ZERO, inputs, assigned=False)
        return Award(criterion.maximum, inputs)
    inputs["days_late"] = str(value.days)
    for step in criterion.steps:
        if value.days <= step.up_to:
            return Award(step.points, {**inputs, "up_to": str(step.up_to)})
    return Award(criterion.otherwise, inputs)


def formula(criterion: LateLadder, inputs: Mapping[str, str], points: str) -> Bilingual:
    """The rung that held, in words."""
    if inputs["state"] == "fulfilled":
        return _rung(criterion, inputs, points)
    if inputs["state"] == "missed":
        return Bilingual(
            f"quá hạn mà chưa thực hiện: {points} điểm",
            f"deadline over and not fulfilled: {points}",
        )
    if inputs["state"] == "open":
        return Bilingual(
            f"chưa thực hiện, chưa quá hạn: {points} điểm", f"not yet fulfilled: {points}"
        )
    if criterion.waived == "not-assigned":
        return Bilingual("được miễn: không chấm tiêu chí này", "waived: criterion not assigned")
    return Bilingual(f"được miễn: cho điểm tối đa {points}", f"waived: full points, {points}")


def _rung(criterion: LateLadder, inputs: Mapping[str, str], points: str) -> Bilingual:
    days = inputs["days_late"]
    if days == "0":
        return Bilingual(f"đúng hạn: {points} điểm", f"in time: {points}")
    if "up_to" not in inputs:
        last = criterion.steps[-1].up_to
        return Bilingual(
            f"chậm {days} ngày, quá {last} ngày: {points} điểm",
            f"{days} days late, more than {last}: {points}",
        )
    return Bilingual(
        f"chậm {days} ngày, bậc đến {inputs['up_to']} ngày: {points} điểm",
        f"{days} days late, rung up to {inputs['up_to']} days: {points}",
    )


def law(criterion: LateLadder) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    rungs = "; ".join(f"≤{step.up_to}: {plain(step.points)}" for step in criterion.steps)
    last = plain(criterion.otherwise)
    return Bilingual(f"số ngày chậm {rungs}; còn lại: {last}", f"days late {rungs}; else: {last}")

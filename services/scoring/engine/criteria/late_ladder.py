"""Points by days late: the ladder of the Justice departments' table.

Source of the form: criteria of the justice sector as scored by Đồng Tháp in 2022: a report in time
2 points, 1-2 days late 1.5, 3-5 days 1, 6-10 days 0.5, more than 10 days 0.
"""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.rules.criteria import LateLadder
from services.contracts.wording import Bilingual, days_en
from services.measuring.measures import ZERO
from services.measuring.values import DaysLate, Values
from services.scoring.engine.criteria.award import Award
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames, joined, sentence


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


def formula(
    criterion: LateLadder,
    inputs: Mapping[str, str],
    points: Decimal,
    names: FormulaNames,  # noqa: ARG001
) -> Bilingual:
    """The rung that held, in words."""
    match inputs["state"]:
        case "fulfilled":
            return _rung(criterion, inputs, points)
        case "missed":
            return sentence(
                "quá hạn mà chưa thực hiện: {p} điểm",
                "deadline over and not fulfilled: {p}",
                p=points,
            )
        case "open":
            return sentence("chưa đến hạn: {p} điểm", "not yet due: {p}", p=points)
    if criterion.waived == "not-assigned":
        return Bilingual("được miễn: không áp dụng tiêu chí này", "waived: not assigned")
    return sentence("được miễn: điểm tối đa {p}", "waived: full points, {p}", p=points)


def _rung(criterion: LateLadder, inputs: Mapping[str, str], points: Decimal) -> Bilingual:
    days = int(inputs["days_late"])
    if not days:
        return sentence("đúng hạn: {p} điểm", "in time: {p}", p=points)
    late = Bilingual(f"chậm {days} ngày", f"{days_en(days)} late")
    if "up_to" not in inputs:
        return sentence(
            "{late}, quá {last} ngày: {p} điểm",
            "{late}, more than {last}: {p}",
            late=late,
            last=criterion.steps[-1].up_to,
            p=points,
        )
    return sentence(
        "{late}, bậc đến {to} ngày: {p} điểm",
        "{late}, rung up to {days}: {p}",
        late=late,
        to=inputs["up_to"],
        days=days_en(int(inputs["up_to"])),
        p=points,
    )


def law(criterion: LateLadder, names: FormulaNames) -> Bilingual:  # noqa: ARG001
    """The whole rule, whoever it is applied to."""
    rungs = [
        sentence(
            "chậm đến {n} ngày: {p}",
            "up to {days} late: {p}",
            n=step.up_to,
            p=step.points,
            days=days_en(step.up_to),
        )
        if step.up_to
        else sentence("đúng hạn: {p}", "in time: {p}", p=step.points)
        for step in criterion.steps
    ]
    last = sentence("chậm hơn: {p}", "later: {p}", p=criterion.otherwise)
    return joined([*rungs, last], "; ")

"""Points for each full step over a base, with coefficients, between two ends.

Source of the form: tables that give first points for reaching a threshold and more for each further
step, up to a cap; the threshold is a number or the unit's own, "× hệ số" where units have
coefficients, and a step is often a percentage of it ("vượt mỗi 5 % của ngưỡng × hệ số").
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from services.contracts.rules import MeasureOperand, Operand
from services.contracts.rules.criteria import Steps
from services.contracts.wording import Bilingual, plain
from services.measuring.exact import (
    Number,
    add,
    clamped,
    divide,
    floor,
    multiply,
    subtract,
)
from services.measuring.measures import number
from services.measuring.values import Values
from services.scoring.engine.conditions import operand_words
from services.scoring.engine.criteria.award import (
    NO_VALUE,
    Award,
    formula_without_value,
    law_without_value,
    without_value,
)
from services.scoring.engine.peers import Peers
from services.scoring.engine.texts import FormulaNames, in_words, joined, sentence, shown

_ONE, _PERCENT = Decimal(1), Decimal(100)
_NONE = "—"


class _Scale(NamedTuple):
    """What steps are counted by for one unit."""

    base: Number
    step: Number
    coefficient: Number


def award(criterion: Steps, values: Values, peers: Peers) -> Award:  # noqa: ARG001
    """coefficient x (start + each x floor((A - base) / step)), between floor and maximum.

    base is multiplied by its own coefficient, and a step in per cent is one of that. Below the base
    it is the floor, or with `each_below` start - each_below x steps begun. Where A or one of the
    operands has no value, or the step no width: `no_value`.
    """
    has = number(values, criterion.measure)
    inputs = {criterion.measure: shown(has)}
    scale = _scale(criterion, values)
    if criterion.step_percent is not None or not _is_plain(criterion):
        inputs |= _shown(scale)
    if has is None or scale is None:
        return without_value(criterion.no_value, inputs)
    if has < scale.base and criterion.each_below is None:
        return Award(criterion.floor, {**inputs, "full-steps": _NONE})
    steps = floor(divide(subtract(has, scale.base), scale.step))
    each = criterion.each if steps >= 0 else criterion.each_below or criterion.each
    earned = multiply(scale.coefficient, add(criterion.start, multiply(each, steps)))
    inputs["full-steps"] = plain(steps)
    return Award(clamped(earned, criterion.floor, criterion.maximum), inputs)


def _is_plain(criterion: Steps) -> bool:
    """Whether base and coefficients are the same for every unit."""
    operands = (criterion.base, criterion.base_coefficient, criterion.coefficient)
    return not any(isinstance(one, MeasureOperand) for one in operands)


def _scale(criterion: Steps, values: Values) -> _Scale | None:
    base = _value(criterion.base, values)
    times, coefficient = (
        _value(one, values) for one in (criterion.base_coefficient, criterion.coefficient)
    )
    if base is None or times is None or coefficient is None:
        return None
    base = multiply(base, times)
    if criterion.step is not None:
        return _Scale(base, criterion.step, coefficient)
    step = divide(multiply(base, criterion.step_percent or _ONE), _PERCENT)
    return _Scale(base, step, coefficient) if step > 0 else None


def _value(operand: Operand, values: Values) -> Number | None:
    if not isinstance(operand, MeasureOperand):
        return operand
    found = number(values, operand.measure)
    return None if found is None else multiply(found, operand.times)


def _shown(scale: _Scale | None) -> dict[str, str]:
    if scale is None:
        return {"set-base": _NONE, "set-step": _NONE, "set-coefficient": _NONE}
    return {
        "set-base": shown(scale.base),
        "set-step": shown(scale.step),
        "set-coefficient": shown(scale.coefficient),
    }


def formula(
    criterion: Steps,
    inputs: Mapping[str, str],
    points: Decimal,
    names: FormulaNames,  # noqa: ARG001
) -> Bilingual:
    """The steps with their numbers."""
    if NO_VALUE in inputs:
        return formula_without_value(criterion.no_value, points)
    has = in_words(inputs[criterion.measure])
    base, times = _multiplied(criterion, inputs)
    steps = inputs["full-steps"]
    if steps == _NONE:
        return sentence(
            "{has} dưới mức gốc {base}: {p} điểm",
            "{has} is below the base {base}: {p}",
            has=has,
            base=base,
            p=points,
        )
    if steps.startswith("-"):
        return sentence(
            "{has} dưới mức gốc {base}, thiếu {short} bậc: {times} × ({start} − {short} × {each}),"
            " thấp nhất {least}: {p} điểm",
            "{has} is below the base {base} by {short} steps: {times} × ({start} − {short} ×"
            " {each}), at least {least}: {p}",
            has=has,
            base=base,
            short=in_words(steps.removeprefix("-")),
            times=times,
            start=criterion.start,
            each=criterion.each_below or criterion.each,
            least=criterion.floor,
            p=points,
        )
    return sentence(
        "{has} vượt mức gốc {base}: {times} × ({start} + {full} × {each}), tối đa {most}: {p} điểm",
        "{has} over the base {base}: {times} × ({start} + {full} × {each}), at most {most}: {p}",
        has=has,
        base=base,
        times=times,
        start=criterion.start,
        full=in_words(steps),
        each=criterion.each,
        most=criterion.maximum,
        p=points,
    )


def _multiplied(criterion: Steps, inputs: Mapping[str, str]) -> tuple[Bilingual, Bilingual]:
    """The base that was applied and the coefficient of the points."""
    if "set-base" in inputs:
        return in_words(inputs["set-base"]), in_words(inputs["set-coefficient"])
    base, times, coefficient = (
        one if isinstance(one, Decimal) else _ONE
        for one in (criterion.base, criterion.base_coefficient, criterion.coefficient)
    )
    return in_words(shown(multiply(base, times))), in_words(plain(coefficient))


def law(criterion: Steps, names: FormulaNames) -> Bilingual:
    """The whole rule, whoever it is applied to."""
    base = operand_words(criterion.base, names)
    if criterion.base_coefficient != 1:
        base = sentence(
            "{base} × {times}",
            "{base} × {times}",
            base=base,
            times=operand_words(criterion.base_coefficient, names),
        )
    step = sentence("{n}", "{n}", n=criterion.step or Decimal(0))
    if criterion.step_percent is not None:
        step = sentence("{n}% của mức gốc", "{n}% of the base", n=criterion.step_percent)
    parts = [
        sentence(
            "đạt mức gốc {base}: {start}; mỗi {step} vượt thêm: {each}",
            "at the base {base}: {start}; each full {step} over it: {each}",
            base=base,
            start=criterion.start,
            step=step,
            each=criterion.each,
        )
    ]
    if criterion.each_below is not None:
        parts.append(
            sentence(
                "dưới mức gốc, mỗi bậc thiếu trừ {each}, thấp nhất {least}",
                "below the base each step begun takes {each}, at least {least}",
                each=criterion.each_below,
                least=criterion.floor,
            )
        )
    elif criterion.floor:
        parts.append(
            sentence("dưới mức gốc: {least}", "below the base: {least}", least=criterion.floor)
        )
    parts.append(
        sentence(
            "nhân hệ số {times}, tối đa {most}; {none}",
            "times {times}, at most {most}; {none}",
            times=operand_words(criterion.coefficient, names),
            most=criterion.maximum,
            none=law_without_value(criterion.no_value),
        )
    )
    return joined(parts, "; ")

"""Whether a condition holds for a unit, and what it says in words."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal

from services.contracts.rules import AllOf, AnyOf, Comparison, Condition, MeasureOperand
from services.contracts.wording import Bilingual, plain
from services.scoring.engine.measures import EXACT, DaysLate, Values
from services.scoring.engine.texts import STATE_WORDS

_TESTS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
}
_SIGNS = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<"}


def holds(condition: Condition, values: Values) -> bool:
    """Whether the condition holds for a unit with these values."""
    if isinstance(condition, AllOf):
        return all(holds(part, values) for part in condition.all_of)
    if isinstance(condition, AnyOf):
        return any(holds(part, values) for part in condition.any_of)
    if isinstance(condition, Comparison):
        return _compares(condition, values)
    return not holds(condition.negated, values)


def _compares(comparison: Comparison, values: Values) -> bool:
    value = values[comparison.measure]
    if comparison.given is not None and comparison.given is not (value is not None):
        return False
    wanted = comparison.equals
    if isinstance(wanted, str) and (not isinstance(value, DaysLate) or value.state != wanted):
        return False
    if isinstance(value, DaysLate):
        days = Decimal(value.days) if value.state == "fulfilled" else None
    else:
        days = value
    if isinstance(wanted, Decimal) and days != wanted:
        return False
    for key, bound in comparison.bounds.items():
        limit = _operand(bound, values)
        if days is None or limit is None or not _TESTS[key](days, limit):
            return False
    return True


def _operand(bound: Decimal | MeasureOperand, values: Values) -> Decimal | None:
    if not isinstance(bound, MeasureOperand):
        return bound
    value = values[bound.measure]
    if value is None or isinstance(value, DaysLate):
        return None
    return EXACT.multiply(value, bound.times)


def words(condition: Condition) -> Bilingual:
    """The condition as people read it, with the names of its measures."""
    if isinstance(condition, AllOf):
        return _joined([words(part) for part in condition.all_of], " và ", " and ")
    if isinstance(condition, AnyOf):
        return _joined([words(part) for part in condition.any_of], " hoặc ", " or ")
    if isinstance(condition, Comparison):
        return _joined(_said(condition), " và ", " and ", outer=False)
    inside = words(condition.negated)
    return Bilingual(f"không ({inside.vi})", f"not ({inside.en})")


def _joined(parts: list[Bilingual], vi: str, en: str, *, outer: bool = True) -> Bilingual:
    if len(parts) == 1:
        return parts[0]
    said = Bilingual(vi.join(part.vi for part in parts), en.join(part.en for part in parts))
    return Bilingual(f"({said.vi})", f"({said.en})") if outer else said


def _said(comparison: Comparison) -> list[Bilingual]:
    name = comparison.measure
    parts: list[Bilingual] = []
    if comparison.given is not None:
        parts.append(
            Bilingual(f"có {name}", f"{name} is given")
            if comparison.given
            else Bilingual(f"không có {name}", f"{name} is not given")
        )
    if isinstance(comparison.equals, Decimal):
        parts.append(Bilingual(*[f"{name} = {plain(comparison.equals)}"] * 2))
    elif comparison.equals is not None:
        state = STATE_WORDS[comparison.equals]
        parts.append(Bilingual(f"{name} {state.vi}", f"{name} {state.en}"))
    for key, bound in comparison.bounds.items():
        parts.append(Bilingual(*[f"{name} {_SIGNS[key]} {operand_words(bound)}"] * 2))
    return parts


def operand_words(bound: Decimal | MeasureOperand) -> str:
    """A number, or the name of a measure with its factor."""
    if not isinstance(bound, MeasureOperand):
        return plain(bound)
    return bound.measure if bound.times == 1 else f"{plain(bound.times)} × {bound.measure}"

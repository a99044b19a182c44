"""Whether a condition holds for a unit, and what it says in words."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal

from services.contracts.rules import AllOf, AnyOf, Comparison, Condition, MeasureOperand
from services.contracts.wording import Bilingual, number
from services.scoring.engine.measures import EXACT, DaysLate, Values
from services.scoring.engine.texts import STATE_WORDS, Names, joined, sentence

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


def words(condition: Condition, names: Names) -> Bilingual:
    """The condition as people read it, with the titles of its measures."""
    if isinstance(condition, AllOf):
        return _in_brackets([words(part, names) for part in condition.all_of], " và ", " and ")
    if isinstance(condition, AnyOf):
        return _in_brackets([words(part, names) for part in condition.any_of], " hoặc ", " or ")
    if isinstance(condition, Comparison):
        return joined(_comparisons(condition, names), " và ", " and ")
    return sentence("không ({one})", "not ({one})", one=words(condition.negated, names))


def _in_brackets(parts: list[Bilingual], vi: str, en: str) -> Bilingual:
    if len(parts) == 1:
        return parts[0]
    return sentence("({all})", "({all})", all=joined(parts, vi, en))


def _comparisons(comparison: Comparison, names: Names) -> list[Bilingual]:
    name = names.measure(comparison.measure)
    parts: list[Bilingual] = []
    if comparison.given is not None:
        vi, en = ("có", "is given") if comparison.given else ("không có", "is not given")
        parts.append(sentence(f"{vi} {{name}}", f"{{name}} {en}", name=name))
    if isinstance(comparison.equals, Decimal):
        parts.append(sentence("{name} = {to}", "{name} = {to}", name=name, to=comparison.equals))
    elif comparison.equals is not None:
        state = STATE_WORDS[comparison.equals]
        parts.append(sentence("{name} {state}", "{name} {state}", name=name, state=state))
    for key, bound in comparison.bounds.items():
        text = f"{{name}} {_SIGNS[key]} {{to}}"
        parts.append(sentence(text, text, name=name, to=operand_words(bound, names)))
    return parts


def operand_words(bound: Decimal | MeasureOperand, names: Names) -> Bilingual:
    """A number, or the title of a measure with its factor."""
    if not isinstance(bound, MeasureOperand):
        return number(bound)
    title = names.measure(bound.measure)
    if bound.times == 1:
        return title
    return sentence("{times} × {title}", "{times} × {title}", times=bound.times, title=title)

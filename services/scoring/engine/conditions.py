"""What a condition says in words."""

from decimal import Decimal

from services.contracts.rules import AllOf, AnyOf, Comparison, Condition, MeasureOperand
from services.contracts.wording import Bilingual, number
from services.scoring.engine.texts import STATE_WORDS, FormulaNames, joined, sentence

_SIGNS = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<"}


def words(condition: Condition, names: FormulaNames) -> Bilingual:
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


def _comparisons(comparison: Comparison, names: FormulaNames) -> list[Bilingual]:
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


def operand_words(bound: Decimal | MeasureOperand, names: FormulaNames) -> Bilingual:
    """A number, or the title of a measure with its factor."""
    if not isinstance(bound, MeasureOperand):
        return number(bound)
    title = names.measure(bound.measure)
    if bound.times == 1:
        return title
    return sentence("{times} × {title}", "{times} × {title}", times=bound.times, title=title)

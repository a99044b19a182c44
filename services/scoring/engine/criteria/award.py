"""What a criterion awards, and the arithmetic that all kinds share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.contracts.rules import NoValue, Weight
from services.contracts.rules.criteria.base import Read
from services.contracts.wording import Bilingual, number, plain
from services.measuring.exact import Number, add, divide, least, multiply, written
from services.measuring.measures import ZERO, amount
from services.measuring.values import Values
from services.scoring.engine.texts import FormulaNames, in_words, joined, sentence

NO_VALUE = "no-value"
"""Input that says that the measure had no value."""


@dataclass(frozen=True, slots=True)
class Award:
    """Points of one criterion for one unit, before rounding, and what they were made from."""

    points: Number
    inputs: Mapping[str, str]
    """Names and values that went in, as text; what `formula` prints. Where measures are
    among them, every other name has a hyphen, which no measure's can have: a measure may be called
    `target`."""
    assigned: bool = True
    """False: the criterion does not apply to the unit, and its maximum leaves the unit's."""


def without_value(given: NoValue, inputs: Mapping[str, str]) -> Award:
    """What a criterion gives where its measure has no value, as the rule set declares it."""
    noted = {**inputs, NO_VALUE: "true"}
    if isinstance(given, Decimal):
        return Award(given, noted)
    return Award(ZERO, noted, assigned=False)


def share(part: Number, whole: Number, maximum: Number) -> Number:
    """`maximum` x part / whole, between 0 and `maximum`; 0 where whole is not above zero."""
    if whole <= 0 or part <= 0:
        return ZERO
    return least(maximum, divide(multiply(maximum, part), whole))


def weighed(weights: Sequence[Weight], values: Values) -> Number:
    """The sum of each measure times its weight."""
    total: Number = ZERO
    for weight in weights:
        total = add(total, multiply(weight.each, amount(values, weight.measure)))
    return total


def weighed_inputs(weights: Sequence[Weight], values: Values) -> dict[str, str]:
    """The measures of weights as inputs, each once."""
    return {weight.measure: plain(written(amount(values, weight.measure))) for weight in weights}


def formula_without_value(given: NoValue, points: Decimal) -> Bilingual:
    """The same in words."""
    if isinstance(given, Decimal):
        return sentence("không có số liệu: {p} điểm", "no value: {p}", p=points)
    return Bilingual("không có số liệu: không áp dụng tiêu chí này", "no value: not assigned")


def law_without_value(given: NoValue) -> Bilingual:
    """The end of a rule in words: what no value gives."""
    if isinstance(given, Decimal):
        return sentence("không có số liệu: {p}", "no value: {p}", p=given)
    return Bilingual("không có số liệu: không áp dụng", "no value: not assigned")


def measures_in_words(
    reads: Iterable[Read], inputs: Mapping[str, str], names: FormulaNames
) -> Bilingual:
    """The measures that a formula read, each once, with their values."""
    values = {read.measure: in_words(inputs[read.measure]) for read in reads}
    return joined(
        [
            sentence("{name} = {value}", "{name} = {value}", name=names.measure(name), value=value)
            for name, value in values.items()
        ],
        ", ",
    )


def weighed_words(
    first: Decimal | None,
    plus: Sequence[Weight],
    minus: Sequence[Weight],
    shown: Mapping[str, Bilingual],
) -> Bilingual:
    """`first + a × 2 − b × 1`, with titles or numbers for a and b."""
    added = [] if first is None else [number(first)]
    added += [_term(weight, shown) for weight in plus]
    return joined(
        [joined(added or [number(0)], " + "), *(_term(weight, shown) for weight in minus)], " − "
    )


def _term(weight: Weight, shown: Mapping[str, Bilingual]) -> Bilingual:
    text = "{measure} × {each}"
    return sentence(text, text, measure=shown[weight.measure], each=weight.each)


def titles_of(names: FormulaNames, *weights: Sequence[Weight]) -> dict[str, Bilingual]:
    """Measures of weights, each shown as its title."""
    return {weight.measure: names.measure(weight.measure) for some in weights for weight in some}


def inputs_in_words(inputs: Mapping[str, str]) -> dict[str, Bilingual]:
    """Measures of weights, each shown as its value."""
    return {name: in_words(value) for name, value in inputs.items()}

"""What a criterion gives, and the arithmetic it is given with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.contracts.rules import NoValue, Weight
from services.contracts.rules.criteria.base import Read
from services.contracts.wording import Bilingual, plain
from services.scoring.engine.measures import EXACT, ZERO, Values, amount
from services.scoring.engine.texts import in_words

NO_VALUE = "no-value"
"""Input that says that the measure had no value."""


@dataclass(frozen=True, slots=True)
class Award:
    """Points of one criterion for one unit, before rounding, and what they were made from."""

    points: Decimal
    inputs: Mapping[str, str]
    """Names and values that went in, as text; what `formula` prints. Where measures stand
    among them, every other name has a hyphen, which no measure's can have: a measure may be called
    `target`."""
    assigned: bool = True
    """False: the criterion does not apply to the unit, and its maximum leaves the unit's."""


def without_value(given: NoValue, inputs: Mapping[str, str]) -> Award:
    """What a criterion gives where its measure has no value, as the rule set declares it."""
    said = {**inputs, NO_VALUE: "true"}
    if isinstance(given, Decimal):
        return Award(given, said)
    return Award(ZERO, said, assigned=False)


def formula_without_value(given: NoValue, points: str) -> Bilingual:
    """The same in words."""
    if isinstance(given, Decimal):
        return Bilingual(f"không có số liệu: {points} điểm", f"no value: {points}")
    return Bilingual(
        "không có số liệu: không chấm tiêu chí này", "no value: criterion not assigned"
    )


def law_without_value(given: NoValue) -> Bilingual:
    """The end of a rule in words: what no value gives."""
    if isinstance(given, Decimal):
        return Bilingual(f"không có số liệu: {plain(given)}", f"no value: {plain(given)}")
    return Bilingual("không có số liệu: không chấm", "no value: not assigned")


def measures_said(reads: Iterable[Read], inputs: Mapping[str, str]) -> Bilingual:
    """The measures that a formula read, each once, with their values: `a = 3, report = missed`."""
    values = {read.measure: in_words(inputs[read.measure]) for read in reads}
    return Bilingual(
        ", ".join(f"{name} = {value.vi}" for name, value in values.items()),
        ", ".join(f"{name} = {value.en}" for name, value in values.items()),
    )


def share(part: Decimal, whole: Decimal, maximum: Decimal) -> Decimal:
    """`maximum` x part / whole, between 0 and `maximum`; 0 where whole is not above zero."""
    if whole <= 0 or part <= 0:
        return ZERO
    return min(maximum, EXACT.divide(EXACT.multiply(maximum, part), whole))


def weighed(weights: Sequence[Weight], values: Values) -> Decimal:
    """The sum of each measure times its weight."""
    total = ZERO
    for weight in weights:
        total = EXACT.add(total, EXACT.multiply(weight.each, amount(values, weight.measure)))
    return total


def weighed_inputs(weights: Sequence[Weight], values: Values) -> dict[str, str]:
    """The measures of weights as inputs, each once."""
    return {weight.measure: plain(amount(values, weight.measure)) for weight in weights}


def weighed_words(
    first: str, plus: Sequence[Weight], minus: Sequence[Weight], shown: Mapping[str, str]
) -> str:
    """`first + a × 2 − b × 1`, with names or numbers for a and b; `first` may be empty."""
    added = [f"{shown[w.measure]} × {plain(w.each)}" for w in plus]
    taken = [f"{shown[w.measure]} × {plain(w.each)}" for w in minus]
    return " − ".join([" + ".join([first] * bool(first) + added) or "0", *taken])


def names_of(*weights: Sequence[Weight]) -> dict[str, str]:
    """Measures of weights, each shown as its name."""
    return {weight.measure: weight.measure for some in weights for weight in some}

"""What the marks of several scorers of one criterion make, and how that is told.

Source of the form: "bình quân điểm của các sở", "bỏ điểm cao nhất và thấp nhất", a department's
part of the points, or its share of them.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.contracts.rules import entered_measure
from services.contracts.rules.criteria import SCORERS, Entered, Scorers
from services.contracts.wording import Bilingual, number
from services.measuring.exact import Number, add, clamped, divide, multiply
from services.measuring.measures import ZERO
from services.measuring.measures import number as number_of
from services.measuring.values import Values
from services.scoring.engine.texts import FormulaNames, in_words, joined, sentence, shown

BY = "by-"
"""Begin of the input that is one scorer's mark, before its code."""
LEFT_OUT = "left-out"
"""Input that names the scorers whose marks were the lowest and the highest."""
_NONE = shown(None)


def scored(
    criterion: Entered, scorers: Scorers, values: Values
) -> tuple[Number | None, dict[str, str]]:
    """What the marks make, None as long as too few are there, and each of them as an input."""
    given = {
        code: number_of(values, entered_measure(criterion.id, SCORERS, code))
        for code in scorers.codes
    }
    inputs = {f"{BY}{code}": shown(mark) for code, mark in given.items()}
    marks = {
        code: clamped(mark, criterion.minimum, scorers.most_of(code, criterion.maximum))
        for code, mark in given.items()
        if mark is not None
    }
    if not marks or len(marks) < scorers.needed:
        return None, inputs
    if scorers.marks == "sum":
        return _sum(list(marks.values())), inputs
    if scorers.marks == "shares":
        shares = scorers.shares or {}
        return _sum([multiply(mark, shares[code]) for code, mark in marks.items()]), inputs
    if scorers.marks == "trimmed-mean":
        left_out = _ends(marks)
        inputs[LEFT_OUT] = ", ".join(left_out)
        marks = {code: mark for code, mark in marks.items() if code not in left_out}
    return divide(_sum(list(marks.values())), Decimal(len(marks))), inputs


def _sum(marks: Sequence[Number]) -> Number:
    total: Number = ZERO
    for mark in marks:
        total = add(total, mark)
    return total


def _ends(marks: Mapping[str, Number]) -> tuple[str, str]:
    """Who gave the lowest mark, and who the highest; of equal ones the first and the last named."""
    in_order = sorted(marks, key=lambda code: marks[code])
    return in_order[0], in_order[-1]


def spelled(scorers: Scorers, inputs: Mapping[str, str], names: FormulaNames) -> Bilingual:
    """Each scorer's mark, and what they make."""
    marks = {code: given for code in scorers.codes if (given := inputs[f"{BY}{code}"]) != _NONE}
    shares = scorers.shares or {}
    each = [
        sentence(
            "{name} {mark} × {share}" if scorers.marks == "shares" else "{name} {mark}",
            "{name} {mark} × {share}" if scorers.marks == "shares" else "{name} {mark}",
            name=_name(code, names),
            mark=in_words(mark),
            share=shares.get(code, Decimal(1)),
        )
        for code, mark in marks.items()
    ]
    if scorers.marks in ("sum", "shares"):
        return joined(each, " + ")
    if len(scorers.codes) == 1:
        return each[0]
    listed = joined(each, ", ")
    if LEFT_OUT not in inputs:
        return sentence("bình quân điểm của {marks}", "mean of {marks}", marks=listed)
    lowest, highest = inputs[LEFT_OUT].split(", ")
    return sentence(
        "bình quân điểm của {marks}, bỏ điểm thấp nhất ({low}) và cao nhất ({high})",
        "mean of {marks}, without the lowest ({low}) and the highest ({high})",
        marks=listed,
        low=_name(lowest, names),
        high=_name(highest, names),
    )


def too_few(scorers: Scorers, inputs: Mapping[str, str]) -> Bilingual:
    """How many marks are there, of how many that are needed."""
    there = sum(inputs[f"{BY}{code}"] != _NONE for code in scorers.codes)
    return sentence(
        "mới có {there}/{needed} điểm chấm",
        "{there} of {needed} marks so far",
        there=str(there),
        needed=str(scorers.needed),
    )


def law(scorers: Scorers, names: FormulaNames) -> Bilingual:
    """Who scores, and what their marks make, whoever is scored."""
    each = [_name(code, names) for code in scorers.codes]
    if scorers.marks == "shares":
        shares = scorers.shares or {}
        parts = [
            sentence(
                "{name} × {share}", "{name} × {share}", name=one, share=shares.get(code, Decimal(1))
            )
            for one, code in zip(each, scorers.codes, strict=True)
        ]
        return sentence("điểm chấm của {all}", "the marks of {all}", all=joined(parts, " + "))
    if scorers.marks == "sum":
        parts = [
            sentence(
                "{name} (đến {most})",
                "{name} (up to {most})",
                name=one,
                most=(scorers.maxima or {}).get(code, Decimal(0)),
            )
            for one, code in zip(each, scorers.codes, strict=True)
        ]
        return sentence("điểm chấm của {all}", "the marks of {all}", all=joined(parts, " + "))
    if len(each) == 1:
        return sentence("điểm {unit} chấm", "the mark of {unit}", unit=each[0])
    words = {
        "mean": Bilingual("bình quân điểm chấm của {all}", "the mean of the marks of {all}"),
        "trimmed-mean": Bilingual(
            "bình quân điểm chấm, bỏ cao nhất và thấp nhất, của {all}",
            "the mean without the lowest and the highest of the marks of {all}",
        ),
    }[scorers.marks]
    text = sentence(words.vi, words.en, all=joined(each, ", "))
    if scorers.needed == len(each):
        return text
    return sentence(
        "{text} (từ {needed} đơn vị chấm trở lên)",
        "{text} (from {needed} marks on)",
        text=text,
        needed=number(scorers.needed),
    )


def _name(code: str, names: FormulaNames) -> Bilingual:
    name = names.some_units(code)
    return Bilingual(name, name)

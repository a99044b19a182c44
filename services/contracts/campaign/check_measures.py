"""Checks of measures: each counts facts that exist, by fields that they have."""

import types
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Annotated, Literal, Union, get_args, get_origin

from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.parts import Part
from services.contracts.campaign.problems import Problem
from services.contracts.campaign.rules import (
    CountMeasure,
    DaysLateMeasure,
    FactMeasure,
    FieldTest,
    Measure,
    OverFacts,
)
from services.contracts.events import FACTS, Fact

COUNTABLE: dict[str, type[Fact]] = {
    fact.event: fact
    for fact in FACTS
    if (fact.sheet.publisher == "submissions" and fact.event != "deadline-approaching")
    or fact.event == "score-entered"
}
"""Facts about a unit that can give points; a reminder changes nothing and gives none."""

Measures = Part[dict[str, Measure]]


def check_measures(
    measures: Measures | None, obligations: Collection[str] | None
) -> Iterator[Problem]:
    """Every event, field and obligation that a measure names exists and fits."""
    if measures is None:
        return
    for name, measure in measures.value.items():
        if isinstance(measure, FactMeasure):
            yield from _counted(measures, (name,), measure)
        elif not isinstance(measure, DaysLateMeasure):
            continue
        elif obligations is not None and measure.obligation not in obligations:
            vi, en = did_you_mean(measure.obligation, obligations)
            yield measures.problem(
                (name, "obligation"),
                f"plan.yaml không có nghĩa vụ “{measure.obligation}”; {vi}",
                f"plan.yaml has no obligation “{measure.obligation}”; {en}",
            )


def _counted(measures: Measures, path: Path, measure: OverFacts) -> Iterator[Problem]:
    fact = COUNTABLE.get(measure.of)
    for key, event in (("of", measure.of), ("unless", measure.unless)):
        if event is not None and event not in COUNTABLE:
            vi, en = did_you_mean(event, COUNTABLE)
            yield measures.problem(
                (*path, key),
                f"không có sự kiện “{event}”; {vi}",
                f"there is no event “{event}”; {en}",
            )
    if fact is None:
        return
    against = COUNTABLE.get(measure.unless or "")
    if against is not None and against.aggregate_field != fact.aggregate_field:
        same = [e for e, f in COUNTABLE.items() if f.aggregate_field == fact.aggregate_field]
        shown = ", ".join(e for e in same if e != fact.event)
        yield measures.problem(
            (*path, "unless"),
            f"{against.event} không nói về cùng một thứ với {fact.event}; dùng: {shown}",
            f"{against.event} is not about the same thing as {fact.event}; use: {shown}",
        )
    if not isinstance(measure, CountMeasure) and _known(fact, measure.field):
        if kind_of(fact, measure.field) != "number":
            yield measures.problem(
                (*path, "field"),
                f"“{measure.field}” không phải số, không cộng được; {_numbers(fact)[0]}",
                f"“{measure.field}” is no number and has no sum; {_numbers(fact)[1]}",
            )
    elif not isinstance(measure, CountMeasure):
        yield _unknown_field(measures, (*path, "field"), fact, measure.field)
    for at, condition in enumerate(measure.where):
        yield from _condition(measures, (*path, "where", at), fact, condition)


def _known(fact: type[Fact], field: str) -> bool:
    return field in fact.model_fields


def _unknown_field(measures: Measures, path: Path, fact: type[Fact], field: str) -> Problem:
    vi, en = did_you_mean(field, fact.model_fields)
    return measures.problem(
        path,
        f"{fact.event} không có trường “{field}”; {vi}",
        f"{fact.event} has no field “{field}”; {en}",
    )


def _numbers(fact: type[Fact]) -> tuple[str, str]:
    names = [name for name in fact.model_fields if kind_of(fact, name) == "number"]
    shown = ", ".join(names) or "—"
    return f"trường số của {fact.event}: {shown}", f"numbers of {fact.event}: {shown}"


def _condition(
    measures: Measures, path: Path, fact: type[Fact], condition: FieldTest
) -> Iterator[Problem]:
    tests = (condition.equals, condition.at_least, condition.less_than)
    if sum(test is not None for test in tests) != 1:
        yield measures.problem(
            path,
            "ghi đúng một trong is, at_least, less_than; hai điều kiện thì viết hai dòng",
            "say exactly one of is, at_least, less_than; two conditions are two lines",
        )
        return
    if not _known(fact, condition.field):
        yield _unknown_field(measures, (*path, "field"), fact, condition.field)
        return
    kind = kind_of(fact, condition.field)
    given = condition.equals
    if kind == "other":
        yield measures.problem(
            (*path, "field"),
            f"“{condition.field}” không so sánh được; chọn trường chữ, số hoặc đúng/sai",
            f"“{condition.field}” cannot be compared; choose a text, a number or a yes/no field",
        )
    elif (kind == "number") != (given is None):
        yield measures.problem(
            path,
            "số so bằng at_least hoặc less_than; chữ và đúng/sai so bằng is",
            "numbers are compared by at_least or less_than, texts and yes/no by is",
        )
    elif kind == "truth" and not isinstance(given, bool):
        yield measures.problem(
            (*path, "is"), "viết true hoặc false, không nháy", "write true or false, without quotes"
        )
    elif kind == "text" and isinstance(given, bool):
        yield measures.problem((*path, "is"), "viết chữ trong dấu nháy", "write a text in quotes")
    elif isinstance(given, str):
        yield from _impossible(measures, (*path, "is"), given, choices_of(fact, condition.field))


def _impossible(
    measures: Measures, path: Path, given: str, choices: tuple[str, ...]
) -> Iterator[Problem]:
    if choices and given not in choices:
        vi, en = did_you_mean(given, choices)
        yield measures.problem(
            path, f"không bao giờ là “{given}”; {vi}", f"it is never “{given}”; {en}"
        )


def _types(annotation: object) -> tuple[object, ...]:
    """The types behind Annotated, Optional and Union; Literal stays whole."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _types(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return tuple(
            t for arg in get_args(annotation) if arg is not type(None) for t in _types(arg)
        )
    return (annotation,)


def kind_of(fact: type[Fact], field: str) -> Literal["truth", "number", "text", "other"]:
    """How a field of a fact can be compared."""
    kinds = _types(fact.model_fields[field].annotation)
    if kinds == (bool,):
        return "truth"
    if all(isinstance(k, type) and issubclass(k, int | Decimal) and k is not bool for k in kinds):
        return "number"
    if all(k is str or get_origin(k) is Literal for k in kinds):
        return "text"
    return "other"


def choices_of(fact: type[Fact], field: str) -> tuple[str, ...]:
    """The only values of a text field, where it has a closed list; otherwise empty."""
    return tuple(
        str(choice)
        for kind in _types(fact.model_fields[field].annotation)
        if get_origin(kind) is Literal
        for choice in get_args(kind)
    )

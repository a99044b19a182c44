"""Checks of the tests under `where`: a field that the event has, compared as its type can be."""

import types
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal, Union, get_args, get_origin

from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.measuring import FieldTest, Measure
from services.contracts.campaign.measuring.conditions import BOUNDS
from services.contracts.campaign.measuring.proving.intervals import between
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.events import Fact

Measures = FilePart[dict[str, Measure]]

TESTS = ("is", "one_of", *BOUNDS, "given")


def unknown_field(measures: Measures, path: Path, fact: type[Fact], field: str) -> FileProblem:
    """The problem of a field that an event does not have."""
    if field in getattr(fact, "personal_answers", ()):
        return measures.problem(
            path,
            f"“{field}” là dữ liệu cá nhân, không có trong sự kiện; chọn trường khác",
            f"“{field}” is personal, and in no event; choose another field",
        )
    vi, en = did_you_mean(field, fact.model_fields)
    return measures.problem(
        path,
        f"{fact.event} không có trường “{field}”; {vi}",
        f"{fact.event} has no field “{field}”; {en}",
    )


def check_field_test(
    measures: Measures, path: Path, fact: type[Fact], test: FieldTest
) -> Iterator[FileProblem]:
    """One test, of a field that there is, by what its type allows, and for what it can be."""
    given = _given(test)
    if len(given) != 1:
        tests = ", ".join(TESTS)
        yield measures.problem(
            path,
            f"ghi đúng một trong {tests}; hai điều kiện thì viết hai dòng",
            f"say exactly one of {tests}; two conditions are two lines",
        )
    elif test.field not in fact.model_fields:
        yield unknown_field(measures, (*path, "field"), fact, test.field)
    elif given != ["given"]:  # any field can be there or not
        yield from _compared(measures, path, fact, test, given[0])


def texts_of(test: FieldTest) -> tuple[str, ...]:
    """The texts that a field may be, by a test."""
    return (test.equals,) if isinstance(test.equals, str) else test.one_of or ()


def _given(test: FieldTest) -> list[str]:
    values = {"is": test.equals, **{key: getattr(test, key) for key in TESTS[1:]}}
    return [key for key, value in values.items() if value is not None]


def _compared(
    measures: Measures, path: Path, fact: type[Fact], test: FieldTest, key: str
) -> Iterator[FileProblem]:
    kind = kind_of(fact, test.field)
    if kind == "other":
        yield measures.problem(
            (*path, "field"),
            f"“{test.field}” không so sánh được; chọn trường chữ, số hoặc đúng/sai",
            f"“{test.field}” cannot be compared; choose a text, a number or a yes/no field",
        )
    elif (kind == "number") != (key in BOUNDS):
        yield measures.problem(
            path,
            "số so bằng at_least, more_than, at_most hoặc less_than; chữ và đúng/sai so bằng is "
            "(chữ còn bằng one_of)",
            "numbers are compared by at_least, more_than, at_most or less_than, texts and yes/no "
            "by is (texts also by one_of)",
        )
    elif kind == "truth" and not isinstance(test.equals, bool):
        yield measures.problem(
            (*path, key), "viết is: true hoặc is: false, không nháy", "write true or false after is"
        )
    elif kind == "text" and isinstance(test.equals, bool):
        yield measures.problem((*path, "is"), "viết chữ trong dấu nháy", "write a text in quotes")
    elif kind == "text":
        yield from _texts(measures, path, fact, test)


def _texts(
    measures: Measures, path: Path, fact: type[Fact], test: FieldTest
) -> Iterator[FileProblem]:
    choices = choices_of(fact, test.field)
    if isinstance(test.equals, str):
        yield from _impossible(measures, (*path, "is"), test.equals, choices)
    if test.one_of is not None:
        if not test.one_of:
            yield measures.problem(
                (*path, "one_of"), "danh sách trống; thêm vào", "an empty list; add what it may be"
            )
        for at, text in enumerate(test.one_of):
            yield from _impossible(measures, (*path, "one_of", at), text, choices)


def check_possible(
    measures: Measures, path: Path, tests: tuple[FieldTest, ...]
) -> Iterator[FileProblem]:
    """Bounds of one field in several tests leave some number."""
    for field in dict.fromkeys(test.field for test in tests):
        within, last = between(), 0
        for at, test in enumerate(tests):
            if test.field == field:
                bounds = {key: getattr(test, key) for key in BOUNDS}
                within, last = within.common(between(**bounds)), at
                if within.is_empty:
                    break
        if within.is_empty:
            yield measures.problem(
                (*path, last),
                f"không số nào của “{field}” đạt cả các dòng này; sửa một con số",
                f"no number of “{field}” passes all of these lines; correct one of them",
            )


def _impossible(
    measures: Measures, path: Path, given: str, choices: tuple[str, ...]
) -> Iterator[FileProblem]:
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

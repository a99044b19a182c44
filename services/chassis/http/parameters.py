"""Parameters of path and query, read as strictly as their schemas.

Everything there is text, and Pydantic takes much for a number, a day or a truth: `1_000`, `yes`,
`1593475200`. What may be written is checked before.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, get_args
from uuid import UUID

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime

from services.chassis.problems import field_fault
from services.contracts.reading import (
    DECIMAL,
    UnreadableError,
    read_day,
    read_moment,
)

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_WHOLE = re.compile(r"0|-?[1-9][0-9]*")
_DECIMAL = re.compile(DECIMAL)
_SHOWN = 40
"""Characters of a name that nobody knows."""


_Wrong = Callable[[str], Mapping[str, Any] | None]
"""What is wrong with a text, as one of Pydantic's errors without its place; None for nothing."""


def _fits(kind: str, pattern: re.Pattern[str]) -> _Wrong:
    return lambda text: None if pattern.fullmatch(text) else {"type": kind, "msg": kind}


def _reads(read: Callable[[str], object]) -> _Wrong:
    def wrong(text: str) -> Mapping[str, Any] | None:
        try:
            read(text)
        except UnreadableError as error:
            fault = field_fault(error.vi, error.en, error.rule)
            return {"type": fault.type, "msg": fault.message(), "ctx": fault.context}
        return None

    return wrong


_WRITTEN: Mapping[Any, _Wrong] = {
    bool: _fits("bool_parsing", re.compile("true|false")),
    int: _fits("int_parsing", _WHOLE),
    UUID: _fits("uuid_parsing", _UUID),
    Decimal: _fits("decimal_parsing", _DECIMAL),
    date: _reads(read_day),
    datetime: _reads(read_moment),
    AwareDatetime: _reads(read_moment),
}


class _Parameter(NamedTuple):
    place: str
    name: str
    wrong: _Wrong


ParameterCheck = Callable[[Request], None]


def parameter_check(dependant: Dependant) -> ParameterCheck:
    """Checks what a route's parameters may be written like, and that it has those that are sent: an
    `as_of` that was passed over would be answered with what is now.

    The check raises RequestValidationError with all that are not so.
    """
    checked, known = list(_parameters(dependant)), frozenset(_query_names(dependant))

    def check(request: Request) -> None:
        errors: list[Mapping[str, Any]] = [
            _unknown(name, known) for name in request.query_params if name not in known
        ]
        errors += [
            {**wrong, "loc": (one.place, one.name), "input": text}
            for one in checked
            for text in _written(request, one)
            if (wrong := one.wrong(text))
        ]
        if errors:
            raise RequestValidationError(errors)

    return check


def _unknown(name: str, known: Collection[str]) -> Mapping[str, Any]:
    shown, there = name[:_SHOWN], ", ".join(sorted(known))
    fault = field_fault(
        f"Địa chỉ này không có tham số “{shown}”"
        + (f"; có {there}." if there else ", và không có tham số nào. Bỏ tham số này."),
        f"There is no parameter “{shown}” here"
        + (f"; there are {there}." if there else ", nor any other one: remove it."),
    )
    return {"type": fault.type, "ctx": fault.context, "loc": ("query", shown), "input": None}


def _query_names(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for one in dependant.dependencies:
        yield from _query_names(one)


def _written(request: Request, parameter: _Parameter) -> list[str]:
    if parameter.place == "path":
        return [request.path_params[parameter.name]]
    return request.query_params.getlist(parameter.name)


def _parameters(dependant: Dependant) -> Iterator[_Parameter]:
    for place, fields in (("path", dependant.path_params), ("query", dependant.query_params)):
        for field in fields:
            if wrong := _check_of(field.field_info.annotation):
                yield _Parameter(place, field.alias, wrong)
    for one in dependant.dependencies:
        yield from _parameters(one)


def _check_of(annotation: Any) -> _Wrong | None:
    """Of a type, of an optional one, or of the items of a list."""
    if annotation in _WRITTEN:
        return _WRITTEN[annotation]
    return next((found for one in get_args(annotation) if (found := _check_of(one))), None)

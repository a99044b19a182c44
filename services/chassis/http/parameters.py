"""Parameters of path and query, read as strictly as their schemas.

Everything there is text, and Pydantic takes much for a number, a day or a truth: `1_000`, `yes`,
`1593475200`. What may be written is checked before.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, get_args
from uuid import UUID

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime

from services.contracts.reading import (
    DECIMAL,
    UnreadableError,
    read_day,
    read_moment,
)

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_WHOLE = re.compile(r"0|-?[1-9][0-9]*")
_DECIMAL = re.compile(DECIMAL)


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            read(text)
        except UnreadableError:
            return False
        return True

    return check


_WRITTEN: Mapping[Any, tuple[str, Callable[[str], bool]]] = {
    bool: ("bool_parsing", lambda text: text in {"true", "false"}),
    int: ("int_parsing", lambda text: bool(_WHOLE.fullmatch(text))),
    UUID: ("uuid_parsing", lambda text: bool(_UUID.fullmatch(text))),
    Decimal: ("decimal_parsing", lambda text: bool(_DECIMAL.fullmatch(text))),
    date: ("date_parsing", _reads(read_day)),
    datetime: ("datetime_parsing", _reads(read_moment)),
    AwareDatetime: ("datetime_parsing", _reads(read_moment)),
}
"""By type: Pydantic's kind of error, and what may be written."""


class _Parameter(NamedTuple):
    place: str
    name: str
    kind: str
    is_written_well: Callable[[str], bool]


ParameterCheck = Callable[[Request], None]


def parameter_check(dependant: Dependant) -> ParameterCheck | None:
    """Checks what a route's parameters may be written like; None where it has none of such types.

    The check raises RequestValidationError with all that are not.
    """
    checked = list(_parameters(dependant))
    if not checked:
        return None

    def check(request: Request) -> None:
        errors = [
            {"type": one.kind, "loc": (one.place, one.name), "msg": one.kind, "input": text}
            for one in checked
            for text in _written(request, one)
            if not one.is_written_well(text)
        ]
        if errors:
            raise RequestValidationError(errors)

    return check


def _written(request: Request, parameter: _Parameter) -> list[str]:
    if parameter.place == "path":
        return [request.path_params[parameter.name]]
    return request.query_params.getlist(parameter.name)


def _parameters(dependant: Dependant) -> Iterator[_Parameter]:
    for place, fields in (("path", dependant.path_params), ("query", dependant.query_params)):
        for field in fields:
            if written := _kind_of(field.field_info.annotation):
                yield _Parameter(place, field.alias, *written)
    for one in dependant.dependencies:
        yield from _parameters(one)


def _kind_of(annotation: Any) -> tuple[str, Callable[[str], bool]] | None:
    """Of a type, of an optional one, or of the items of a list."""
    if annotation in _WRITTEN:
        return _WRITTEN[annotation]
    return next((found for one in get_args(annotation) if (found := _kind_of(one))), None)

"""Reads a JSON body as strictly as its OpenAPI schema: UTF-8 only, no conversion of types.

FastAPI reads a body into plain Python values before it checks them, and then takes `true` for 1,
`"5"` for 5, and a number of seconds for a day. Here the bytes go to Pydantic's JSON reader in
strict mode; what FastAPI then checks is the finished model.
"""

import json
from collections.abc import Callable
from typing import Any, Protocol

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from services.chassis.http.faults import broken_json

_UTF8_BOM = b"\xef\xbb\xbf"
"""Some programs begin a file with it; JSON may not have it, and readers may pass over it (RFC 8259
§8.1)."""

BodyReader = Callable[[bytes], Any]


class HasAnnotation(Protocol):
    """A body parameter of FastAPI."""

    @property
    def annotation(self) -> Any:
        """Its type."""


def body_reader(field: HasAnnotation) -> BodyReader:
    """Reads the body of a route.

    Raises Refusal (400) for what is no JSON in UTF-8, and RequestValidationError for what is not
    as the schema says.
    """
    check = TypeAdapter[Any](field.annotation)

    def read(content: bytes) -> Any:
        content = content.removeprefix(_UTF8_BOM)
        try:
            return check.validate_json(content, strict=True)
        except ValidationError as error:
            found = error.errors(include_url=False)
            if found[0]["type"] == "json_invalid":
                raise broken_json(content, found[0]) from None
            errors = [{**one, "loc": ("body", *one["loc"])} for one in found]
            raise RequestValidationError(errors, body=json.loads(content)) from None

    return read


class ReadRequest(Request):
    """A request whose body has been read: `json()` is the finished model."""

    def __init__(self, request: Request, content: bytes, model: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._content = content
        self._model = model

    async def body(self) -> bytes:
        """The bytes."""
        return self._content

    async def json(self) -> Any:
        """The model."""
        return self._model

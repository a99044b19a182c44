"""The limit on the size of a request body, also where the request does not declare its length."""

import asyncio
import contextlib

from starlette.types import Message, Receive, Scope

from services.chassis.problems import TOO_LARGE, Refusal
from services.contracts.wording import number_en, number_vi

_READ_ON = 16
"""A body up to this many times too large is read to its end: a caller who is still sending when the
connection closes sees a reset instead of the refusal."""

_READ_ON_S = 2.0
"""No longer than that. Seconds."""


def limited(scope: Scope, receive: Receive, every_route: int) -> Receive:
    """`receive` that raises Refusal (413) instead of handing over more bytes than a body may have.

    `every_route` is the limit of routes that declare none with `access(max_body_bytes=…)`. The
    route is known by the time at which a body is read.
    """
    seen = 0
    length = next((value for key, value in scope["headers"] if key == b"content-length"), b"0")
    declared = int(length) if length.isdigit() else 0

    async def counted() -> Message:
        nonlocal seen
        extra = getattr(scope.get("route"), "openapi_extra", None) or {}
        most: int = extra.get("x-max-body-bytes", every_route)
        if declared > most:
            await _read_on(receive, most * _READ_ON)
            raise _too_large(most)
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            if message.get("more_body"):
                await _read_on(receive, most * _READ_ON)
            raise _too_large(most)
        return message

    return counted


async def _read_on(receive: Receive, bound: int) -> None:
    read = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_READ_ON_S):
            while read < bound:
                message = await receive()
                read += len(message.get("body", b""))
                if not message.get("more_body"):
                    return


def _too_large(most: int) -> Refusal:
    return Refusal(
        TOO_LARGE,
        detail=(
            f"Nội dung tối đa {number_vi(most)} byte.",
            f"A body has at most {number_en(most)} bytes.",
        ),
    )

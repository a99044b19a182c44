"""Answers whose size grows with what is stored."""

from collections.abc import Callable
from typing import ParamSpec

from fastapi import Response
from pydantic import BaseModel

from services.chassis.aside import aside

P = ParamSpec("P")


async def large_answer(
    build: Callable[P, BaseModel], *args: P.args, **kwargs: P.kwargs
) -> Response:
    """The answer that `build` returns, built and written as JSON beside the event loop.

    FastAPI would check and write it once more on the loop: the route names it as `response_model`
    and returns this. Raises what `build` raises.
    """

    def written() -> str:
        return build(*args, **kwargs).model_dump_json()

    return Response(await aside(written), media_type="application/json")

"""Exceptions as RFC 9457 problem documents."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from services.chassis.http.edge import PROBLEM_JSON
from services.chassis.http.faults import faults_of
from services.chassis.problems import (
    BROKEN_JSON,
    FAULTY,
    INTERNAL,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    TOO_LARGE,
    WRONG_MEDIA_TYPE,
    Problem,
    Refusal,
)

# What the framework answers by itself. 400: a body that could not be read, e.g. not UTF-8.
_BY_STATUS: Mapping[int, Problem] = {
    problem.status: problem
    for problem in (BROKEN_JSON, NOT_FOUND, METHOD_NOT_ALLOWED, TOO_LARGE, WRONG_MEDIA_TYPE)
}


def add_handlers(app: FastAPI) -> None:
    """Answer every refusal of ours and of the framework with a problem document."""
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


def problem_response(refusal: Refusal) -> JSONResponse:
    """The document as a response."""
    return JSONResponse(
        refusal.document(),
        refusal.problem.status,
        headers=refusal.headers,
        media_type=PROBLEM_JSON,
    )


async def _on_refusal(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # noqa: S101 - registered for it
    return problem_response(error)


async def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    field = getattr(request.scope.get("route"), "body_field", None)
    model = field.field_info.annotation if field is not None else None
    return problem_response(Refusal(FAULTY, faults_of(error.errors(), error.body, model)))


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    problem = _BY_STATUS.get(error.status_code, INTERNAL)
    headers = dict(error.headers or {})
    if problem is METHOD_NOT_ALLOWED:  # the framework names the methods of one route only
        routes: list[APIRoute] = request.app.state.routes
        here = [route for route in routes if route.path_regex.match(request.url.path)]
        allowed = {name for route in here for name in route.methods or ()}
        headers["Allow"] = ", ".join(sorted(allowed | ({"HEAD"} if "GET" in allowed else set())))
    return problem_response(Refusal(problem, headers=headers))

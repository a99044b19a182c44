"""What the OpenAPI document declares for every operation: token, Idempotency-Key, refusals."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.chassis.http.auth import PUBLIC
from services.chassis.http.edge import PROBLEM_JSON
from services.chassis.http.idempotency import HEADER
from services.chassis.problems import CATALOGUE, INTERNAL, UNAVAILABLE, Problem

_TEXT = {"type": "string"}
_SCHEMAS: dict[str, Any] = {
    "Fault": {
        "type": "object",
        "required": ["vi", "en"],
        "description": "One fault, where it is and what to do.",
        "properties": {
            "pointer": {**_TEXT, "description": "JSON Pointer into the body."},
            "parameter": {**_TEXT, "description": "Or the parameter, e.g. query:unit."},
            "vi": _TEXT,
            "en": _TEXT,
            "rule": {**_TEXT, "description": "The campaign's rule that it breaks."},
        },
    },
    "Problem": {
        "type": "object",
        "required": ["type", "title", "title_en", "status", "detail", "detail_en"],
        "description": "RFC 9457 problem document. Nothing was changed by the request.",
        "properties": {
            "type": {**_TEXT, "format": "uri"},
            "title": _TEXT,
            "title_en": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "detail_en": _TEXT,
            "faults": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
            "trace_id": {**_TEXT, "description": "With 5xx: quote it when you report it."},
        },
        "examples": [
            {
                "type": "https://thidua.hanoi.gov.vn/problems/faulty-request",
                "title": "Dữ liệu không hợp lệ",
                "title_en": "The request has faults",
                "status": 422,
                "detail": "Có 1 lỗi cần sửa. Dữ liệu chưa được ghi nhận.",
                "detail_en": "1 fault; nothing was changed.",
                "faults": [
                    {
                        "pointer": "/author/full_name",
                        "vi": "Chưa có thông tin bắt buộc này.",
                        "en": "Required and missing: add it.",
                    }
                ],
            }
        ],
    },
}
_KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[\\x21-\\x7e]+$"},
    "description": "New for each command, the same when it is repeated, e.g. a UUID.",
    "example": "0197a5c2-6f7e-7c3b-9f43-5a6d2a1c9d10",
}


def describe(app: FastAPI) -> None:
    """Give `app` an OpenAPI document with what all operations share."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's way to extend OpenAPI


def _document(app: FastAPI) -> dict[str, Any]:
    spec = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    components = spec.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.update(_SCHEMAS)
    for unused in ("HTTPValidationError", "ValidationError"):  # ours are problem documents
        schemas.pop(unused, None)
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    for path in spec["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
            _describe_success(operation["responses"], schemas)
    return spec


def _describe_success(responses: dict[str, Any], schemas: dict[str, Any]) -> None:
    """In place of FastAPI's two words: what the body is, or that there is none."""
    for answer in responses.values():
        if answer["description"] == "Successful Response":
            schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
            name = schema.get("$ref", "").rpartition("/")[2]
            said = schemas[name].get("description", "Done.") if name else "Done."
            answer["description"] = said.partition("\n\n")[0]


def _complete(method: str, operation: dict[str, Any]) -> None:
    """Add the key header and every refusal: those of all routes, then what this one declares."""
    # A character NUL is refused in any path or query, also where no parameter is taken.
    refusals = {"422": "Refused, with every fault.", "500": _title(INTERNAL)}
    refusals["503"] = _title(UNAVAILABLE)
    if PUBLIC not in operation["x-roles"]:
        refusals |= {"401": "No valid token.", "403": "Not for this role or unit."}
    if method == "post" and operation.get("x-stores", True):
        operation.setdefault("parameters", []).append(_KEY_PARAMETER)
        refusals["400"] = "Idempotency-Key missing, or the body is not JSON."
    elif "requestBody" in operation:
        refusals["400"] = "The body is not JSON."
    if "requestBody" in operation:
        refusals |= {"413": "Body too large.", "415": "Not application/json."}
    refusals |= _declared(operation)
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses = operation["responses"]
    for status, description in refusals.items():
        # FastAPI's own 422 is no problem document; what a route says itself stays.
        if status == "422" or status not in responses:
            responses[status] = {"description": description, "content": content}
    operation["responses"] = dict(sorted(responses.items()))


def _declared(operation: dict[str, Any]) -> dict[str, str]:
    """Status -> the titles of the problems that the route's `access(refuses=…)` names."""
    titles: dict[str, list[str]] = {}
    for slug in operation.get("x-problems", ()):
        problem = CATALOGUE[slug]
        titles.setdefault(str(problem.status), []).append(_title(problem))
    return {status: " ".join(names) for status, names in titles.items()}


def _title(problem: Problem) -> str:
    return f"{problem.en}."

"""Pydantic's errors as faults: at their place in the request, in both languages."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from services.chassis.problems import BROKEN_JSON, Fault, Refusal
from services.contracts.validation_sentences import sentence


def faults_of(
    errors: Sequence[Mapping[str, Any]], body: object, model: object = None
) -> list[Fault]:
    """One fault for each pydantic error of a request; `body` is what was sent, parsed, and `model`
    the type that it has to have, where the route has one."""
    return [_fault(error, body, model) for error in errors]


def broken_json(content: bytes, error: Mapping[str, Any]) -> Refusal:
    """For a body that is no JSON: where it breaks off. `error` is pydantic's `json_invalid`."""
    try:
        content.decode()
    except UnicodeDecodeError as wrong:
        fault = Fault(
            "",
            f"Nội dung phải mã hóa UTF-8; byte thứ {wrong.start + 1} không phải UTF-8.",
            f"The body must be UTF-8: byte {wrong.start + 1} is not.",
        )
        return Refusal(BROKEN_JSON, [fault])
    reason = str((error.get("ctx") or {}).get("error", ""))
    place = re.search(r"line (\d+) column (\d+)", reason)
    where = f" tại dòng {place[1]}, cột {place[2]}" if place else ""
    if "recursion" in reason:
        fault = Fault("", "JSON lồng nhau quá sâu.", "The JSON is nested too deeply.")
    else:
        fault = Fault("", f"JSON sai cú pháp{where}.", f"Not JSON: {reason}.")
    return Refusal(BROKEN_JSON, [fault])


def _fault(error: Mapping[str, Any], body: object, model: object) -> Fault:
    place, *path = error["loc"]
    vi, en, rule = _sentence(error)
    if place == "body":
        if error["type"] == "extra_forbidden" and (known := _fields_at(model, path[:-1])):
            listed, name = ", ".join(f"`{field}`" for field in known), path[-1]
            vi = f"Không có trường “{name}”. Các trường ở đây: {listed}."
            en = f"There is no field “{name}”. The fields here: {listed}."
        return Fault(_pointer(path, body), vi, en, rule)
    return Fault("", vi, en, rule, parameter=f"{place}:{'.'.join(str(part) for part in path)}")


def _sentence(error: Mapping[str, Any]) -> tuple[str, str, str | None]:
    if error["type"] == "field_fault":
        context = error["ctx"]
        return context["vi"], context["en"], context["rule"] or None
    return *sentence(error), None


def _fields_at(model: object, path: Sequence[str | int]) -> list[str]:
    """The fields that a body has at a place, as they are sent; none where that is not known."""
    here = [model]
    for part in path:
        if isinstance(part, int):
            continue  # an item has the type that the list names
        models = [one for each in here for one in _models_in(each)]
        here = [
            field.annotation
            for one in models
            for name, field in one.model_fields.items()
            if part in (name, field.alias)
        ]
    found = [one for each in here for one in _models_in(each)]
    return [field.alias or name for one in found[:1] for name, field in one.model_fields.items()]


def _models_in(annotation: object) -> list[type[BaseModel]]:
    """The models of an annotation, as of `Scope | None` or `list[Item]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [one for inside in get_args(annotation) for one in _models_in(inside)]


def _pointer(path: Sequence[str | int], body: object) -> str:
    """JSON Pointer to `path`, without the steps that pydantic adds for unions and validators.

    Those steps name no member of what was sent and are not the last one.
    """
    steps = []
    here = body
    for number, part in enumerate(path, start=1):
        if isinstance(here, Mapping) and part in here:
            here = here[part]
        elif isinstance(here, list) and isinstance(part, int):
            here = here[part] if part < len(here) else None
        elif number < len(path) or not isinstance(here, Mapping):
            continue
        steps.append(str(part).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in steps)

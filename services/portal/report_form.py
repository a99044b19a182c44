"""The form of a declared report: its fields, and the body of what was filled in. Pure."""

from collections.abc import Mapping
from typing import Any

from services.contracts.campaign.report_kinds import ReportField, ReportKind
from services.contracts.reading import read_day, read_decimal
from services.contracts.wording import day_vi, number_en, number_vi
from services.portal.forms import day_typed, figure_typed, name_of
from services.portal.language import Language
from services.portal.sending import whole_typed

_DOCUMENT = ("number", "date")


def pointer_of(field: ReportField) -> str:
    """Where the service names what is wrong with a field."""
    return f"/answers/{field.id}"


def pointers_of(kind: ReportKind) -> tuple[str, ...]:
    """All fields of the form, in their order; of a document its number and day too."""
    found = []
    for field in kind.fields:
        found.append(pointer_of(field))
        if field.type == "document":
            found += [f"{pointer_of(field)}/{part}" for part in _DOCUMENT]
    return tuple(found)


def answers_of(kind: ReportKind, values: Mapping[str, str]) -> dict[str, Any]:
    """What was filled in, by field; what was left empty is absent."""
    answers: dict[str, Any] = {}
    for field in kind.fields:
        if field.type == "document":
            typed = {part: _typed(values, f"{pointer_of(field)}/{part}") for part in _DOCUMENT}
            document = {part: text for part, text in typed.items() if text}
            if "date" in document:
                document["date"] = day_typed(document["date"])
            if document:
                answers[field.id] = document
        elif text := _typed(values, pointer_of(field)):
            answers[field.id] = _answer(field, text)
    return answers


def typed_of(
    kind: ReportKind, answers: Mapping[str, Any], language: Language = "vi"
) -> dict[str, str]:
    """The same the other way: a report that was sent, as its sender would type it."""
    values = {}
    for field in kind.fields:
        given = answers.get(field.id)
        if given is None:
            continue
        name = name_of(pointer_of(field))
        if field.type == "document":
            values[f"{name}.number"] = str(given["number"])
            values[f"{name}.date"] = day_vi(read_day(given["date"]))
        elif field.type == "date":
            values[name] = day_vi(read_day(given))
        elif field.type == "decimal":
            decimal = number_vi if language == "vi" else number_en
            values[name] = decimal(read_decimal(given)).replace(
                "." if language == "vi" else ",", ""
            )
        elif field.type == "yes-no":
            values[name] = "true" if given else "false"
        else:
            values[name] = str(given)
    return values


def _typed(values: Mapping[str, str], pointer: str) -> str:
    return values.get(name_of(pointer), "").strip()


def _answer(field: ReportField, text: str) -> Any:
    match field.type:
        case "whole":
            return whole_typed(text)
        case "decimal":
            return figure_typed(text)
        case "date":
            return day_typed(text)
        case "yes-no":
            return {"true": True, "false": False}.get(text, text)
    return text

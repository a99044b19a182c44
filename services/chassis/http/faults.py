"""Pydantic's errors as faults: in Vietnamese and English, at their place, with the remedy."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.chassis.problems import Fault

# By pydantic error type (https://docs.pydantic.dev/latest/errors/validation_errors/); {x} is taken
# from the error's context.
_SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("Thiếu thông tin bắt buộc; hãy bổ sung.", "Required and missing: add it."),
    "extra_forbidden": (
        "Trường không được biết đến; hãy bỏ hoặc sửa tên.",
        "Unknown field: remove it or correct its name.",
    ),
    "string_type": ("Phải là chuỗi ký tự.", "Must be a string."),
    "string_too_short": (
        "Quá ngắn; ít nhất {min_length} ký tự.",
        "Too short: at least {min_length} characters.",
    ),
    "string_too_long": (
        "Quá dài; nhiều nhất {max_length} ký tự.",
        "Too long: at most {max_length} characters.",
    ),
    "string_pattern_mismatch": (
        "Không đúng mẫu {pattern}.",
        "Does not match the pattern {pattern}.",
    ),
    "int_type": ("Phải là số nguyên.", "Must be a whole number."),
    "int_parsing": ("Phải là số nguyên.", "Must be a whole number."),
    "int_from_float": ("Phải là số nguyên.", "Must be a whole number."),
    "decimal_type": (
        'Phải là số thập phân viết trong dấu nháy, ví dụ "7.5".',
        'Must be a decimal written as a string, e.g. "7.5".',
    ),
    "decimal_parsing": (
        'Phải là số thập phân viết trong dấu nháy, ví dụ "7.5".',
        'Must be a decimal written as a string, e.g. "7.5".',
    ),
    "exact_decimal": (
        'Phải là số thập phân viết trong dấu nháy, ví dụ "7.5": nhiều nhất 14 chữ số trước và 6 chữ'
        " số sau dấu chấm.",
        'Must be a decimal written as a string, e.g. "7.5": at most 14 digits before the point and'
        " 6 after it.",
    ),
    "decimal_max_digits": ("Nhiều nhất {max_digits} chữ số.", "At most {max_digits} digits."),
    "decimal_max_places": (
        "Nhiều nhất {decimal_places} chữ số thập phân.",
        "At most {decimal_places} decimal places.",
    ),
    "greater_than": ("Phải lớn hơn {gt}.", "Must be greater than {gt}."),
    "greater_than_equal": ("Phải từ {ge} trở lên.", "Must be {ge} or more."),
    "less_than": ("Phải nhỏ hơn {lt}.", "Must be less than {lt}."),
    "less_than_equal": ("Phải từ {le} trở xuống.", "Must be {le} or less."),
    "finite_number": ("Phải là số hữu hạn.", "Must be a finite number."),
    "bool_type": ("Phải là true hoặc false.", "Must be true or false."),
    "bool_parsing": ("Phải là true hoặc false.", "Must be true or false."),
    "literal_error": ("Phải là một trong: {expected}.", "Must be one of: {expected}."),
    "enum": ("Phải là một trong: {expected}.", "Must be one of: {expected}."),
    "date_type": (
        "Phải là ngày, dạng 2020-06-11.",
        "Must be a date, like 2020-06-11.",
    ),
    "date_parsing": ("Phải là ngày, dạng 2020-06-11.", "Must be a date, like 2020-06-11."),
    "date_from_datetime_parsing": (
        "Phải là ngày, dạng 2020-06-11.",
        "Must be a date, like 2020-06-11.",
    ),
    "datetime_type": (
        "Phải là thời điểm có múi giờ, dạng 2020-06-11T09:30:00+07:00.",
        "Must be a moment with its offset, like 2020-06-11T09:30:00+07:00.",
    ),
    "datetime_parsing": (
        "Phải là thời điểm có múi giờ, dạng 2020-06-11T09:30:00+07:00.",
        "Must be a moment with its offset, like 2020-06-11T09:30:00+07:00.",
    ),
    "timezone_aware": (
        "Thiếu múi giờ; hãy thêm, ví dụ +07:00.",
        "The offset is missing: add it, e.g. +07:00.",
    ),
    "uuid_type": ("Phải là UUID.", "Must be a UUID."),
    "uuid_parsing": ("Phải là UUID.", "Must be a UUID."),
    "list_type": ("Phải là danh sách.", "Must be a list."),
    "too_short": (
        "Ít nhất {min_length} phần tử, hiện có {actual_length}.",
        "At least {min_length} items, found {actual_length}.",
    ),
    "too_long": ("Nhiều nhất {max_length} phần tử.", "At most {max_length} items."),
    "dict_type": ("Phải là đối tượng JSON.", "Must be a JSON object."),
    "model_type": ("Phải là đối tượng JSON.", "Must be a JSON object."),
    "model_attributes_type": ("Phải là đối tượng JSON.", "Must be a JSON object."),
    "union_tag_not_found": (
        "Thiếu trường phân loại {discriminator}.",
        "The field {discriminator}, which says the kind, is missing.",
    ),
    "union_tag_invalid": (
        "{discriminator} phải là một trong: {expected_tags}.",
        "{discriminator} must be one of: {expected_tags}.",
    ),
    "url_parsing": ("Phải là địa chỉ URL đầy đủ.", "Must be a complete URL."),
    "url_type": ("Phải là địa chỉ URL đầy đủ.", "Must be a complete URL."),
    "url_scheme": (
        "URL phải bắt đầu bằng: {expected_schemes}.",
        "The URL must begin with: {expected_schemes}.",
    ),
    "url_too_long": ("URL quá dài.", "The URL is too long."),
}


def faults_of(errors: Sequence[Mapping[str, Any]], body: object) -> list[Fault]:
    """One fault for each pydantic error of a request; `body` is what was sent, parsed."""
    return [_fault(error, body) for error in errors]


def _fault(error: Mapping[str, Any], body: object) -> Fault:
    place, *path = error["loc"]
    vi, en, rule = _sentence(error)
    if place == "body":
        return Fault(_pointer(path, body), vi, en, rule)
    return Fault("", vi, en, rule, parameter=f"{place}:{'.'.join(str(part) for part in path)}")


def _sentence(error: Mapping[str, Any]) -> tuple[str, str, str | None]:
    context = error.get("ctx") or {}
    if error["type"] == "field_fault":
        return context["vi"], context["en"], context["rule"] or None
    if error["type"] in _SENTENCES:
        vi, en = _SENTENCES[error["type"]]
        return vi.format_map(context), en.format_map(context), None
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"Không hợp lệ: {said}", f"Not valid: {said}", None


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

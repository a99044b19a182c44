"""What is wrong with a value, in Vietnamese and English, for every kind of error of Pydantic.

Kinds: https://docs.pydantic.dev/latest/errors/validation_errors/. {x} is taken from the error's
context.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from services.contracts.reading import PATTERN_REMEDIES
from services.contracts.wording import number

Sentence = tuple[str, str]
"""Vietnamese, English."""

_OTHERWISE: Sentence = (
    "Giá trị không hợp lệ. Kiểm tra lại theo tài liệu API.",
    "Not valid: {msg}.",
)

_MISSING: Sentence = ("Chưa có thông tin bắt buộc này.", "Required and missing: add it.")
_UNKNOWN: Sentence = (
    "Trường không hợp lệ. Bỏ trường này hoặc kiểm tra lại tên trường.",
    "Unknown field: remove it or correct its name.",
)
_TEXT: Sentence = ("Phải là chuỗi ký tự.", "Must be a string.")
_WHOLE: Sentence = ("Phải là số nguyên, ví dụ 12.", "Must be a whole number, e.g. 12.")
_NUMBER: Sentence = ("Phải là số.", "Must be a number.")
_FIGURE: Sentence = (
    "Phải là số viết trong dấu nháy, dấu chấm trước phần thập phân, ví dụ “7.5”: nhiều nhất 14 chữ"
    " số trước và 6 chữ số sau dấu chấm.",
    "Must be a decimal written as a string, e.g. “7.5”: at most 14 digits before the dot and 6"
    " after it.",
)
_TRUTH: Sentence = ("Phải là `true` hoặc `false`.", "Must be true or false.")
_DAY: Sentence = (
    "Không phải một ngày có thật. Viết năm-tháng-ngày, ví dụ 2020-06-11.",
    "Not a real day. Write year-month-day, e.g. 2020-06-11.",
)
_MOMENT: Sentence = (
    "Không phải một thời điểm có múi giờ. Viết như 2020-06-11T09:30:00+07:00.",
    "Not a moment with its offset. Write it like 2020-06-11T09:30:00+07:00.",
)
_LIST: Sentence = ("Phải là danh sách.", "Must be a list.")
_OBJECT: Sentence = ("Phải là đối tượng JSON.", "Must be a JSON object.")
_UUID: Sentence = (
    "Phải là mã UUID, ví dụ 0197a5c2-6f7e-7c3b-9f43-5a6d2a1c9d10.",
    "Must be a UUID, e.g. 0197a5c2-6f7e-7c3b-9f43-5a6d2a1c9d10.",
)
_URL: Sentence = (
    "Phải là địa chỉ URL đầy đủ, ví dụ https://vidu.gov.vn/thidua.",
    "Must be a complete URL, e.g. https://vidu.gov.vn/thidua.",
)
_DEEP: Sentence = ("Dữ liệu lồng nhau quá sâu.", "Nested too deeply.")

_SENTENCES: dict[str, Sentence] = {
    **dict.fromkeys(("missing", "missing_argument", "missing_keyword_only_argument"), _MISSING),
    **dict.fromkeys(("extra_forbidden", "unexpected_keyword_argument", "invalid_key"), _UNKNOWN),
    **dict.fromkeys(("string_type", "string_unicode", "bytes_type"), _TEXT),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), _NUMBER),
    **dict.fromkeys(("decimal_type", "decimal_parsing", "exact_decimal"), _FIGURE),
    **dict.fromkeys(("bool_type", "bool_parsing"), _TRUTH),
    **dict.fromkeys(
        (
            "date_type",
            "date_parsing",
            "date_from_datetime_parsing",
            "date_from_datetime_inexact",
        ),
        _DAY,
    ),
    **dict.fromkeys(
        (
            "datetime_type",
            "datetime_parsing",
            "datetime_object_invalid",
            "datetime_from_date_parsing",
            "timezone_aware",
            "timezone_offset",
        ),
        _MOMENT,
    ),
    **dict.fromkeys(
        ("list_type", "tuple_type", "set_type", "frozen_set_type", "deque_type", "iterable_type"),
        _LIST,
    ),
    **dict.fromkeys(
        (
            "dict_type",
            "mapping_type",
            "model_type",
            "model_attributes_type",
            "dataclass_type",
            "dataclass_exact_type",
        ),
        _OBJECT,
    ),
    **dict.fromkeys(("uuid_type", "uuid_parsing", "uuid_version"), _UUID),
    **dict.fromkeys(("url_type", "url_parsing", "url_syntax_violation"), _URL),
    **dict.fromkeys(("recursion_loop", "recursion_depth_exceeded"), _DEEP),
    "none_required": ("Phải là `null`.", "Must be null."),
    "int_parsing_size": ("Số quá lớn.", "The number is too large."),
    "string_too_short": (
        "Quá ngắn. Cần ít nhất {min_length} ký tự.",
        "Too short: at least {min_length} characters.",
    ),
    "string_too_long": (
        "Vượt quá {max_length} ký tự. Rút ngắn nội dung.",
        "Longer than {max_length} characters: shorten it.",
    ),
    "decimal_max_digits": ("Nhiều nhất {max_digits} chữ số.", "At most {max_digits} digits."),
    "decimal_max_places": (
        "Nhiều nhất {decimal_places} chữ số thập phân.",
        "At most {decimal_places} decimal places.",
    ),
    "decimal_whole_digits": (
        "Nhiều nhất {whole_digits} chữ số trước dấu thập phân.",
        "At most {whole_digits} digits before the dot.",
    ),
    "greater_than": ("Phải lớn hơn {gt}.", "Must be greater than {gt}."),
    "greater_than_equal": ("Phải từ {ge} trở lên.", "Must be {ge} or more."),
    "less_than": ("Phải nhỏ hơn {lt}.", "Must be less than {lt}."),
    "less_than_equal": ("Phải từ {le} trở xuống.", "Must be {le} or less."),
    "multiple_of": ("Phải là bội số của {multiple_of}.", "Must be a multiple of {multiple_of}."),
    "literal_error": ("Phải là một trong: {expected}.", "Must be one of: {expected}."),
    "enum": ("Phải là một trong: {expected}.", "Must be one of: {expected}."),
    "date_past": ("Phải là ngày đã qua.", "Must be a past day."),
    "date_future": ("Phải là ngày chưa đến.", "Must be a day to come."),
    "datetime_past": ("Phải là thời điểm đã qua.", "Must be a past moment."),
    "datetime_future": ("Phải là thời điểm chưa đến.", "Must be a moment to come."),
    "too_short": (
        "Cần ít nhất {min_length} phần tử, hiện có {actual_length}.",
        "At least {min_length} items, found {actual_length}.",
    ),
    "too_long": ("Nhiều nhất {max_length} phần tử.", "At most {max_length} items."),
    "union_tag_not_found": (
        "Chưa có trường phân loại {discriminator}.",
        "The field {discriminator}, which tells the kind, is missing.",
    ),
    "union_tag_invalid": (
        "Trường {discriminator} phải là một trong: {expected_tags}.",
        "{discriminator} must be one of: {expected_tags}.",
    ),
    "url_scheme": (
        "Địa chỉ URL phải bắt đầu bằng: {expected_schemes}.",
        "The URL must begin with: {expected_schemes}.",
    ),
    "url_too_long": ("Địa chỉ URL quá dài.", "The URL is too long."),
}

_CHOICES = re.compile(r"'([^']*)'")


def sentence(error: Mapping[str, Any]) -> Sentence:
    """What is wrong, and the remedy."""
    kind, context = error["type"], error.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        vi, en = PATTERN_REMEDIES.get(str(context.get("pattern")), ("", ""))
        return (
            f"Không đúng định dạng: {vi}." if vi else "Không đúng định dạng.",
            f"Not in the right form: {en}." if en else "Not in the right form.",
        )
    vi, en = _SENTENCES.get(kind, _OTHERWISE)
    try:
        return (
            vi.format_map({name: _shown(value)[0] for name, value in context.items()}),
            en.format_map({"msg": error["msg"], **{n: _shown(v)[1] for n, v in context.items()}}),
        )
    except KeyError:  # a context without what the kind always had
        return _OTHERWISE[0], _OTHERWISE[1].format(msg=error["msg"])


def _shown(value: object) -> Sentence:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        written = number(value)
        return written.vi, written.en
    text = str(value)
    if choices := _CHOICES.findall(text):  # "'unit', 'city' or 'state'"
        text = ", ".join(choices)
    return text, text

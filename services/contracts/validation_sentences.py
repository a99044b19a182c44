"""What is wrong with a value, in Vietnamese and English, for every kind of error of Pydantic.

One table, for requests (JSON) and for the files of a campaign (YAML, CSV). Kinds:
https://docs.pydantic.dev/latest/errors/validation_errors/. A new one is added here, once: to
`_ROWS`, or to `_FALLS_BACK`; tests/contracts/test_validation_sentences.py fails until it is.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from services.contracts.reading import NO_DAY, NO_FIGURE, NO_MOMENT, Sentence
from services.contracts.wording import Bilingual, number

_ROWS: tuple[tuple[str, Sentence], ...] = (
    (
        "missing missing_argument missing_keyword_only_argument missing_positional_only_argument",
        ("Chưa có thông tin bắt buộc này.", "Required and missing: add it."),
    ),
    (
        "extra_forbidden unexpected_keyword_argument unexpected_positional_argument invalid_key",
        (
            "Trường không hợp lệ. Bỏ trường này hoặc kiểm tra lại tên trường.",
            "Unknown field: remove it or correct its name.",
        ),
    ),
    ("none_required", ("Phải là `null`.", "Must be null.")),
    (
        "string_type string_unicode bytes_type bytes_invalid_encoding",
        ("Phải là chuỗi ký tự.", "Must be a string."),
    ),
    (
        "string_too_short bytes_too_short",
        (
            "Quá ngắn. Cần ít nhất {min_length} ký tự.",
            "Too short: at least {min_length} characters.",
        ),
    ),
    (
        "string_too_long bytes_too_long",
        (
            "Vượt quá {max_length} ký tự. Rút ngắn nội dung.",
            "Longer than {max_length} characters: shorten it.",
        ),
    ),
    (
        "string_pattern_mismatch",
        ("Không đúng định dạng: {remedy}.", "Not in the right form: {remedy}."),
    ),
    (
        "int_type int_parsing int_from_float",
        ("Phải là số nguyên, ví dụ 12.", "Must be a whole number, e.g. 12."),
    ),
    ("int_parsing_size", ("Số quá lớn.", "The number is too large.")),
    ("float_type float_parsing finite_number", ("Phải là số.", "Must be a number.")),
    ("decimal_type decimal_parsing exact_decimal", NO_FIGURE),
    ("decimal_max_digits", ("Nhiều nhất {max_digits} chữ số.", "At most {max_digits} digits.")),
    (
        "decimal_max_places",
        (
            "Nhiều nhất {decimal_places} chữ số thập phân.",
            "At most {decimal_places} decimal places.",
        ),
    ),
    (
        "decimal_whole_digits",
        (
            "Nhiều nhất {whole_digits} chữ số trước dấu thập phân.",
            "At most {whole_digits} digits before the dot.",
        ),
    ),
    ("greater_than", ("Phải lớn hơn {gt}.", "Must be greater than {gt}.")),
    ("greater_than_equal", ("Phải từ {ge} trở lên.", "Must be {ge} or more.")),
    ("less_than", ("Phải nhỏ hơn {lt}.", "Must be less than {lt}.")),
    ("less_than_equal", ("Phải từ {le} trở xuống.", "Must be {le} or less.")),
    (
        "multiple_of",
        ("Phải là bội số của {multiple_of}.", "Must be a multiple of {multiple_of}."),
    ),
    ("bool_type bool_parsing", ("Phải là `true` hoặc `false`.", "Must be true or false.")),
    ("literal_error enum", ("Phải là một trong: {expected}.", "Must be one of: {expected}.")),
    ("date_type date_parsing date_from_datetime_parsing date_from_datetime_inexact", NO_DAY),
    ("date_past", ("Phải là ngày đã qua.", "Must be a past day.")),
    ("date_future", ("Phải là ngày chưa đến.", "Must be a day to come.")),
    (
        "datetime_type datetime_parsing datetime_object_invalid datetime_from_date_parsing"
        " timezone_aware timezone_offset",
        NO_MOMENT,
    ),
    ("datetime_past", ("Phải là thời điểm đã qua.", "Must be a past moment.")),
    ("datetime_future", ("Phải là thời điểm chưa đến.", "Must be a moment to come.")),
    (
        "list_type tuple_type set_type frozen_set_type deque_type iterable_type",
        ("Phải là danh sách.", "Must be a list."),
    ),
    (
        "too_short",
        (
            "Cần ít nhất {min_length} phần tử, hiện có {actual_length}.",
            "At least {min_length} items, found {actual_length}.",
        ),
    ),
    ("too_long", ("Nhiều nhất {max_length} phần tử.", "At most {max_length} items.")),
    (
        "dict_type mapping_type model_type model_attributes_type dataclass_type"
        " dataclass_exact_type",
        ("Phải là đối tượng JSON.", "Must be a JSON object."),
    ),
    (
        "union_tag_not_found",
        (
            "Chưa có trường phân loại {discriminator}.",
            "The field {discriminator}, which names the kind, is missing.",
        ),
    ),
    (
        "union_tag_invalid",
        (
            "Trường {discriminator} phải là một trong: {expected_tags}.",
            "{discriminator} must be one of: {expected_tags}.",
        ),
    ),
    (
        "uuid_type uuid_parsing uuid_version",
        (
            "Phải là mã UUID, ví dụ 0197a5c2-6f7e-7c3b-9f43-5a6d2a1c9d10.",
            "Must be a UUID, e.g. 0197a5c2-6f7e-7c3b-9f43-5a6d2a1c9d10.",
        ),
    ),
    (
        "url_type url_parsing url_syntax_violation",
        (
            "Phải là địa chỉ URL đầy đủ, ví dụ https://vidu.gov.vn/thidua.",
            "Must be a complete URL, e.g. https://vidu.gov.vn/thidua.",
        ),
    ),
    (
        "url_scheme",
        (
            "Địa chỉ URL phải bắt đầu bằng: {expected_schemes}.",
            "The URL must begin with: {expected_schemes}.",
        ),
    ),
    ("url_too_long", ("Địa chỉ URL quá dài.", "The URL is too long.")),
    (
        "recursion_loop recursion_depth_exceeded",
        ("Dữ liệu lồng nhau quá sâu.", "Nested too deeply."),
    ),
)

_IN_FILES: tuple[tuple[str, Sentence], ...] = (
    (
        "missing union_tag_not_found",
        ("thiếu khóa “{key}”; thêm vào", "the key “{key}” is missing; add it"),
    ),
    (
        "extra_forbidden unexpected_keyword_argument",
        ("không có khóa “{key}”; {known}", "there is no key “{key}”; {known}"),
    ),
    ("string_type", ("phải là chữ; đặt trong dấu nháy", "must be text; put it in quotes")),
    ("string_too_short", ("để trống; điền vào", "is empty; fill it in")),
    ("string_pattern_mismatch", ("{remedy}", "{remedy}")),
    (
        "int_type int_parsing int_from_float",
        ("phải là số nguyên, không nháy", "must be a whole number, without quotes"),
    ),
    ("bool_type bool_parsing", ("viết `true` hoặc `false`", "write true or false")),
    (
        "literal_error enum union_tag_invalid",
        ("“{given}” không dùng được; {known}", "“{given}” is not taken; {known}"),
    ),
    (
        "list_type tuple_type",
        (
            "phải là danh sách: mỗi dòng một “- …”, hoặc [a, b]",
            "must be a list: one “- …” a line, or [a, b]",
        ),
    ),
    (
        "too_short",
        (
            "cần ít nhất {min_length} mục; thêm vào",
            "needs at least {min_length} of them; add what is missing",
        ),
    ),
    (
        "too_long",
        (
            "có hơn {max_length} mục; gộp hoặc bỏ bớt",
            "has more than {max_length} of them; join some, or take some out",
        ),
    ),
    (
        "dict_type model_type model_attributes_type dataclass_type",
        (
            'phải là một nhóm "khóa: giá trị", thụt lề dưới khóa này',
            'must be a group of "key: value" lines, indented under this key',
        ),
    ),
)
"""What is put differently to whoever writes a file: quotes, keys, lines."""

_FALLS_BACK = {
    "no field of ours has such a value": (
        "time_type time_parsing time_delta_type time_delta_parsing timezone_naive string_not_ascii"
        " fraction_type fraction_parsing complex_type complex_str_parsing"
        " set_item_not_hashable named_tuple_type frozen_dict_type ordered_dict_type counter_type"
    ),
    "nobody can send it: it is about objects of Python": (
        "no_such_attribute get_attribute_error needs_python_object frozen_field frozen_instance"
        " default_factory_not_called iteration_error missing_sentinel_error ellipsis_error"
        " is_instance_of is_subclass_of callable_type arguments_type multiple_argument_values"
    ),
    "what is no JSON is refused before it is validated": "json_invalid json_type",
    "our validators raise errors that say more": "value_error assertion_error",
}
FALLS_BACK = frozenset(" ".join(_FALLS_BACK.values()).split())
"""Kinds of which no more is said than that the value is not valid."""

_OTHERWISE: Sentence = (
    "Giá trị không hợp lệ. Kiểm tra lại theo tài liệu API.",
    "Not valid: {msg}.",
)
_OTHERWISE_IN_FILES: Sentence = (
    "không hợp lệ; xem docs/campaigns.md",
    "is not valid ({msg}); see docs/campaigns.md",
)


def _by_kind(rows: tuple[tuple[str, Sentence], ...]) -> dict[str, Sentence]:
    return {kind: sentence for kinds, sentence in rows for kind in kinds.split()}


SENTENCES = _by_kind(_ROWS)
SENTENCES_IN_FILES = _by_kind(_IN_FILES)

PATTERN_REMEDIES: dict[str, Sentence] = {
    "^[a-z0-9][a-z0-9-]{0,62}$": (
        "viết bằng chữ thường không dấu, số và gạch nối, ví dụ `upper`",
        "write lower-case letters without marks, digits and hyphens, like upper",
    ),
    "^[a-z0-9][a-z0-9-]{1,62}$": (
        "viết bằng chữ thường không dấu, số và gạch nối, ví dụ hanoi-2020",
        "write lower-case letters without marks, digits and hyphens, like hanoi-2020",
    ),
    "^[a-z][a-z-]{0,62}$": (
        "viết như tên sự kiện trong danh mục, ví dụ essay-submitted",
        "write it like an event of the catalogue, like essay-submitted",
    ),
    "^[A-Za-z0-9][A-Za-z0-9-]{0,79}$": (
        "viết bằng chữ không dấu, số và gạch nối, ví dụ urban-districts",
        "write letters without marks, digits and hyphens, like urban-districts",
    ),
    "^[a-z0-9][a-z0-9-]{0,79}$": (
        "viết bằng chữ thường không dấu, số và gạch nối, ví dụ documents-over-the-bus",
        "write lower-case letters without marks, digits and hyphens, like documents-over-the-bus",
    ),
    "^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$": (
        "viết như số mục của bảng in, ví dụ II.3",
        "write it as a printed table numbers it, like II.3",
    ),
    "^[a-z][a-z0-9_]{0,62}$": (
        "viết bằng chữ thường không dấu, số và gạch dưới, ví dụ good_essays",
        "write lower-case letters without marks, digits and underscores, like good_essays",
    ),
    "^[A-Z0-9.]{1,32}$": (
        "mã đơn vị gồm chữ hoa không dấu, số và dấu chấm, ví dụ Q009",
        "a unit's code has capital letters without marks, digits and dots, like Q009",
    ),
    "^[A-Z][A-Z0-9-]{0,15}$": (
        "mã nội dung bắt đầu bằng chữ hoa, rồi chữ hoa, số và gạch nối, ví dụ D2 hoặc D2-A",
        "an obligation's id begins with a capital letter, and goes on with capitals, digits and"
        " hyphens, like D2 or D2-A",
    ),
    "^[0-9]+$": (
        "chỉ gồm chữ số, giữ các số 0 ở đầu, ví dụ 00004",
        "digits only, with the zeros in front, like 00004",
    ),
}
"""By regular expression: what to write, in both languages, as the end of a sentence."""

_NO_REMEDY: Sentence = ("kiểm tra lại cách viết", "check how it is written")
_CHOICES = re.compile(r"'([^']*)'")


def sentence(error: Mapping[str, Any]) -> Sentence:
    """What is wrong with a value of a request, and the remedy: whole sentences."""
    return _filled(SENTENCES.get(error["type"], _OTHERWISE), _OTHERWISE, _context(error, number))


def sentence_in_file(error: Mapping[str, Any], **more: Sentence) -> Sentence:
    """The same for a value of a file, as the end of a sentence that names the value.

    `more` is what only the file knows: its `key`, what is `given`, what is `known` in its place.
    """
    kind = error["type"]
    words = SENTENCES_IN_FILES.get(kind)
    if words is None:
        vi, en = SENTENCES.get(kind, _OTHERWISE_IN_FILES)
        words = as_end(vi), as_end(en)
    return _filled(words, _OTHERWISE_IN_FILES, {**_context(error, _as_written), **more})


def as_end(text: str) -> str:
    """A sentence as the end of another one: no capital letter, no full stop."""
    text = text[:1].lower() + text[1:].removesuffix(".")
    return re.sub(r"\. (\w)", lambda at: f"; {at[1].lower()}" if at[1].isupper() else at[0], text)


def _context(
    error: Mapping[str, Any], written: Callable[[int | Decimal], Bilingual]
) -> dict[str, Sentence]:
    """What a sentence may name, in both languages."""
    context = error.get("ctx") or {}
    names = {name: _shown(value, written) for name, value in context.items()}
    names["msg"] = error["msg"], error["msg"]
    names["remedy"] = PATTERN_REMEDIES.get(str(context.get("pattern")), _NO_REMEDY)
    return names


def _shown(value: object, written: Callable[[int | Decimal], Bilingual]) -> Sentence:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        found = written(value)
        return found.vi, found.en
    text = str(value)
    if choices := _CHOICES.findall(text):  # "'unit', 'city' or 'state'"
        text = ", ".join(choices)
    return text, text


def _as_written(value: int | Decimal) -> Bilingual:
    """A number as files have it, with a dot, in both languages."""
    return Bilingual(str(value), str(value))


def _filled(words: Sentence, otherwise: Sentence, names: Mapping[str, Sentence]) -> Sentence:
    vi = {name: texts[0] for name, texts in names.items()}
    en = {name: texts[1] for name, texts in names.items()}
    try:
        return words[0].format_map(vi), words[1].format_map(en)
    except KeyError:  # a context without what the kind always had
        return otherwise[0].format_map(vi), otherwise[1].format_map(en)

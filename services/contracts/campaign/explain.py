"""Sentences for people: what a model refused, in both languages, each with its remedy."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import SequenceMatcher
from typing import Any

from pydantic_core import ErrorDetails

from services.contracts.campaign.document import Document, Path
from services.contracts.campaign.problems import FileProblem
from services.contracts.reading import PATTERN_REMEDIES

Sentence = tuple[str, str]
"""Vietnamese, English."""


UNKNOWN_KEY = ("extra_forbidden", "unexpected_keyword_argument")
"""Types of errors for a key that a model, or a dataclass, does not have."""

_LISTED_WORDS = 20
"""A longer list of choices helps nobody on a screen."""
_NEAR = 0.6
"""Ratio of equal letters from which one word may be a slip for another (difflib's own)."""
_MOST_LETTERS = 2_000_000
"""Pairs of letters compared for the suggestions of one check, about half a second; fifty unknown
units of a city are a tenth of it."""

_letters_left: ContextVar[int | None] = ContextVar("letters_left", default=None)
# Set by the check that is going on and not passed on: words are suggested in all of its parts.


@contextmanager
def few_suggestions() -> Iterator[None]:
    """Within it suggestions end when enough words were compared; remedies still say what to do."""
    before = _letters_left.set(_MOST_LETTERS)
    try:
        yield
    finally:
        _letters_left.reset(before)


def did_you_mean(word: str, known: Iterable[str]) -> Sentence:
    """A remedy for an unknown word: the nearest known one, then all, nearest first, when few."""
    choices = set(known)
    ratios = _ratios(word, choices)
    names = sorted(choices, key=lambda name: (-ratios.get(name, 0), name))
    listed = ", ".join(names) if len(names) <= _LISTED_WORDS else ""
    if names and ratios.get(names[0], 0) >= _NEAR:
        all_vi = all_en = ""
        if names[1:] and listed:
            all_vi, all_en = f" (các giá trị có sẵn: {listed})", f" (known: {listed})"
        return f"có thể là “{names[0]}”{all_vi}", f"did you mean “{names[0]}”?{all_en}"
    if not listed:
        return "sửa lại, hoặc thêm vào nơi khai báo", "correct it, or add it where it is declared"
    return f"chọn một trong: {listed}", f"choose one of: {listed}"


def _ratios(word: str, known: Collection[str]) -> dict[str, float]:
    """How near each known word is; none where comparing them all would take too long."""
    left = _letters_left.get()
    if left is not None:
        left -= len(word) * sum(map(len, known))
        if left < 0:
            return {}
        _letters_left.set(left)
    return {name: SequenceMatcher(None, name, word).ratio() for name in known}


def problem(
    document: Document, path: Path, vi: str, en: str, *, warning: bool = False
) -> FileProblem:
    """A problem at a path of a document."""
    return FileProblem(
        file=document.file,
        line=document.line(path),
        path=document.name(path),
        vi=vi,
        en=en,
        warning=warning,
    )


_SHOWN_CHARACTERS = 60
"""Of a wrong value; enough to recognise it."""


def _shown(value: object) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


_DAY: Sentence = (
    "phải là một ngày có thật, viết năm-tháng-ngày, ví dụ 2020-06-30",
    "must be a real day, written year-month-day, like 2020-06-30",
)
_WHOLE: Sentence = ("phải là số nguyên, không nháy", "must be a whole number, without quotes")
_TRUTH: Sentence = ("viết true hoặc false", "write true or false")
_TEXT: Sentence = (
    "phải là chữ; đặt trong dấu nháy",
    "must be text; put it in quotes",
)
_GROUP: Sentence = (
    'phải là một nhóm "khóa: giá trị", thụt lề dưới khóa này',
    'must be a group of "key: value" lines, indented under this key',
)
_LIST: Sentence = (
    "phải là danh sách: mỗi dòng một “- …”, hoặc [a, b]",
    "must be a list: one “- …” a line, or [a, b]",
)

_FIXED: dict[str, Sentence] = {
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "string_type": _TEXT,
    "model_type": _GROUP,
    "dataclass_type": _GROUP,
    "model_attributes_type": _GROUP,
    "dict_type": _GROUP,
    "tuple_type": _LIST,
    "list_type": _LIST,
}

_LENGTHS: dict[str, Callable[[Mapping[str, Any]], Sentence]] = {
    "too_short": lambda c: (
        f"cần ít nhất {c['min_length']} mục; thêm vào",
        f"needs at least {c['min_length']} of them; add what is missing",
    ),
    "too_long": lambda c: (
        f"có hơn {c['max_length']} mục; gộp hoặc bỏ bớt",
        f"has more than {c['max_length']} of them; join some, or take some out",
    ),
    "string_too_short": lambda _: ("để trống; điền vào", "is empty; fill it in"),
    "string_too_long": lambda c: (
        f"dài hơn {c['max_length']} ký tự; rút ngắn",
        f"has more than {c['max_length']} characters; shorten it",
    ),
}
_OUT_OF_BOUNDS: dict[str, Callable[[Mapping[str, Any]], Sentence]] = {
    "greater_than_equal": lambda c: (f"phải từ {c['ge']} trở lên", f"must be {c['ge']} or more"),
    "less_than_equal": lambda c: (f"phải không quá {c['le']}", f"must be {c['le']} or less"),
}


def explain(error: ErrorDetails, known_keys: Iterable[str]) -> Sentence:
    """What a model refused and what to do; `known_keys` are the keys that the place takes."""
    kind = error["type"]
    context: Mapping[str, Any] = error.get("ctx") or {}
    key = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "campaign":
        sentence = str(context["vi"]), str(context["en"])
    elif kind == "missing":
        sentence = f"thiếu khóa “{key}”; thêm vào", f"the key “{key}” is missing; add it"
    elif kind == "union_tag_not_found":
        sentence = "thiếu khóa “kind”; thêm vào", "the key “kind” is missing; add it"
    elif kind in UNKNOWN_KEY and key.isdecimal() and error["input"] is None:
        # YAML reads `points: 2,5` between braces as `points: 2` and a key `5` without a value.
        sentence = (
            f'có thể là dấu phẩy thập phân trước {key}; viết dấu chấm, trong nháy, ví dụ "2.5"',
            f'a decimal comma before {key}? write a dot, and quotes, like "2.5"',
        )
    elif kind in UNKNOWN_KEY:
        vi, en = did_you_mean(key, known_keys)
        sentence = f"không có khóa “{key}”; {vi}", f"there is no key “{key}”; {en}"
    elif kind in {"literal_error", "union_tag_invalid"}:
        sentence = _not_one_of(context, error["input"])
    elif kind in _LENGTHS:
        sentence = _LENGTHS[kind](context)
    else:
        sentence = _with_value(error["input"], _value_remedy(error, context))
    return sentence


def _not_one_of(context: Mapping[str, Any], value: object) -> Sentence:
    expected = str(context.get("expected") or context.get("expected_tags"))
    words = [word.strip(" '\"") for word in expected.replace(" or ", ", ").split(",")]
    given = str(context.get("tag") or value)
    vi, en = did_you_mean(given, words)
    return f"“{_shown(given)}” không dùng được; {vi}", f"“{_shown(given)}” is not taken; {en}"


def _value_remedy(error: ErrorDetails, context: Mapping[str, Any]) -> Sentence:
    kind = error["type"]
    if kind == "string_pattern_mismatch" and context.get("pattern") in PATTERN_REMEDIES:
        return PATTERN_REMEDIES[context["pattern"]]
    if kind in _OUT_OF_BOUNDS:
        return _OUT_OF_BOUNDS[kind](context)
    return _FIXED.get(
        kind, ("không hợp lệ; xem docs/campaigns.md", f"is not valid ({error['msg']})")
    )


def _with_value(value: object, remedy: Sentence) -> Sentence:
    if isinstance(value, dict | list):
        return remedy
    return f"“{_shown(value)}”: {remedy[0]}", f"“{_shown(value)}”: {remedy[1]}"


def keys_at(schema: Mapping[str, Any], loc: Path) -> list[str]:
    """The keys that a model's JSON Schema takes at a pydantic error's place (its parent)."""
    definitions = schema.get("$defs", {})

    def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in node:
            node = definitions[node["$ref"].rsplit("/", 1)[-1]]
        options = [o for o in node.get("anyOf", ()) if o.get("type") != "null"]
        if not options and "discriminator" not in node:
            options = list(node.get("oneOf", ()))
        if len(options) > 1:  # told apart by their keys, as conditions are: any of them will do
            keys = {
                key: value
                for o in options
                for key, value in resolved(o).get("properties", {}).items()
            }
            return {"properties": keys} if keys else resolved(options[0])
        return resolved(options[0]) if options else node

    node = resolved(schema)
    for part in loc:
        mapping = node.get("discriminator", {}).get("mapping", {})
        if part in node.get("properties", {}):
            node = resolved(node["properties"][part])
        elif part in mapping:
            node = resolved({"$ref": mapping[part]})
        elif isinstance(part, int) and "items" in node:
            node = resolved(node["items"])
        elif "additionalProperties" in node or "patternProperties" in node:
            values = node.get("patternProperties", {}).values()
            inner = next(iter(values), None) or node["additionalProperties"]
            node = resolved(inner if isinstance(inner, dict) else {})
    return list(node.get("properties", {}))

"""Sentences for people: what a model refused, in both languages, each with its remedy."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import SequenceMatcher
from typing import Any

from pydantic_core import ErrorDetails

from services.contracts.campaign.document import Document, Path
from services.contracts.campaign.problems import FileProblem
from services.contracts.reading import Sentence
from services.contracts.validation_sentences import sentence_in_file
from services.contracts.wording import Bilingual

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
    """Within it suggestions end when enough words were compared; remedies still say what to do.

    One check has them once: a check inside another one has what that has left.
    """
    if _letters_left.get() is not None:
        yield
        return
    before = _letters_left.set(_MOST_LETTERS)
    try:
        yield
    finally:
        _letters_left.reset(before)


def did_you_mean(word: str, known: Iterable[str]) -> Sentence:
    """A remedy for an unknown word: the nearest known one, then all, nearest first, when few."""
    choices = set(known)
    ratios = _ratios(word, choices)
    seen = _as_seen(word)

    def farther(name: str) -> tuple[bool, float, str]:
        return _as_seen(name) != seen, -ratios.get(name, 0), name

    listed, others = "", False
    nearest = min(ratios, key=farther, default=None)
    if len(choices) <= _LISTED_WORDS:  # sorting the units of a country takes too long
        names = sorted(choices, key=farther)
        listed, others = ", ".join(names), len(names) > 1
    if nearest is not None and (ratios[nearest] >= _NEAR or _as_seen(nearest) == seen):
        all_vi = all_en = ""
        if others:
            all_vi, all_en = f" (các giá trị có sẵn: {listed})", f" (known: {listed})"
        return f"có thể là “{nearest}”{all_vi}", f"did you mean “{nearest}”?{all_en}"
    if not listed:
        return "sửa lại, hoặc thêm vào nơi khai báo", "correct it, or add it where it is declared"
    return f"chọn một trong: {listed}", f"choose one of: {listed}"


_LIKE = str.maketrans("OILSB", "01158")
"""Letters that are taken for digits, and the other way round."""


def _as_seen(word: str) -> str:
    """A word as the eye takes it: Q00I, q001 and Q001 are one, and so are Đống-Đa and dong-da."""
    plain = unicodedata.normalize("NFD", word.upper().replace("Đ", "D"))
    letters = "".join(letter for letter in plain if letter.isalnum() and letter.isascii())
    return letters.lstrip("0") if letters.isdecimal() else letters.translate(_LIKE)


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


_OTHER_WORDS = {
    "to": "date",
    "until": "date",
    "before": "date",
    "by_day": "date",
    "working_days": "days",
    "business_days": "days",
}
"""Keys that people write for one that has another name."""


def did_you_mean_key(key: str, known: Iterable[str]) -> Sentence:
    """As `did_you_mean`, also for a key that has another name in these files."""
    choices = set(known)
    meant = _OTHER_WORDS.get(key)
    if meant not in choices:
        return did_you_mean(key, choices)
    if key.endswith("_days"):
        return (
            f"thời hạn đếm mọi ngày, kể cả ngày nghỉ; đổi ra số ngày và ghi “{meant}”",
            f"every day counts here, holidays too: convert it, and write “{meant}”",
        )
    return f"ghi “{meant}”", f"write “{meant}”"


def respelt(value: str, pattern: str) -> str | None:
    """A word in the form that a pattern takes: other capitals, no marks, hyphens, a letter before.

    None where none of these does, so that what to write is not known.
    """
    plain = unicodedata.normalize("NFD", value.replace("Đ", "D").replace("đ", "d"))
    words = "".join(at for at in plain if not unicodedata.combining(at)).lower().split()
    upper = value.upper()
    for other in (upper, value.lower(), "-".join(words), "_".join(words), f"D{upper}"):
        if re.fullmatch(pattern, other):
            return other
    return None


_BILINGUAL = Bilingual.__name__

_CURLY = ("“", "”", "„", "‟", "‘", "’")
_SHOWN_CHARACTERS = 60
"""Of a wrong value; enough to recognise it."""


def _shown(value: object) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


_SAY_NO_VALUE = (
    *UNKNOWN_KEY,
    "missing",
    "union_tag_not_found",
    "literal_error",
    "enum",
    "union_tag_invalid",
    "too_short",
    "too_long",
    "string_too_short",
    "string_too_long",
)
"""Kinds whose sentences do not stand behind the value: they name it, it is missing or too long."""


def explain(error: ErrorDetails, known_keys: Iterable[str]) -> Sentence:
    """What a model refused and what to do; `known_keys` are the keys that the place takes."""
    kind, value = error["type"], error["input"]
    if isinstance(value, str) and (value[:1] in _CURLY or value[-1:] in _CURLY) and value:
        return (
            f"{_shown(value)}: dấu nháy cong là của phần mềm soạn văn bản; thay bằng dấu nháy "
            'thẳng "',
            f'{_shown(value)}: curly quotes come from a word processor; take straight ones "',
        )
    context: Mapping[str, Any] = error.get("ctx") or {}
    key = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "campaign":
        return str(context["vi"]), str(context["en"])
    if own := _in_the_words_of_plans(kind, key, value, context):
        return own
    more = {"key": (key, key)}
    if kind == "union_tag_not_found":
        more["key"] = "kind", "kind"
    elif kind in UNKNOWN_KEY:
        more["known"] = did_you_mean_key(key, known_keys)
    elif expected := context.get("expected") or context.get("expected_tags"):
        words = [word.strip(" '\"") for word in str(expected).replace(" or ", ", ").split(",")]
        given = str(context.get("tag") or value)
        more |= {"given": (_shown(given), _shown(given)), "known": did_you_mean(given, words)}
    vi, en = sentence_in_file(error, **more)
    if kind == "string_pattern_mismatch" and (better := respelt(str(value), context["pattern"])):
        vi, en = f"{vi}; viết {better}", f"{en}; write {better}"
    if kind in _SAY_NO_VALUE or isinstance(value, dict | list):
        return vi, en
    return f"“{_shown(value)}”: {vi}", f"“{_shown(value)}”: {en}"


def _in_the_words_of_plans(
    kind: str, key: str, value: object, context: Mapping[str, Any]
) -> Sentence | None:
    """What people often leave out or write otherwise, where a plain sentence would not help."""
    if kind == "missing" and key == "included":
        return (
            "thiếu khóa “included”: “trước ngày …” thì ghi included: false; “đến hết ngày …”,"
            " “chậm nhất ngày …”, “vào ngày …” thì ghi included: true",
            "the key “included” is missing: before that day is included: false, on or before it is"
            " included: true",
        )
    if isinstance(value, str) and context.get("class_name") == _BILINGUAL:
        shown = _shown(value)
        return (
            f'cần cả hai ngôn ngữ: {{vi: "{shown}", en: "…"}}',
            f'both languages are needed: {{vi: "{shown}", en: "…"}}',
        )
    if kind in UNKNOWN_KEY and key.isdecimal() and value is None:
        # YAML reads `points: 2,5` between braces as `points: 2` and a key `5` without a value.
        return (
            f'có thể là dấu phẩy thập phân trước {key}; viết dấu chấm, trong nháy, ví dụ "2.5"',
            f'a decimal comma before {key}? write a dot, and quotes, like "2.5"',
        )
    return None


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
            listed = next((o for o in options if "items" in o), options[0])
            return {"properties": keys} if keys else resolved(listed)
        return resolved(options[0]) if options else node

    node = resolved(schema)
    for part in loc:
        mapping = node.get("discriminator", {}).get("mapping", {})
        if part in node.get("properties", {}):
            node = resolved(node["properties"][part])
        elif part in mapping:
            node = resolved({"$ref": mapping[part]})
        elif part in definitions:  # models that are told apart by a function have their own names
            node = definitions[part]
        elif isinstance(part, int) and "items" in node:
            node = resolved(node["items"])
        elif "additionalProperties" in node or "patternProperties" in node:
            values = node.get("patternProperties", {}).values()
            inner = next(iter(values), None) or node["additionalProperties"]
            node = resolved(inner if isinstance(inner, dict) else {})
    return list(node.get("properties", {}))

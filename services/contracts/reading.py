"""How text that people or programs send is read: numbers, days, moments, and text itself.

Pure, and the only place for it (tests/contracts/test_reading.py). Each function raises
UnreadableError with what is wrong and the remedy in both languages.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

Sentence: TypeAlias = tuple[str, str]
"""What is said to people: Vietnamese, English."""


class UnreadableError(ValueError):
    """A value can't be read; `vi` and `en` say why, and what to write instead."""

    def __init__(self, vi: str, en: str, rule: str | None = None) -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en
        self.rule = rule


# ---- numbers

DECIMAL = r"-?[0-9]{1,14}(\.[0-9]{1,6})?"
_DECIMAL = re.compile(DECIMAL)
_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+")
"""Digits in groups of three: "1.000" is a thousand to whoever writes Vietnamese and one to every
JSON library. `0.125` is not among them: no thousand begins with a zero."""

FIGURE_PATTERN = rf"^(?!{_THOUSANDS.pattern}$){DECIMAL}$"
"""What `read_figure` takes, as a regular expression of JSON Schema (ECMA-262)."""

POSITIVE_FIGURE_PATTERN = FIGURE_PATTERN.replace("^", r"^(?!-|0+(\.0+)?$)", 1)


NO_FIGURE: Sentence = (
    "Không phải số thập phân. Viết trong dấu nháy, dấu chấm trước phần thập phân, ví dụ “7.5” hoặc"
    " “1480”: nhiều nhất 14 chữ số trước và 6 chữ số sau dấu chấm.",
    "Not a decimal. Write it as a string, with a dot before decimals, e.g. “7.5” or “1480”: at most"
    " 14 digits before the dot and 6 after it.",
)


def read_decimal(text: str) -> Decimal:
    """A number as our own programs write it, in facts and tables: `7.5`, `1.000` too."""
    if not _DECIMAL.fullmatch(text):
        raise UnreadableError(*NO_FIGURE)
    return Decimal(text)


def read_figure(text: str) -> Decimal:
    """A number as others send it: digits, and a dot before decimals, e.g. `7.5` or `1480`."""
    if _THOUSANDS.fullmatch(text):
        raise _ambiguous(text)
    if (local := _LOCAL.fullmatch(text)) and not _COMMA_THOUSANDS.fullmatch(text):
        clear = f"{local[1].replace('.', '')}.{local[2]}"
        raise UnreadableError(
            f"Dấu thập phân là dấu chấm. Viết “{clear}”.",
            f"The decimal sign is a dot: write “{clear}”.",
        )
    return read_decimal(text)


def _ambiguous(text: str) -> UnreadableError:
    whole = text.replace(".", "")
    if text.count(".") > 1:
        vi, en = f"Nhập {whole}, không có dấu chấm.", f"Write {whole}, without dots."
    else:
        shorter = text.rstrip("0").rstrip(".")
        decimal = shorter if shorter != text else f"{text}0"
        vi = f"Chưa rõ “{text}” là {whole} hay {decimal}. Nhập {whole} hoặc {decimal}."
        en = f"“{text}” may be {whole} or {decimal}: write {whole} or {decimal}."
    return UnreadableError(vi, en, rule="numbers.ambiguous")


_LOCAL = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{3})*|-?[0-9]{1,14}),([0-9]{1,6})")
_COMMA_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{3})+")


def read_local_figure(text: str) -> Decimal:
    """A number as a spreadsheet of an office has it: `7,5`, `1.150,5` and `7.5`, also with a %.

    Where it can be read in two ways, `1.480` or `1,480`, it is refused.
    """
    text = text.removesuffix("%").strip()
    if _COMMA_THOUSANDS.fullmatch(text):
        raise _ambiguous(text.replace(",", "."))
    if found := _LOCAL.fullmatch(text):
        text = f"{found[1].replace('.', '')}.{found[2]}"
        return read_decimal(text)
    return read_figure(text)


def read_positive_figure(text: str) -> Decimal:
    """The same, more than 0."""
    figure = read_figure(text)
    if figure <= 0:
        raise UnreadableError("Phải lớn hơn 0.", "Must be greater than 0.")
    return figure


# ---- days and moments

DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT_PATTERN = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)
_DAY = re.compile(DAY_PATTERN)
_MOMENT = re.compile(MOMENT_PATTERN)
_WITHOUT_OFFSET = re.compile(MOMENT_PATTERN.rpartition("(")[0] + "$")
_YEARS = range(1900, 2201)
"""Others are slips, and no zone can be reckoned with at the calendar's ends."""


NO_DAY: Sentence = (
    "Không phải một ngày có thật. Viết năm-tháng-ngày, ví dụ 2020-06-11.",
    "Not a real day. Write year-month-day, e.g. 2020-06-11.",
)
NO_MOMENT: Sentence = (
    "Không phải một thời điểm có múi giờ. Viết như 2020-06-11T09:30:00+07:00.",
    "Not a moment with its offset. Write it like 2020-06-11T09:30:00+07:00.",
)
_NO_TIME: Sentence = (
    "Thiếu giờ và múi giờ. Viết như 2020-06-11T09:30:00+07:00.",
    "The time and its offset are missing. Write it like 2020-06-11T09:30:00+07:00.",
)
_NO_OFFSET: Sentence = (
    "Thiếu múi giờ. Viết như 2020-06-11T09:30:00+07:00.",
    "The offset is missing. Write it like 2020-06-11T09:30:00+07:00.",
)
_NOT_REAL: Sentence = (
    "Không có ngày hoặc giờ này. Kiểm tra lại ngày, giờ và múi giờ.",
    "There is no such day or time. Check day, time and offset.",
)
_OTHER_YEAR: Sentence = (
    f"Năm phải từ {_YEARS[0]} đến {_YEARS[-1]}.",
    f"The year must be from {_YEARS[0]} to {_YEARS[-1]}.",
)


def read_day(text: str) -> date:
    """A day, written 2020-06-11 and no other way."""
    if not _DAY.fullmatch(text):
        raise UnreadableError(*_another_way(text))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UnreadableError(*NO_DAY) from None
    if day.year not in _YEARS:
        raise UnreadableError(*_OTHER_YEAR)
    return day


_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})")


def _another_way(text: str) -> Sentence:
    """What is wrong with what is not written 2020-06-11: 31/3/2026 is a real day all the same."""
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
        try:
            meant = date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            return NO_DAY
        return (
            f"Ngày viết năm-tháng-ngày. Viết {meant}.",
            f"Days are written year-month-day. Write {meant}.",
        )
    return NO_DAY


_SERIAL_DAY = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)
"""Days as Excel counts them, 1954 to 2119; other numbers are no days."""


def read_day_of_sheet(text: str) -> date:
    """A day as a spreadsheet in Vietnam has it: 01/7/2025, its serial 45839, or as `read_day`."""
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
        return read_day(f"{year}-{month:0>2}-{day:0>2}")
    if text.isascii() and text.isdecimal() and int(text[:9]) in _SERIALS:
        return _SERIAL_DAY + timedelta(days=int(text[:9]))
    return read_day(text)


def read_moment(text: str) -> datetime:
    """A moment with its offset (RFC 3339), e.g. 2020-06-11T09:30:00+07:00."""
    if not _MOMENT.fullmatch(text):
        if _DAY.fullmatch(text):
            raise UnreadableError(*_NO_TIME)
        raise UnreadableError(*(_NO_OFFSET if _WITHOUT_OFFSET.fullmatch(text) else NO_MOMENT))
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise UnreadableError(*_NOT_REAL) from None
    if moment.year not in _YEARS:
        raise UnreadableError(*_OTHER_YEAR)
    return moment


# ---- text

_DROPPED = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
"""Soft hyphen, zero-width characters, byte-order mark: copied along from pages and documents, they
mean nothing in Vietnamese and can't be seen by whom we would ask to remove them."""

_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that are drawn as nothing: Hangul fillers, the empty Braille pattern."""

_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: control, format (among them all that change direction), lone surrogate,
private use, unassigned, separators of lines and paragraphs."""


def hidden_character(text: str) -> str | None:
    """The first character that has no place in a text, e.g. `U+202E`; None when there is none."""
    if text.isprintable():  # nearly always; Python's own test, without a look at each letter here
        return None
    for letter in text:
        if unicodedata.category(letter) in _REFUSED:
            return f"U+{ord(letter):04X}"
    return None


def read_text(text: str, longest: int) -> str:
    """A text without what can't be seen, NFC, trimmed; may be empty.

    "Hội" typed on a Mac and on Windows is the same name afterwards.
    """
    # None of what is dropped is printable, and nearly every text is.
    seen = text if text.isprintable() else text.translate(_DROPPED)
    read = unicodedata.normalize("NFC", seen).strip()
    if hidden := hidden_character(read):
        raise UnreadableError(
            f"Có ký tự điều khiển không nhìn thấy ({hidden}). Xóa ký tự này, hoặc gõ lại trên một"
            " dòng.",
            f"Has a control character that can't be seen ({hidden}). Remove it, or type the text"
            " again in one line.",
        )
    if len(read) > longest:
        raise UnreadableError(
            f"Vượt quá {longest} ký tự. Rút ngắn nội dung.",
            f"Longer than {longest} characters: shorten it.",
        )
    return read


def is_visible(text: str) -> bool:
    """Whether there is a letter, digit, mark or sign to be seen in it."""
    return any(
        unicodedata.category(letter)[0] in "LNPS" and letter not in _BLANK_LETTERS
        for letter in text
    )


def read_visible_text(text: str, longest: int) -> str:
    """A text in which something can be seen."""
    read = read_text(text, longest)
    if not is_visible(read):
        raise UnreadableError(
            "Chưa nhập nội dung.", "Empty: nothing can be seen in it. Fill it in."
        )
    return read

"""What a unit filled in, read by the declaration of the kind; every fault at its JSON pointer.

Pure. What a personal field says is in no fault: refusals are shown and kept by others.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeVar

from services.chassis.problems import Faults
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.report_kinds import (
    LONGEST_TEXT,
    FieldType,
    ReportField,
    ReportKind,
)
from services.contracts.reading import (
    Sentence,
    UnreadableError,
    read_day,
    read_figure,
    read_visible_text,
)
from services.contracts.wording import day_en, day_vi, number_en, number_vi, plain

T = TypeVar("T")

_MOST = 10**14 - 1
"""Of a whole number, as of every number of the system: 14 digits."""
_LONGEST_NUMBER = 500
"""Characters of a document's number."""
_SHOWN = 60
"""Of an unknown field's name."""


class _WrongError(Exception):
    """A value that a field does not take: the remedy in both languages, its rule and place."""

    def __init__(self, vi: str, en: str, *, rule: str, inside: str = "") -> None:
        super().__init__(en)
        self.vi, self.en, self.rule, self.inside = vi, en, rule, inside


def read_answers(
    faults: Faults, kind: ReportKind, given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The public and the personal answers, as they are stored; null is not given."""
    known = [field.id for field in kind.fields]
    for name in given:
        if name not in known:
            vi, en = did_you_mean(name[:_SHOWN], known)
            faults.add(
                f"/answers/{_escaped(name)}",
                f"Báo cáo “{kind.title.vi}” không có trường này: {vi}.",
                f"“{kind.title.en}” has no such field: {en}.",
                rule="answers.known",
            )
    public: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for field in kind.fields:
        value = given.get(field.id)
        if value is None:
            if field.required:
                faults.add(
                    f"/answers/{field.id}",
                    f"Chưa nhập “{field.title.vi}”.",
                    f"“{field.title.en}” is missing: fill it in.",
                    rule="answers.required",
                )
            continue
        try:
            (personal if field.personal else public)[field.id] = _READ[field.type](field, value)
        except _WrongError as wrong:
            faults.add(
                f"/answers/{field.id}{wrong.inside}",
                f"“{field.title.vi}”: {wrong.vi}",
                f"“{field.title.en}”: {wrong.en}",
                rule=wrong.rule,
            )
    return public, personal


def _escaped(name: str) -> str:
    """A name in a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _of_type(vi: str, en: str) -> _WrongError:
    return _WrongError(vi, en, rule="answers.type")


def _beyond(vi: str, en: str) -> _WrongError:
    return _WrongError(vi, en, rule="answers.limits")


def _text(field: ReportField, value: object) -> str:
    """Lines in each of which something can be seen; NFC, without control characters."""
    if not isinstance(value, str):
        raise _of_type("là chữ; nhập chữ trong dấu nháy.", "is a text: send a string.")
    longest = field.longest or LONGEST_TEXT
    lines = [line for line in value.replace("\r\n", "\n").split("\n") if line.strip()]
    text = "\n".join(
        _read(field, lambda line: read_visible_text(line, 3 * len(line)), each) for each in lines
    )
    if not text:
        raise _WrongError("chưa nhập nội dung.", "is empty: fill it in.", rule="answers.required")
    if len(text) > longest:
        raise _beyond(
            f"vượt quá {number_vi(longest)} ký tự; rút ngắn nội dung.",
            f"is longer than {number_en(longest)} characters: shorten it.",
        )
    return text


def _whole(field: ReportField, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _of_type("là số nguyên, không có dấu nháy.", "is a whole number, without quotes.")
    if abs(value) > _MOST:
        raise _beyond("có hơn 14 chữ số.", "has more than 14 digits.")
    _within(field, read_figure(str(value)))
    return value


def _decimal(field: ReportField, value: object) -> str:
    if not isinstance(value, str):
        raise _of_type(
            'là số thập phân, viết trong dấu nháy: "7.5".', 'is a decimal as a string: "7.5".'
        )
    number = _read(field, read_figure, value.strip())
    _within(field, number)
    return plain(number)


def _within(field: ReportField, number: Decimal) -> None:
    low, high = field.min, field.max
    if low is not None and number < low:
        raise _beyond(f"không dưới {number_vi(low)}.", f"is {number_en(low)} or more.")
    if high is not None and number > high:
        raise _beyond(f"không quá {number_vi(high)}.", f"is {number_en(high)} or less.")


def _date(field: ReportField, value: object) -> str:
    if not isinstance(value, str):
        raise _of_type(
            "là ngày, viết theo thứ tự năm-tháng-ngày.", "is a day, written like 2020-06-30."
        )
    day = _read(field, read_day, value.strip())
    first, last = field.not_before, field.not_after
    if first is not None and day < first:
        raise _beyond(f"từ ngày {day_vi(first)} trở đi.", f"is {day_en(first)} or later.")
    if last is not None and day > last:
        raise _beyond(f"không sau ngày {day_vi(last)}.", f"is {day_en(last)} or earlier.")
    return day.isoformat()


def _document(field: ReportField, value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not value.keys() <= {"number", "date"}:
        raise _of_type(
            "là văn bản: {number: số, date: ngày}.", "is a document: {number: …, date: …}."
        )
    for key, vi in (("number", "số"), ("date", "ngày")):
        if value.get(key) is None:
            raise _WrongError(
                f"chưa nhập {vi} văn bản.",
                f"the {key} of the document is missing.",
                rule="answers.required",
                inside=f"/{key}",
            )
    number = value["number"]
    if not isinstance(number, str):
        raise _WrongError(
            "số văn bản là chữ.", "its number is a text.", rule="answers.type", inside="/number"
        )
    try:
        read = _read(field, lambda text: read_visible_text(text, _LONGEST_NUMBER), number)
    except _WrongError as wrong:
        raise _WrongError(wrong.vi, wrong.en, rule=wrong.rule, inside="/number") from None
    try:
        return {"number": read, "date": _date(field, value["date"])}
    except _WrongError as wrong:
        raise _WrongError(wrong.vi, wrong.en, rule=wrong.rule, inside="/date") from None


def _choice(field: ReportField, value: object) -> str:
    if not isinstance(value, str):
        raise _of_type("là mã của một lựa chọn.", "is the code of a choice.")
    if value not in field.choices:
        given = "" if field.personal else value[:_SHOWN]
        vi, en = did_you_mean(given, field.choices)
        raise _beyond(f"không có lựa chọn này; {vi}.", f"there is no such choice; {en}.")
    return value


def _yes_no(_field: ReportField, value: object) -> bool:
    if not isinstance(value, bool):
        raise _of_type("chỉ nhận có hoặc không.", "is true or false.")
    return value


def _read(field: ReportField, read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except UnreadableError as error:
        vi, en = _small(error)
        if field.personal:  # the sentence may repeat what was written
            vi, en = "không đọc được; nhập lại.", "can't be read: write it again."
        raise _WrongError(vi, en, rule=error.rule or "answers.type") from None


def _small(error: UnreadableError) -> Sentence:
    """Its sentences behind a colon."""
    return error.vi[:1].lower() + error.vi[1:], error.en[:1].lower() + error.en[1:]


_READ: Final[Mapping[FieldType, Callable[[ReportField, object], Any]]] = {
    "text": _text,
    "whole": _whole,
    "decimal": _decimal,
    "date": _date,
    "document": _document,
    "choice": _choice,
    "yes-no": _yes_no,
}

"""Which essays the city contest takes: every rule an entry breaks, at once.

Pure. Source: the rules of the city contest of several years (author's full name, address or
workplace and phone; a real exemplar with a real address; a length limit; no photocopies; jury and
organisers may not enter; press works must have been published) and the numbers in `plan.yaml`.
Lateness is no fault: see `../obligations/essay_lateness.py`.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from services.chassis.problems import Faults
from services.contracts.campaign.contest import Contest, EssayForm
from services.contracts.wording import Bilingual, day_en, day_vi, number_en, number_vi
from services.submissions.wording import ESSAY_FORMS, ROLES, listed

CONTESTANT = "contestant"
"""The capacity in which one may enter; the plan names those in which one may not."""

_PHONE = re.compile(r"\+?[0-9][0-9 .-]{6,18}[0-9]")
_LETTER = re.compile(r"[^\W\d_]")


class _Measure(NamedTuple):
    """What the length of an entry is measured in."""

    field: str
    unit_vi: str
    label_vi: str


_WORDS = _Measure("words", "từ", "số từ")
_MINUTES = _Measure("minutes", "phút", "thời lượng (phút)")
_SHORTEST_ADDRESS = 5  # characters; "Số 5" is no address, "Hà Nội" may be one


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it. Personal data: stays in `essay_authors`."""

    full_name: str | None
    address: str | None
    workplace: str | None
    phone: str | None
    role: str = CONTESTANT


@dataclass(frozen=True, slots=True)
class Entry:
    """An essay as it was sent."""

    form: EssayForm
    author: Author
    exemplar_name: str | None
    exemplar_address: str | None
    words: int | None
    minutes: Decimal | None
    published_in: str | None
    published_on: date | None
    photocopy: bool
    acted_on: date | None = None
    """The day on which it was handed in or published."""


def check_entry(faults: Faults, entry: Entry, rules: Contest, today: date) -> None:
    """Add a fault for each rule that the entry breaks; rule ids as in docs/submissions.md."""
    _check_author(faults, entry.author, rules)
    _check_exemplar(faults, entry)
    if entry.photocopy:
        faults.add(
            "/photocopy",
            "Không tiếp nhận bản photocopy. Vui lòng gửi bản gốc.",
            "Photocopies are not accepted: send the original.",
            rule="essays.photocopy",
        )
    if rules.counted_by == "act" and entry.acted_on is None and entry.form != "press":
        faults.add(
            "/acted_on",
            "Chưa nhập ngày tác giả gửi bài. Cuộc thi này ghi nhận theo ngày tác giả gửi bài hoặc"
            " ngày đăng, phát.",
            "The day on which it was handed in is missing: this contest counts by it.",
            rule="essays.acted-on",
        )
    if entry.form not in rules.forms:
        allowed = listed(ESSAY_FORMS[form] for form in rules.forms)
        faults.add(
            "/form",
            f"Cuộc thi năm nay chỉ tiếp nhận: {allowed.vi}.",
            f"This year's contest accepts only: {allowed.en}.",
            rule="essays.form",
        )
        return
    match entry.form:
        case "written":
            _check_length(faults, entry.words, rules.max_words, _WORDS)
        case "recorded":
            _check_length(faults, entry.minutes, rules.max_minutes, _MINUTES)
        case "press":
            _check_press(faults, entry, today)


def check_exemplar_name(faults: Faults, name: str | None) -> None:
    """A real person or collective is named."""
    if not name or not _LETTER.search(name):
        faults.add(
            "/exemplar/name",
            "Chưa nhập tên cá nhân hoặc tập thể được giới thiệu. Bài dự thi phải phản ánh người"
            " thật, việc thật, rõ địa chỉ.",
            "The person or collective written about is missing: people and deeds must be real.",
            rule="essays.exemplar",
        )


def _check_author(faults: Faults, author: Author, rules: Contest) -> None:
    rule = "essays.author-data"
    if not author.full_name or not _LETTER.search(author.full_name):
        faults.add(
            "/author/full_name",
            "Chưa nhập họ và tên tác giả. Bài dự thi không có thông tin tác giả không được tiếp"
            " nhận.",
            "The author's full name is missing: entries without author data are not accepted.",
            rule=rule,
        )
    if not author.address and not author.workplace:
        faults.add(
            "/author/address",
            "Chưa nhập địa chỉ hoặc đơn vị công tác của tác giả. Nhập một trong hai.",
            "The author's address or workplace is missing: give one of them.",
            rule=rule,
        )
    if not author.phone or not _PHONE.fullmatch(author.phone):
        faults.add(
            "/author/phone",
            "Số điện thoại chưa nhập hoặc không hợp lệ. Nhập từ 8 đến 20 chữ số, ví dụ 024 0000"
            " 0000.",
            "The author's phone is missing or wrong: 8 to 20 digits, e.g. 024 0000 0000.",
            rule=rule,
        )
    if author.role in rules.barred:
        faults.add(
            "/author/role",
            "Thành viên Ban Tổ chức, Ban Giám khảo không được tham gia dự thi; bài dự thi không"
            " được tiếp nhận.",
            "Members of the jury and the organisers may not enter: this entry is not accepted.",
            rule="essays.barred-author",
        )
    elif author.role != CONTESTANT:
        known = listed(ROLES.get(r, Bilingual(r, r)) for r in (CONTESTANT, *rules.barred))
        faults.add(
            "/author/role",
            f"Vai trò của tác giả không hợp lệ; chọn: {known.vi}.",
            f"Unknown capacity of the author; choose: {known.en}.",
            rule="essays.author-role",
        )


def _check_exemplar(faults: Faults, entry: Entry) -> None:
    check_exemplar_name(faults, entry.exemplar_name)
    address = entry.exemplar_address or ""
    if len(address) < _SHORTEST_ADDRESS or not _LETTER.search(address):
        faults.add(
            "/exemplar/address",
            "Chưa nhập địa chỉ của cá nhân hoặc tập thể được giới thiệu.",
            "The real address of the person or collective written about is missing.",
            rule="essays.exemplar",
        )


def _check_length(
    faults: Faults, length: int | Decimal | None, most: int | None, measure: _Measure
) -> None:
    field, unit_vi = measure.field, measure.unit_vi
    if length is None:
        faults.add(
            f"/{field}",
            f"Chưa nhập {measure.label_vi}.",
            f"The entry's length in {field} is missing.",
            rule=f"essays.max-{field}",
        )
    elif most is not None and length > most:
        faults.add(
            f"/{field}",
            f"Bài dài {number_vi(length)} {unit_vi}, vượt quá {number_vi(most)} {unit_vi} theo quy"
            " định. Vui lòng rút ngắn.",
            f"The entry has {number_en(length)} {field}, over the limit of {number_en(most)}:"
            " shorten it.",
            rule=f"essays.max-{field}",
        )


def _check_press(faults: Faults, entry: Entry, today: date) -> None:
    rule = "essays.press-published"
    if not entry.published_in:
        faults.add(
            "/published_in",
            "Tác phẩm báo chí phải đã được đăng, phát. Nhập tên báo, đài.",
            "A press work must have been published: name the paper or station.",
            rule=rule,
        )
    if entry.published_on is None:
        faults.add(
            "/published_on",
            "Tác phẩm báo chí phải đã được đăng, phát. Nhập ngày đăng, phát.",
            "A press work must have been published: give the day.",
            rule=rule,
        )
    elif entry.published_on > today:
        faults.add(
            "/published_on",
            f"Ngày đăng, phát {day_vi(entry.published_on)} chưa đến. Chỉ gửi sau khi đã đăng,"
            " phát.",
            f"The day {day_en(entry.published_on)} is in the future: send it once it is published.",
            rule=rule,
        )

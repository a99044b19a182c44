"""Which essays the city contest takes: every rule an entry breaks, at once.

Pure. Source: the rules of the city contest of several years (author's full name, address or
workplace and phone; a real exemplar with a real address; a length limit; no photocopies; jury and
organisers may not enter; press works must have been published) and the numbers in `plan.yaml`.
Lateness is no fault: a late entry is kept and marked late (`lateness`).
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from services.chassis.problems import Faults
from services.contracts.campaign.deadlines import days_late
from services.contracts.campaign.plan import EssayRules, Plan
from services.submissions.desk.standing import vn
from services.submissions.obligations.obligation import Owed

CONTESTANT = "contestant"
"""The capacity in which one may enter; the plan names those in which one may not."""

_PHONE = re.compile(r"\+?[0-9][0-9 .-]{6,18}[0-9]")
_LETTER = re.compile(r"[^\W\d_]")
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

    form: Literal["written", "recorded", "press"]
    author: Author
    exemplar_name: str | None
    exemplar_address: str | None
    words: int | None
    minutes: Decimal | None
    published_in: str | None
    published_on: date | None
    photocopy: bool


def check_entry(faults: Faults, entry: Entry, rules: EssayRules, today: date) -> None:
    """Add a fault for each rule that the entry breaks; rule ids as in docs/submissions.md."""
    _check_author(faults, entry.author, rules)
    _check_exemplar(faults, entry)
    if entry.photocopy:
        faults.add(
            "/photocopy",
            "Không nhận bản photocopy; hãy gửi bản gốc.",
            "Photocopies are not taken: send the original.",
            rule="essays.photocopy",
        )
    if entry.form not in rules.forms:
        allowed = ", ".join(rules.forms)
        faults.add(
            "/form",
            f"Cuộc thi năm nay chỉ nhận: {allowed}.",
            f"This year's contest takes only: {allowed}.",
            rule="essays.form",
        )
        return
    match entry.form:
        case "written":
            _check_length(faults, entry.words, rules.max_words, "words", "từ")
        case "recorded":
            _check_length(faults, entry.minutes, rules.max_minutes, "minutes", "phút")
        case "press":
            _check_press(faults, entry, today)


def check_exemplar_name(faults: Faults, name: str | None) -> None:
    """A real person or collective is named."""
    if not name or not _LETTER.search(name):
        faults.add(
            "/exemplar/name",
            "Thiếu tên cá nhân hoặc tập thể làm gương; gương phải có thật.",
            "The person or collective held up is missing: the exemplar must be real.",
            rule="essays.exemplar",
        )


def lateness(plan: Plan, catch_up: Owed | None, received_on: date) -> tuple[date, int]:
    """The last good day for an essay of a unit, and how many whole days late it is.

    `catch_up` is the unit's obligation to send first essays (D5), if it has one: the notice gave
    such a unit that later day (docs/decisions/0051-essays-late.md).
    """
    owed = catch_up.duty if catch_up is not None and catch_up.status != "not-owed" else None
    last = plan.essay_last_good_day(owed)
    return last, days_late(received_on, last)


def _check_author(faults: Faults, author: Author, rules: EssayRules) -> None:
    rule = "essays.author-data"
    if not author.full_name or not _LETTER.search(author.full_name):
        faults.add(
            "/author/full_name",
            "Thiếu họ tên tác giả; bài không có thông tin tác giả không được nhận.",
            "The author's full name is missing: entries without author data are not taken.",
            rule=rule,
        )
    if not author.address and not author.workplace:
        faults.add(
            "/author/address",
            "Thiếu địa chỉ hoặc nơi công tác của tác giả; hãy ghi một trong hai.",
            "The author's address or workplace is missing: give one of them.",
            rule=rule,
        )
    if not author.phone or not _PHONE.fullmatch(author.phone):
        faults.add(
            "/author/phone",
            "Thiếu hoặc sai số điện thoại của tác giả; ghi 8 đến 20 chữ số, ví dụ 024 3825 3536.",
            "The author's phone is missing or wrong: 8 to 20 digits, e.g. 024 3825 3536.",
            rule=rule,
        )
    if author.role in rules.barred:
        faults.add(
            "/author/role",
            "Thành viên ban giám khảo và ban tổ chức không được dự thi; hãy rút bài này.",
            "Members of the jury and the organisers may not enter: take this entry out.",
            rule="essays.barred-author",
        )
    elif author.role != CONTESTANT:
        known = ", ".join((CONTESTANT, *rules.barred))
        faults.add(
            "/author/role",
            f"Tư cách không được biết đến; hãy ghi một trong: {known}.",
            f"Unknown capacity: give one of {known}.",
            rule="essays.author-role",
        )


def _check_exemplar(faults: Faults, entry: Entry) -> None:
    check_exemplar_name(faults, entry.exemplar_name)
    address = entry.exemplar_address or ""
    if len(address) < _SHORTEST_ADDRESS or not _LETTER.search(address):
        faults.add(
            "/exemplar/address",
            "Thiếu địa chỉ thật của cá nhân hoặc tập thể được viết về.",
            "The real address of the person or collective written about is missing.",
            rule="essays.exemplar",
        )


def _check_length(
    faults: Faults, length: int | Decimal | None, most: int, field: str, unit_vi: str
) -> None:
    if length is None:
        faults.add(
            f"/{field}",
            f"Thiếu độ dài bài (số {unit_vi}).",
            f"The entry's length in {field} is missing.",
            rule=f"essays.max-{field}",
        )
    elif length > most:
        faults.add(
            f"/{field}",
            f"Bài dài {length} {unit_vi}, vượt giới hạn {most} {unit_vi}; hãy rút ngắn.",
            f"The entry has {length} {field}, over the limit of {most}: shorten it.",
            rule=f"essays.max-{field}",
        )


def _check_press(faults: Faults, entry: Entry, today: date) -> None:
    rule = "essays.press-published"
    if not entry.published_in:
        faults.add(
            "/published_in",
            "Tác phẩm báo chí phải đã đăng; hãy ghi tên báo, đài.",
            "A press work must have been published: name the paper or station.",
            rule=rule,
        )
    if entry.published_on is None:
        faults.add(
            "/published_on",
            "Tác phẩm báo chí phải đã đăng; hãy ghi ngày đăng.",
            "A press work must have been published: give the day.",
            rule=rule,
        )
    elif entry.published_on > today:
        faults.add(
            "/published_on",
            f"Ngày đăng {vn(entry.published_on)} còn ở tương lai; hãy gửi sau khi đăng.",
            f"The day {entry.published_on} lies in the future: send it once it is published.",
            rule=rule,
        )

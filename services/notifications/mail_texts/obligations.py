"""Mails about deadlines and obligations."""

from datetime import date

from services.contracts.campaign.deadlines import UNKNOWN_DAY
from services.contracts.events import (
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineMoved,
    ObligationFulfilled,
    ObligationReopened,
    ObligationWaived,
)
from services.contracts.wording import Bilingual, day, days_en, number_vi
from services.notifications.mail_texts.text import CampaignNames, Subject, Text, Texts, Words

_NOT_YET = Bilingual("chưa xác định", "not known yet")


def approaching(fact: DeadlineApproaching, names: CampaignNames) -> Texts:
    """A deadline is near and the obligation still open."""
    unit, what, last = _facts(fact, names)
    in_text = names.unit_in_text(fact.unit)
    state_vi, state_en = "Hôm nay là hạn cuối", "Due today"
    left_vi, left_en = "hôm nay", "today"
    if fact.days_left:
        left_vi, left_en = (
            f"còn {number_vi(fact.days_left)} ngày",
            f"{days_en(fact.days_left)} left",
        )
        state_vi, state_en = f"Sắp đến hạn ({left_vi})", f"Due soon ({left_en})"
    vi = [
        f"{unit} chưa hoàn thành nội dung “{what.vi}”.",
        f"Hạn cuối: hết ngày {last.vi} ({left_vi}).",
        "Đề nghị đơn vị hoàn thành trước thời hạn trên.",
    ]
    en = [
        f"{unit} has not fulfilled “{what.en}” yet.",
        f"Last day in time: {last.en} ({left_en}).",
        "Please fulfil it by that day.",
    ]
    if fact.option != fact.obligation:
        vi.insert(2, "Thời hạn này áp dụng cho một trong các phương án thực hiện.")
        en.insert(2, "This is the deadline of one of the options.")
    return Texts(
        Text(Subject(state_vi, what.vi, in_text), tuple(vi)),
        Text(Subject(state_en, what.en, unit), tuple(en)),
    )


def missed(fact: DeadlineMissed, names: CampaignNames) -> Texts:
    """The last day in time is over."""
    unit, what, last = _facts(fact, names)
    in_text = names.unit_in_text(fact.unit)
    return Texts(
        Text(
            Subject("Quá hạn", what.vi, in_text),
            (
                f"Đến hết ngày {last.vi}, hệ thống chưa ghi nhận {in_text} hoàn thành nội dung"
                f" “{what.vi}”.",
                "Đề nghị đơn vị khẩn trương hoàn thành. Nội dung thực hiện sau thời hạn vẫn được"
                " tiếp nhận và tính là chậm.",
            ),
        ),
        Text(
            Subject("Overdue", what.en, unit),
            (
                f"By the end of {last.en}, {unit} had not fulfilled “{what.en}”.",
                "Please fulfil it soon: it is still accepted, and counted as late.",
            ),
        ),
    )


def moved(fact: DeadlineMoved, names: CampaignNames) -> Texts:
    """A later document gave another deadline."""
    unit, what, now = _facts(fact, names)
    in_text, before = names.unit_in_text(fact.unit), day(fact.previous_last_day)
    if fact.last_day == fact.previous_last_day:
        return _owed_again(fact, in_text, unit, what)
    if fact.after is not None or UNKNOWN_DAY in (fact.last_day, fact.previous_last_day):
        return _by_own_acts(fact, names, in_text, unit, what)
    return Texts(
        Text(
            Subject("Điều chỉnh thời hạn", what.vi, in_text),
            (
                f"Thời hạn thực hiện nội dung “{what.vi}” của {in_text} được điều chỉnh đến hết"
                f" ngày {now.vi} (thời hạn cũ: {before.vi}).",
                f"Văn bản: {fact.document}",
                f"Lý do: {fact.reason}",
            ),
        ),
        Text(
            Subject("Deadline moved", what.en, unit),
            (
                f"The deadline of “{what.en}” for {unit} was moved: the last day in time is"
                f" {now.en} (before: {before.en}).",
                f"Document: {fact.document}",
                f"Reason: {fact.reason}",
            ),
        ),
    )


def _by_own_acts(
    fact: DeadlineMoved, names: CampaignNames, in_text: str, unit: str, what: Bilingual
) -> Texts:
    """The day depends on what the unit does, or did so before a document gave one."""
    until = _until(fact.last_day)
    vi = [f"Thời hạn thực hiện nội dung “{what.vi}” của {in_text}: {until.vi}."]
    en = [f"The last day in time of “{what.en}” for {unit}: {until.en}."]
    if fact.after is not None:
        awaited = names.obligation(fact.after)
        if fact.happened_on is None:
            vi.append(f"Thời hạn tính từ khi hoàn thành nội dung “{awaited.vi}”.")
            en.append(f"It is counted from the day on which “{awaited.en}” is fulfilled.")
        else:
            happened = day(fact.happened_on)
            vi.append(f"Ngày ghi nhận nội dung “{awaited.vi}”: {happened.vi}.")
            en.append(f"The day that counts of “{awaited.en}”: {happened.en}.")
    vi.append(f"Văn bản: {fact.document}")
    en.append(f"Document: {fact.document}")
    if fact.after is None:
        vi.append(f"Lý do: {fact.reason}")
        en.append(f"Reason: {fact.reason}")
    return Texts(
        Text(Subject("Xác định thời hạn", what.vi, in_text), tuple(vi)),
        Text(Subject("Deadline", what.en, unit), tuple(en)),
    )


def _owed_again(fact: DeadlineMoved, in_text: str, unit: str, what: Bilingual) -> Texts:
    """The day is the same; an amendment gave more time for reporting, or asks it once more."""
    until = _until(fact.last_day)
    return Texts(
        Text(
            Subject("Điều chỉnh thời hạn", what.vi, in_text),
            (
                f"Theo văn bản sửa đổi, {in_text} tiếp tục thực hiện nội dung “{what.vi}”; thời"
                f" hạn: {until.vi}.",
                f"Văn bản: {fact.document}",
                f"Lý do: {fact.reason}",
            ),
        ),
        Text(
            Subject("Deadline moved", what.en, unit),
            (
                f"By the amendment, “{what.en}” is open again for {unit}; the last day in time:"
                f" {until.en}.",
                f"Document: {fact.document}",
                f"Reason: {fact.reason}",
            ),
        ),
    )


def fulfilled(fact: ObligationFulfilled, names: CampaignNames) -> Texts:
    """The unit did what it had to."""
    unit, what, last = _facts(fact, names)
    in_text, counted = names.unit_in_text(fact.unit), day(fact.counted_day)
    how_vi, how_en = "đúng hạn", "in time"
    state_vi, state_en = "Hoàn thành đúng hạn", "Fulfilled in time"
    if fact.days_late:
        how_vi, how_en = f"chậm {number_vi(fact.days_late)} ngày", f"{days_en(fact.days_late)} late"
        state_vi, state_en = f"Hoàn thành {how_vi}", f"Fulfilled {how_en}"
    return Texts(
        Text(
            Subject(state_vi, what.vi, in_text),
            (
                f"{unit} đã hoàn thành nội dung “{what.vi}”, {how_vi}.",
                f"Ngày ghi nhận: {counted.vi}; hạn cuối: {last.vi}.",
            ),
        ),
        Text(
            Subject(state_en, what.en, unit),
            (
                f"{unit} fulfilled “{what.en}”, {how_en}.",
                f"Day that counts: {counted.en}; last day in time: {last.en}.",
            ),
        ),
    )


def waived(fact: ObligationWaived, names: CampaignNames) -> Texts:
    """The Board released one unit."""
    unit, what = names.unit(fact.unit), names.obligation(fact.obligation)
    return Texts(
        Text(
            Subject("Được miễn thực hiện", what.vi, names.unit_in_text(fact.unit)),
            (
                f"{unit} được miễn thực hiện nội dung “{what.vi}”.",
                f"Văn bản: {fact.document}",
                f"Lý do: {fact.reason}",
            ),
        ),
        Text(
            Subject("Waived", what.en, unit),
            (
                f"{unit} is released from “{what.en}”.",
                f"Document: {fact.document}",
                f"Reason: {fact.reason}",
            ),
        ),
    )


def reopened(fact: ObligationReopened, names: CampaignNames) -> Texts:
    """What was released or fulfilled is owed again."""
    unit, what, _ = _facts(fact, names)
    until = _until(fact.last_day)
    vi = [f"{unit} lại phải thực hiện nội dung “{what.vi}”.", f"Hạn cuối: {until.vi}."]
    en = [f"{unit} owes “{what.en}” again.", f"Last day in time: {until.en}."]
    if fact.document is not None:
        vi.append(f"Văn bản: {fact.document}")
        en.append(f"Document: {fact.document}")
    return Texts(
        Text(
            Subject("Phải thực hiện lại", what.vi, names.unit_in_text(fact.unit)),
            (*vi, f"Lý do: {fact.reason}"),
        ),
        Text(Subject("Owed again", what.en, unit), (*en, f"Reason: {fact.reason}")),
    )


def _facts(
    fact: DeadlineApproaching
    | DeadlineMissed
    | DeadlineMoved
    | ObligationFulfilled
    | ObligationReopened,
    names: CampaignNames,
) -> tuple[str, Bilingual, Bilingual]:
    """The unit's name, the title of the obligation, the last day in time."""
    last = _NOT_YET if fact.last_day == UNKNOWN_DAY else day(fact.last_day)
    return names.unit(fact.unit), names.obligation(fact.obligation), last


def _until(last_day: date) -> Bilingual:
    if last_day == UNKNOWN_DAY:
        return _NOT_YET
    last = day(last_day)
    return Bilingual(f"hết ngày {last.vi}", last.en)


WORDS: Words = {
    DeadlineApproaching: approaching,
    DeadlineMissed: missed,
    DeadlineMoved: moved,
    ObligationFulfilled: fulfilled,
    ObligationWaived: waived,
    ObligationReopened: reopened,
}

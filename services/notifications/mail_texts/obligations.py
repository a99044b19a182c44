"""Words for deadlines and obligations."""

from services.contracts.events import (
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineMoved,
    ObligationFulfilled,
    ObligationWaived,
)
from services.notifications.mail_texts.text import Names, Text, Texts, day, days_en


def approaching(fact: DeadlineApproaching, names: Names) -> Texts:
    """A deadline is near and the obligation still open."""
    unit, what, last = (
        names.unit(fact.unit),
        names.obligation(fact.obligation),
        day(fact.last_good_day),
    )
    if fact.days_left == 0:
        left_vi, left_en = "hôm nay là ngày cuối", "today is the last day"
    else:
        left_vi, left_en = f"còn {fact.days_left} ngày", f"{days_en(fact.days_left)} left"
    vi = [
        f"{unit} chưa hoàn thành: {what.vi}.",
        f"Ngày cuối cùng còn đúng hạn: {last.vi} ({left_vi}).",
    ]
    en = [
        f"{unit} has not fulfilled yet: {what.en}.",
        f"Last day in time: {last.en} ({left_en}).",
    ]
    if fact.way != fact.obligation:
        way = names.obligation(fact.way)
        vi.append(f"Hạn này áp dụng cho phương án: {way.vi}.")
        en.append(f"This deadline is the one of the alternative: {way.en}.")
    return Texts(
        Text(f"{unit}: {left_vi}, {what.vi}", tuple(vi)),
        Text(f"{unit}: {left_en}, {what.en}", tuple(en)),
    )


def missed(fact: DeadlineMissed, names: Names) -> Texts:
    """The last good day is over."""
    unit, what, last = (
        names.unit(fact.unit),
        names.obligation(fact.obligation),
        day(fact.last_good_day),
    )
    return Texts(
        Text(
            f"{unit}: quá hạn, {what.vi}",
            (
                f"{unit} chưa hoàn thành trong thời hạn: {what.vi}.",
                f"Ngày cuối cùng còn đúng hạn là {last.vi}.",
                "Đơn vị vẫn cần hoàn thành: nộp muộn vẫn được ghi nhận là muộn.",
            ),
        ),
        Text(
            f"{unit}: deadline missed, {what.en}",
            (
                f"{unit} did not fulfil in time: {what.en}.",
                f"The last day in time was {last.en}.",
                "It is still owed: late is recorded as late, and is not never.",
            ),
        ),
    )


def moved(fact: DeadlineMoved, names: Names) -> Texts:
    """A later notice gave another deadline."""
    unit, what = names.unit(fact.unit), names.obligation(fact.obligation)
    before, now = day(fact.previous_last_good_day), day(fact.last_good_day)
    return Texts(
        Text(
            f"{unit}: thay đổi thời hạn, {what.vi}",
            (
                f"Thời hạn của {unit} được thay đổi: {what.vi}.",
                f"Ngày cuối cùng còn đúng hạn: {now.vi} (trước đây: {before.vi}).",
                f"Văn bản: {fact.notice}",
                f"Lý do: {fact.reason}",
            ),
        ),
        Text(
            f"{unit}: deadline moved, {what.en}",
            (
                f"The deadline of {unit} was moved: {what.en}.",
                f"Last day in time: {now.en} (before: {before.en}).",
                f"Notice: {fact.notice}",
                f"Reason: {fact.reason}",
            ),
        ),
    )


def fulfilled(fact: ObligationFulfilled, names: Names) -> Texts:
    """The unit did what it owed."""
    unit, what = names.unit(fact.unit), names.obligation(fact.obligation)
    counted, last = day(fact.counted_day), day(fact.last_good_day)
    if fact.days_late:
        how_vi, how_en = f"muộn {fact.days_late} ngày", f"{days_en(fact.days_late)} late"
    else:
        how_vi, how_en = "đúng hạn", "in time"
    vi = [
        f"{unit} đã hoàn thành {how_vi}: {what.vi}.",
        f"Ngày được tính: {counted.vi}; ngày cuối cùng còn đúng hạn: {last.vi}.",
    ]
    en = [
        f"{unit} fulfilled {how_en}: {what.en}.",
        f"Day that counts: {counted.en}; last day in time: {last.en}.",
    ]
    if fact.way != fact.obligation:
        way = names.obligation(fact.way)
        vi.append(f"Phương án: {way.vi}.")
        en.append(f"By the alternative: {way.en}.")
    return Texts(
        Text(f"{unit}: hoàn thành {how_vi}, {what.vi}", tuple(vi)),
        Text(f"{unit}: fulfilled {how_en}, {what.en}", tuple(en)),
    )


def waived(fact: ObligationWaived, names: Names) -> Texts:
    """The Board released one unit."""
    unit, what = names.unit(fact.unit), names.obligation(fact.obligation)
    return Texts(
        Text(
            f"{unit}: được miễn, {what.vi}",
            (
                f"{unit} được miễn thực hiện: {what.vi}.",
                f"Văn bản: {fact.notice}",
                f"Lý do: {fact.reason}",
            ),
        ),
        Text(
            f"{unit}: waived, {what.en}",
            (
                f"{unit} is released from: {what.en}.",
                f"Notice: {fact.notice}",
                f"Reason: {fact.reason}",
            ),
        ),
    )

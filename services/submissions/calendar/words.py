"""How an entry stands, in words for people."""

from collections.abc import Mapping

from services.contracts.wording import Bilingual, day_en, day_vi, days_en, number
from services.submissions.calendar.schemas import CalendarEntry, State

STATES: Mapping[State, Bilingual] = {
    "open": Bilingual("chưa thực hiện", "to be done"),
    "fulfilled": Bilingual("đã hoàn thành", "fulfilled"),
    "fulfilled-otherwise": Bilingual(
        "đã hoàn thành theo phương án khác", "fulfilled by another option"
    ),
    "missed": Bilingual("quá hạn, chưa thực hiện", "overdue"),
    "waived": Bilingual("được miễn thực hiện", "waived"),
    "not-owed": Bilingual("không phải thực hiện", "not owed"),
}


def state_words(entry: CalendarEntry) -> Bilingual:
    """In a few words, with how late it was done."""
    if entry.days_late:
        late = number(entry.days_late)
        days = "day" if entry.days_late == 1 else "days"
        return Bilingual(f"đã hoàn thành, chậm {late.vi} ngày", f"fulfilled, {late.en} {days} late")
    return STATES[entry.state]


def details(entry: CalendarEntry) -> list[Bilingual]:
    """What else there is to know, a line each."""
    found: list[Bilingual] = []
    if entry.due_after is not None:
        due = entry.due_after
        found.append(
            Bilingual(
                f"Thời hạn: trong vòng {number(due.days).vi} ngày sau khi hoàn thành"
                f" “{due.title.vi}”.",
                f"Due within {days_en(due.days)} after “{due.title.en}”.",
            )
        )
    if entry.counts_from is not None:
        day = entry.counts_from
        found.append(Bilingual(f"Tính từ ngày {day_vi(day)}.", f"Counts from {day_en(day)} on."))
    if entry.condition is not None and entry.condition.holds is None:
        on = entry.condition.on
        found.append(
            Bilingual(
                f"Chỉ phải thực hiện nếu đủ điều kiện, xét đến hết ngày {day_vi(on)}.",
                f"Owed only on a condition, which is decided at the end of {day_en(on)}.",
            )
        )
    if entry.counted_day is not None:
        day = entry.counted_day
        found.append(
            Bilingual(f"Ngày ghi nhận: {day_vi(day)}.", f"Day that counts: {day_en(day)}.")
        )
    if entry.moved is not None:
        document, was = entry.moved.document, entry.moved.previous_last_day
        found.append(
            Bilingual(f"Thời hạn theo {document}.", f"The last day is that of {document}.")
            if was is None
            else Bilingual(
                f"Thời hạn trước đây là ngày {day_vi(was)}, được điều chỉnh theo {document}.",
                f"The last day was {day_en(was)} and was moved by {document}.",
            )
        )
        reason = entry.moved.reason
        found.append(Bilingual(f"Lý do: {reason}", f"Reason: {reason}"))
    if entry.waived is not None:
        document, reason = entry.waived.document, entry.waived.reason
        found.append(Bilingual(f"Được miễn theo {document}.", f"Waived by {document}."))
        found.append(Bilingual(f"Lý do: {reason}", f"Reason: {reason}"))
    if entry.ended is not None:
        found.append(entry.ended.sentence)
    if entry.simulated:
        found.append(Bilingual("Dữ liệu mô phỏng.", "Simulated data."))
    return found

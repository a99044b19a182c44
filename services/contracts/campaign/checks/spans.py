"""Checks of spans: an option begins in the campaign and before it ends, and no day is left out."""

from collections.abc import Iterator
from datetime import date

from services.contracts.campaign.deadlines import Span
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.reading import Sentence
from services.contracts.wording import day_en, day_vi


def check_spans(
    obligations: FilePart[tuple[ObligationPlan, ...]] | None, days: tuple[date, date] | None
) -> Iterator[FileProblem]:
    """`from` and `late_until` go with the last day. `days`: the campaign's first and last one."""
    if obligations is None or days is None:
        return
    for at, planned in enumerate(obligations.value):
        for which, option in enumerate(planned.options):
            if not isinstance(option.due, Span):
                continue
            place = (at, "options", which, "due")
            if wrong := _beginning(option.due, days[0]):
                yield obligations.problem((*place, "from"), *wrong)
            if wrong := _late(option.due, days[1]):
                yield obligations.problem((*place, "late_until"), *wrong)


def _beginning(due: Span, opens: date) -> Sentence | None:
    first = due.from_
    if first is None:
        return None
    if first > due.last_day:
        return (
            f"{day_vi(first)} sau hạn cuối {day_vi(due.last_day)}; sửa from hoặc date",
            f"{day_en(first)} is after the last day, {day_en(due.last_day)}: correct from or date",
        )
    if first < opens:
        return (
            f"{day_vi(first)} trước ngày bắt đầu {day_vi(opens)}; bỏ khóa này hoặc sửa ngày",
            f"{day_en(first)} is before the campaign opens on {day_en(opens)}: remove it, or"
            " correct it",
        )
    return None


def _late(due: Span, closes: date) -> Sentence | None:
    until = due.late_until
    if until is None:
        return None
    if until < due.last_day:
        return (
            f"{day_vi(until)} trước hạn cuối {day_vi(due.last_day)}; sửa late_until hoặc date",
            f"{day_en(until)} is before the last day, {day_en(due.last_day)}: correct late_until or"
            " date",
        )
    if until > closes >= due.last_day:  # a last day after it is a problem of its own
        return (
            f"{day_vi(until)} sau ngày kết thúc {day_vi(closes)}; bỏ khóa này: đến đó vẫn tính",
            f"{day_en(until)} is after the campaign closes on {day_en(closes)}: remove it, it"
            " counts until then",
        )
    return None

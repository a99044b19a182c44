"""Checks of what is owed in each period: acts that have one, and a day in each of them."""

from collections.abc import Iterator
from datetime import date, timedelta

from services.contracts.campaign.checks.asked_acts import parts_of
from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.periodic import (
    BY_DAY,
    BY_PERIOD,
    DueEachPeriod,
    PeriodicObligation,
    PeriodicOption,
    WrittenObligation,
)
from services.contracts.campaign.periods import PERIOD_KINDS, days_of, periods_within
from services.contracts.campaign.problems import FileProblem
from services.contracts.events.obligations import FULFILLING
from services.contracts.reading import Sentence
from services.contracts.wording import day_en, day_vi

Written = FilePart[tuple[WrittenObligation, ...]]


def check_periods(written: Written | None, days: tuple[date, date] | None) -> Iterator[FileProblem]:
    """Each act is of a period, and each period has its day. `days`: the campaign's first and last
    one."""
    if written is None:
        return
    for at, obligation in enumerate(written.value):
        if isinstance(obligation, PeriodicObligation):
            for place, vi, en in (
                *_acts(obligation),
                *_condition(obligation),
                *_days(obligation, days),
            ):
                yield written.problem((at, *place), vi, en)


_Found = Iterator[tuple[Path, str, str]]
"""The place in an obligation, and what is wrong there."""


def _acts(obligation: PeriodicObligation) -> _Found:
    for place, part in parts_of(obligation):
        if part.by in FULFILLING and part.by not in (*BY_PERIOD, *BY_DAY):
            listed = ", ".join((*BY_PERIOD, *BY_DAY))
            yield (
                (*place, "by"),
                f"{part.by} không có kỳ; với every chọn trong: {listed}",
                f"{part.by} is of no period; with every choose among: {listed}",
            )
        if part.period is not None:
            yield (
                (*place, "period"),
                "kỳ đã ghi ở every; bỏ khóa này",
                "the period is that of every: remove it",
            )


def _condition(obligation: PeriodicObligation) -> _Found:
    if obligation.only_if is not None:
        yield (
            ("only_if",),
            "điều kiện có một ngày, every có nhiều kỳ; bỏ một trong hai, hoặc viết riêng từng nội"
            " dung",
            "a condition has one day and every many periods: remove one of the two, or write each"
            " obligation out",
        )


def _days(obligation: PeriodicObligation, days: tuple[date, date] | None) -> _Found:
    if days is None:
        return
    periods = obligation.periods(*days)
    if not periods:
        yield (
            ("every",),
            f"không có kỳ nào như vậy kết thúc trong thời gian của đợt ({days[0]} … {days[1]}); ghi"
            " kỳ khác, hoặc liệt kê như [2026-Q1, 2026-Q2]",
            f"no such period ends while the campaign runs ({days[0]} … {days[1]}): write others, or"
            " list them like [2026-Q1, 2026-Q2]",
        )
        return
    for which, option in enumerate(obligation.options):
        place: Path = ("options", which, "due")
        for word in option.due.own_days:
            if word not in periods:
                yield ((*place, "own_days", word), *_no_period(word, periods, obligation, days))
        for period in periods:
            if wrong := _day(option, period, days):
                own = option.due.own_days
                yield (*place, *(("own_days", period) if period in own else ())), *wrong


def _no_period(
    word: str, periods: tuple[str, ...], obligation: PeriodicObligation, days: tuple[date, date]
) -> Sentence:
    """Why a period is none of `every`: it is misspelt, or ends too late or begins too early."""
    first, last = days_of(word)
    kinds = (kind for kind in PERIOD_KINDS if kind in obligation.every)
    if any(word in periods_within(kind, first, last) for kind in kinds):
        if last > days[1]:
            return (
                f"kỳ {word} hết ngày {day_vi(last)}, sau ngày kết thúc đợt {day_vi(days[1])}, nên"
                " không thuộc every; lùi closes, liệt kê các kỳ trong every, hoặc bỏ kỳ này",
                f"{word} ends on {day_en(last)}, after the campaign closes on {day_en(days[1])}, so"
                " that every has it not: let it close later, list the periods in every, or remove"
                " this one",
            )
        if first < days[0]:
            return (
                f"kỳ {word} bắt đầu ngày {day_vi(first)}, đợt từ ngày {day_vi(days[0])} có chưa đến"
                " nửa kỳ, nên không thuộc every; liệt kê các kỳ trong every, hoặc bỏ kỳ này",
                f"{word} begins on {day_en(first)}, and the campaign of {day_en(days[0])} has less"
                " than half of it, so that every has it not: list the periods in every, or remove"
                " this one",
            )
    vi, en = did_you_mean(word, periods)
    return f"{word} không phải kỳ của every; {vi}", f"{word} is no period of every; {en}"


def _day(option: PeriodicOption, period: str, days: tuple[date, date]) -> Sentence | None:
    """What is wrong with the day of a period, if anything is."""
    first, last = days
    due = option.due.deadline_in(period)
    if due is None:
        return _no_day(option.due, period)
    if due.last_day < first:
        return (
            f"kỳ {period} có hạn cuối {day_vi(due.last_day)}, trước ngày bắt đầu"
            f" {day_vi(first)}; ghi ngày riêng trong own_days, hoặc liệt kê các kỳ khác trong"
            " every",
            f"{period} is due by {day_en(due.last_day)}, before the campaign opens on"
            f" {day_en(first)}: give it a day in own_days, or list the other periods in every",
        )
    if due.last_day > days_of(period)[1] and any(part.by in BY_DAY for part in option.parts):
        return (
            f"kỳ {period} có hạn cuối {day_vi(due.last_day)}, sau khi hết kỳ; bài dự thi và đề nghị"
            " khen thưởng tính cho kỳ có ngày đó: ghi days_after_end: 0 hoặc một ngày trong kỳ",
            f"{period} is due by {day_en(due.last_day)}, after its end: essays and proposals are of"
            " the period in which they are sent, so say days_after_end: 0 or a day within it",
        )
    reported = due.last_day + timedelta(days=option.reporting_grace_days)
    if reported > last:
        return (
            f"kỳ {period} có hạn cuối {day_vi(reported)}, sau ngày kết thúc {day_vi(last)}; lùi"
            " closes, ghi ngày riêng trong own_days, hoặc liệt kê các kỳ khác trong every",
            f"{period} is due by {day_en(reported)}, after the campaign closes on {day_en(last)}:"
            " let it close later, give the period a day in own_days, or list the other periods in"
            " every",
        )
    return None


def _no_day(due: DueEachPeriod, period: str) -> Sentence:
    if due.day is None:
        return (
            f"kỳ {period} chưa có ngày; thêm vào own_days, hoặc ghi days_after_end cho mọi kỳ",
            f"{period} has no day: add it to own_days, or say days_after_end for all periods",
        )
    return (
        f"tháng đó của kỳ {period} không có ngày {due.day}; ghi ngày riêng trong own_days, hoặc"
        " days_after_end: 0 cho ngày cuối kỳ",
        f"the month of {period} has no day {due.day}: give it a day in own_days, or say"
        " days_after_end: 0 for the last day of the period",
    )

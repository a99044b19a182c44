"""Checks of the kinds of report that a plan declares, and of the obligations that ask for one."""

from collections.abc import Iterator
from datetime import date

from services.contracts.campaign.asked_acts import FIGURE_REPORTED, AskedAct
from services.contracts.campaign.checks.asked_acts import parts_of
from services.contracts.campaign.checks.audience import Days, check_audience, in_short
from services.contracts.campaign.document import Document
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.report_kinds import REPORT_SUBMITTED, ReportKind
from services.contracts.campaign.units_file import UnitRows

Reports = FilePart[tuple[ReportKind, ...]]
Obligations = FilePart[tuple[ObligationPlan, ...]]


def check_report_kinds(
    reports: Reports | None, units: UnitRows | None, days: Days | None
) -> Iterator[FileProblem]:
    """Ids come once, senders and receivers are units that there are. `days`: of the campaign."""
    if reports is None:
        return
    seen: set[str] = set()
    for at, kind in enumerate(reports.value):
        if kind.id in seen:
            yield reports.problem(
                (at, "id"),
                f"mã {kind.id} đã dùng; mỗi loại báo cáo một mã",
                f"id {kind.id} is used already; one id for each kind of report",
            )
        seen.add(kind.id)
        yield from check_audience(reports, (at,), kind, units, days)
        fields: set[str] = set()
        for place, field in enumerate(kind.fields):
            if field.id in fields:
                yield reports.problem(
                    (at, "fields", place, "id"),
                    f"mã {field.id} đã dùng trong báo cáo này; mỗi trường một mã",
                    f"id {field.id} is used in this report already; one id for each field",
                )
            fields.add(field.id)
        yield from _day_of_act(reports, at, kind)
        if kind.receiver not in ("parent", "root") and units and kind.receiver not in units.codes:
            vi, en = did_you_mean(kind.receiver, units.codes)
            yield reports.problem(
                (at, "receiver"),
                f"units.csv không có đơn vị {kind.receiver}; {vi}",
                f"units.csv has no unit {kind.receiver}; {en}",
            )


def _day_of_act(reports: Reports, at: int, kind: ReportKind) -> Iterator[FileProblem]:
    """It names a day that every report has, and that is published."""
    if kind.day_of_act is None or reports.document.is_incomplete((at,)):
        return
    field = kind.field(kind.day_of_act)
    if field is None:
        vi, en = did_you_mean(kind.day_of_act, [one.id for one in kind.fields])
        yield reports.problem(
            (at, "day_of_act"),
            f"báo cáo không có trường “{kind.day_of_act}”; {vi}",
            f"the report has no field “{kind.day_of_act}”; {en}",
        )
    elif field.type != "date" or not field.required or field.personal:
        yield reports.problem(
            (at, "day_of_act"),
            f"trường {field.id} phải là type: date, bắt buộc và không phải dữ liệu cá nhân",
            f"the field {field.id} must be of type: date, required, and not personal",
        )


def check_reports_asked(
    plan: Document,
    reports: Reports | None,
    obligations: Obligations | None,
    units: UnitRows | None,
    days: Days | None,
) -> Iterator[FileProblem]:
    """An option by a report names a kind that there is, that its units send, and a period of it.

    `days`: the first and the last of the campaign.
    """
    if obligations is None or (reports is None and plan.at("reports") is not None):
        return
    kinds = {kind.id: kind for kind in (reports.value if reports else ())}
    if reports is not None and reports.document.is_incomplete():
        return  # a kind that could not be read would look unknown
    for at, planned in enumerate(obligations.value):
        for place, part in parts_of(planned):
            kind = kinds.get(part.report or "")
            found = (
                _named(part, kinds) if kind is None else _suits(part, kind, planned, units, days)
            )
            by_act = planned.options[int(place[1])].counted_by == "act"
            if kind is not None and by_act and kind.day_of_act is None:
                yield obligations.problem(
                    (at, *place),
                    f"counted_by: act cần day_of_act trong loại báo cáo {kind.id}",
                    f"counted_by: act needs day_of_act in the kind of report {kind.id}",
                )
            for key, vi, en in found:
                yield obligations.problem((at, *place, *key), vi, en)


_Found = Iterator[tuple[tuple[str, ...], str, str]]
"""The key of an option or part, and what is wrong with it."""


def _named(option: AskedAct, kinds: dict[str, ReportKind]) -> _Found:
    """The kind of report is named, and there is one of that id."""
    if option.by == REPORT_SUBMITTED:
        vi, en = did_you_mean(option.report or "", kinds)
        if option.report is None:
            yield (), f"thiếu report: loại báo cáo; {vi}", f"the key report is missing; {en}"
        else:
            yield (
                ("report",),
                f"không có loại báo cáo “{option.report}” trong reports; {vi}",
                f"there is no kind of report “{option.report}”; {en}",
            )
    else:
        yield from _with_another_event(option)


def _with_another_event(option: AskedAct) -> _Found:
    for key in ("report",) if option.by == FIGURE_REPORTED else ("report", "period"):
        if option.by != REPORT_SUBMITTED and getattr(option, key) is not None:
            yield (
                (key,),
                f"chỉ dùng với by: {REPORT_SUBMITTED}; bỏ khóa này",
                f"goes with by: {REPORT_SUBMITTED} only: remove it",
            )


def _suits(
    option: AskedAct,
    kind: ReportKind,
    planned: ObligationPlan,
    units: UnitRows | None,
    days: tuple[date, date] | None,
) -> _Found:
    """Its units send the kind of report, for the period."""
    yield from _with_another_event(option)
    periods = kind.known_periods(*days) if days else ()
    if option.period is not None and days and option.period not in periods:
        vi, en = did_you_mean(option.period, periods)
        yield (
            ("period",),
            f"{kind.id} không báo cáo cho kỳ “{option.period}”; {vi}",
            f"{kind.id} is not sent for “{option.period}”; {en}",
        )
    owing = [row.unit for row in units.rows if planned.applies_to(row.unit)] if units else []
    if others := [unit for unit in owing if not kind.includes(unit)]:
        vi, en = in_short(others, owing)
        yield (
            ("report",),
            f"{vi} phải thực hiện nhưng không gửi báo cáo {kind.id}; sửa đơn vị của một trong hai",
            f"{en} owe it and do not send {kind.id}: correct whom one of them is for",
        )

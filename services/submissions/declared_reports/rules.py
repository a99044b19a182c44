"""What a report must be to be accepted beside its answers: sent by whom the plan asks, for a period
of the kind. Pure."""

from collections.abc import Mapping
from datetime import date

from services.chassis.problems import Faults
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.report_kinds import ReportKind
from services.contracts.campaign.units import Unit, UnitTree
from services.contracts.reading import read_day
from services.submissions.eligibility import check_day_of_act


def check_sent_by(faults: Faults, kind: ReportKind, unit: Unit, tree: UnitTree, day: date) -> None:
    """The unit sends such reports on some day, or took over by `day` from one that does."""
    if not tree.is_ever_meant(kind, unit.code, day):
        faults.add(
            "/unit",
            f"{unit.name} không phải gửi báo cáo này; báo cáo thuộc đơn vị khác.",
            f"The plan asks no such report of {unit.name}: other units send it.",
            rule="reports.owed",
        )


def check_period(faults: Faults, plan: Plan, kind: ReportKind, period: str | None) -> None:
    """Each report of a kind with periods is about one; a report that is sent once about none."""
    known = kind.known_periods(plan.opens, plan.closes)
    if period is None and known:
        faults.add(
            "/period",
            f"Báo cáo “{kind.title.vi}” gửi theo kỳ: {', '.join(known)}. Chọn kỳ báo cáo.",
            f"“{kind.title.en}” is sent for a period: choose one of {', '.join(known)}.",
            rule="reports.period",
        )
    elif period is not None and not known:
        faults.add(
            "/period",
            f"Báo cáo “{kind.title.vi}” chỉ gửi một lần, không theo kỳ. Bỏ kỳ báo cáo.",
            f"“{kind.title.en}” is sent once, for no period: leave it out.",
            rule="reports.period",
        )
    elif period is not None and period not in known:
        vi, en = did_you_mean(period, known)
        faults.add(
            "/period",
            f"Báo cáo “{kind.title.vi}” không gửi cho kỳ “{period}”: {vi}.",
            f"“{kind.title.en}” is not sent for “{period}”: {en}.",
            rule="reports.period",
        )


def day_of_act(
    faults: Faults, plan: Plan, kind: ReportKind, answers: Mapping[str, object], today: date
) -> date | None:
    """What the report says about the day of the act, or a fault; None: its kind names no field."""
    field = kind.day_of_act
    named = answers.get(field) if field is not None else None
    if not isinstance(named, str):
        return None
    day = read_day(named)
    pointer = f"/answers/{field}"
    check_day_of_act(faults, plan, day, today, pointer=pointer, rule="answers.day-of-act")
    return day

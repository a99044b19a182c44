"""What a report of a conference, the contest or a ceremony must be to be taken.

Pure. Source: Notice 251/BTĐ-NV2: a commune reports to its district, which sums up; a unit of the
upper level reports to the city; a written report instead of a conference needs the written notice
to the City People's Committee.
"""

from datetime import date

from services.chassis.problems import Faults
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.plan import Form, ObligationPlan, Option
from services.contracts.campaign.units import Unit
from services.submissions.desk.commands import CityNoticeIn
from services.submissions.desk.standing import vn


def duty_of_report(
    faults: Faults, campaign: Campaign, unit: Unit, event: str, form: Form | None = None
) -> tuple[ObligationPlan, Option] | None:
    """The obligation and the option that a report of this kind fulfils; else a fault and None."""
    duties = campaign.plan.obligations_of(unit)
    for duty in duties:
        if option := duty.option_for(event, form):
            return duty, option
    forms = sorted(
        {
            each
            for duty in duties
            for option in duty.options
            if option.by == event
            for each in option.forms
        }
    )
    if forms:
        faults.add(
            "/form",
            f"Đơn vị {unit.name} báo cáo theo hình thức: {', '.join(forms)}.",
            f"Unit {unit.name} reports in the form: {', '.join(forms)}.",
            rule="reports.form",
        )
    else:
        faults.add(
            "/unit",
            f"Kế hoạch không giao báo cáo này cho {unit.name}; báo cáo thuộc đơn vị cấp khác.",
            f"The plan asks no such report of {unit.name}: it is owed by units of another level.",
            rule="reports.owed",
        )
    return None


def check_receiver(faults: Faults, campaign: Campaign, unit: Unit, receiver: str) -> None:
    """A report goes one level up: to the district for a commune, to the city for the others."""
    if receiver == unit.parent:
        return
    right = campaign.units.get(unit.parent) if unit.parent else None
    name = f"{right.name} ({right.code})" if right else "-"
    faults.add(
        "/receiver",
        f"{unit.name} báo cáo cho {name}; hãy ghi receiver là {unit.parent}.",
        f"{unit.name} reports to {name}: set receiver to {unit.parent}.",
        rule="reports.receiver",
    )


def check_form(
    faults: Faults,
    form: Form,
    held_on: date | None,
    notice: CityNoticeIn | None,
    option: Option | None,
) -> None:
    """`held` needs its day, `written` has none; an option may need the notice to the city."""
    if form == "held" and held_on is None:
        faults.add(
            "/held_on",
            "Thiếu ngày tổ chức Hội nghị.",
            "The day of the conference is missing.",
            rule="reports.held-on",
        )
    if form == "written" and held_on is not None:
        faults.add(
            "/held_on",
            "Báo cáo bằng văn bản không có ngày tổ chức; hãy bỏ held_on hoặc chọn form “held”.",
            "A written report has no day of a conference: leave held_on out, or choose `held`.",
            rule="reports.held-on",
        )
    if option is not None and option.written_notice_required and notice is None:
        faults.add(
            "/city_notice",
            "Thiếu số và ngày văn bản báo cáo UBND Thành phố về việc không tổ chức Hội nghị.",
            "Number and date of the written notice to the City People's Committee are missing.",
            rule="reports.city-notice",
        )


def check_happened(
    faults: Faults, campaign: Campaign, day: date | None, today: date, pointer: str
) -> None:
    """What is reported has happened, and within the campaign."""
    if day is None:
        return
    if day > today:
        faults.add(
            pointer,
            f"Ngày {vn(day)} còn ở tương lai; hãy báo cáo sau khi đã thực hiện.",
            f"The day {day} lies in the future: report it once it has happened.",
            rule="reports.happened",
        )
    if day < campaign.plan.opens:
        faults.add(
            pointer,
            f"Ngày {vn(day)} trước khi đợt mở ({vn(campaign.plan.opens)}); kiểm tra lại ngày.",
            f"The day {day} is before the campaign opened ({campaign.plan.opens}): check it.",
            rule="reports.happened",
        )

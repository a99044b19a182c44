"""What a report of a conference, the contest or a ceremony must be to be accepted.

Pure. Source: Notice 251/BTĐ-NV2: a unit reports to the one above it, which sums up; a written
report instead of a conference needs the document to the level above, where the plan asks for one.
"""

from collections.abc import Sequence
from datetime import date

from services.chassis.problems import Faults
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.campaign.plan import Form
from services.contracts.campaign.units import Unit
from services.contracts.wording import day_en, day_vi, number_en, number_vi
from services.submissions.obligations.owing import is_asked
from services.submissions.reports.schemas import CityDocumentIn
from services.submissions.wording import CONFERENCE_FORMS, listed


def plans_of_report(
    faults: Faults,
    campaign: Campaign,
    unit: Unit,
    event: str,
    form: Form | None = None,
    *,
    day: date,
) -> list[tuple[ObligationPlan, Option]]:
    """The obligations, each with the option, that ask for a report of this kind; where there are
    none it is a fault.

    What is asked of the unit goes before what it took over, by `day`, from others.
    """
    plans = [
        each
        for each in campaign.plan.obligations
        if campaign.units.is_ever_meant(each, unit.code, day)
    ]
    plans.sort(key=lambda planned: not is_asked(campaign, planned, unit.code))
    options = [(planned, planned.option_for(event, form)) for planned in plans]
    if found := [(planned, option) for planned, option in options if option]:
        return found
    forms = {
        each
        for planned in plans
        for option in planned.options
        for part in option.parts
        if part.by == event
        for each in part.forms
    }
    if forms:
        allowed = listed(title for each, title in CONFERENCE_FORMS.items() if each in forms)
        faults.add(
            "/form",
            f"{unit.name} báo cáo theo hình thức: {allowed.vi}.",
            f"{unit.name} reports {allowed.en}.",
            rule="reports.form",
        )
    else:
        vi, en = _who_owes(campaign, event)
        faults.add(
            "/unit",
            f"{unit.name} không phải gửi báo cáo này; {vi}.",
            f"The plan asks no such report of {unit.name}: {en}.",
            rule="reports.owed",
        )
    return []


def _who_owes(campaign: Campaign, event: str) -> tuple[str, str]:
    """Which levels of the campaign's own tree owe a report of this kind, in both languages."""
    plan = campaign.plan
    owed = [one for one in plan.obligations if one.is_by(event)]
    levels = dict.fromkeys(level for one in owed for level in one.levels)
    if not levels or any(one.kinds or one.clusters or one.units or one.excepted for one in owed):
        return "báo cáo thuộc đơn vị khác", "other units owe it"
    titles = listed(plan.level_title(level) for level in levels)
    return f"báo cáo do đơn vị thuộc {titles.vi} gửi", f"units of these levels owe it: {titles.en}"


def check_receiver(faults: Faults, campaign: Campaign, unit: Unit, receiver: str) -> None:
    """A report goes to the unit that the tree has above the sender."""
    if receiver == unit.parent:
        return
    right = campaign.units.get(unit.parent) if unit.parent else None
    if right is None:
        vi = f"{unit.name} không có đơn vị cấp trên. Bỏ nơi nhận."
        en = f"{unit.name} has no unit above it: leave the receiver out."
    else:
        vi = (
            f"{unit.name} gửi báo cáo về {right.name_in_text}. Chọn nơi nhận là"
            f" {right.name_in_text} (mã {right.code})."
        )
        en = f"{unit.name} reports to {right.name}: choose {right.code} as the receiver."
    faults.add("/receiver", vi, en, rule="reports.receiver")


def check_form(
    faults: Faults,
    form: Form,
    held_on: date | None,
    document: CityDocumentIn | None,
    options: Sequence[Option],
) -> None:
    """`held` needs its day, `written` has none; one of the options that it goes may need the
    document to the city."""
    if form == "held" and held_on is None:
        faults.add(
            "/held_on",
            "Chưa nhập ngày tổ chức Hội nghị.",
            "The day of the conference is missing.",
            rule="reports.held-on",
        )
    if form == "written" and held_on is not None:
        faults.add(
            "/held_on",
            "Báo cáo bằng văn bản không có ngày tổ chức. Bỏ ngày tổ chức hoặc chọn hình thức tổ"
            " chức Hội nghị.",
            "A written report has no day of a conference: leave the day out, or report a"
            " conference that was held.",
            rule="reports.held-on",
        )
    if document is None and any(option.city_document_required for option in options):
        faults.add(
            "/city_document",
            "Chưa nhập số và ngày văn bản báo cáo cấp trên về việc không tổ chức Hội nghị.",
            "Number and date of the document to the level above are missing.",
            rule="reports.city-document",
        )


def check_prizes(faults: Faults, entries: int, prizes: int) -> None:
    """No more prizes than entries."""
    if prizes > entries:
        faults.add(
            "/prizes",
            f"Số giải ({number_vi(prizes)}) nhiều hơn số bài ({number_vi(entries)}). Kiểm tra lại"
            " hai số này.",
            f"More prizes ({number_en(prizes)}) than entries ({number_en(entries)}): check both.",
            rule="reports.prizes",
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
            f"Ngày {day_vi(day)} chưa đến. Chỉ báo cáo sau khi đã tổ chức.",
            f"{day_en(day)} is in the future: report it once it has happened.",
            rule="reports.happened",
        )
    if day < campaign.plan.opens:
        opens = campaign.plan.opens
        faults.add(
            pointer,
            f"Ngày {day_vi(day)} trước ngày bắt đầu đợt thi đua ({day_vi(opens)}). Kiểm tra lại"
            " ngày.",
            f"{day_en(day)} is before the campaign opened ({day_en(opens)}): check it.",
            rule="reports.happened",
        )

"""Which amendments are refused: nobody becomes late by one, and no open day is taken back.

Pure. All faults at once, at the file that has them.
"""

from collections.abc import Mapping
from datetime import date

from services.chassis.problems import Faults
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.deadlines import UNKNOWN_DAY, Deadline, DueAfter
from services.contracts.campaign.loader import PLAN
from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.campaign.plan import Plan
from services.contracts.wording import day_en, day_vi

_AT = f"/files/{PLAN}"


def check_amendment(
    faults: Faults, before: Plan, after: Plan, moved: Mapping[str, Deadline | DueAfter], today: date
) -> None:
    """`before`: the plan until now; `moved`: the days that documents moved, by option; `today`: the
    local day of receipt."""
    _check_same(faults, before, after)
    _check_open_days(faults, before, after, today)
    held = {planned.id: planned for planned in before.with_deadlines(moved).obligations}
    own = {planned.id: planned for planned in before.obligations}
    for planned in after.obligations:
        if planned.id in held:
            kept = with_kept_days(own[planned.id], held[planned.id], planned)
            _check_kept(faults, after, held[planned.id], kept, today=today)
        elif (day := planned.last_option.until) < today:
            faults.add(
                _AT,
                f"Nội dung mới “{planned.title.vi}” ({planned.id}) có thời hạn đã qua"
                f" ({day_vi(day)}). Chọn ngày từ {day_vi(today)} trở đi.",
                f"The new “{planned.title.en}” ({planned.id}) was due by {day_en(day)}, which is"
                f" over: choose {day_en(today)} or later.",
                rule="campaigns.new-and-over",
            )
    _check_contests(faults, before, after, today)


def _check_contests(faults: Faults, before: Plan, after: Plan, today: date) -> None:
    """A contest that may have essays stays, and none of them becomes late."""
    for contest in before.contests:
        kept = after.contest(contest.id)
        if kept is None:
            if before.opens <= today:
                faults.add(
                    _AT,
                    f"Đợt thi đua đã bắt đầu, không bỏ được cuộc thi “{contest.title.vi}”"
                    f" ({contest.id}) vì có thể đã có bài dự thi. Ghi lại cuộc thi với mã này.",
                    f"The campaign is open, and “{contest.title.en}” ({contest.id}) may have"
                    " essays: put the contest back, under this id.",
                    rule="campaigns.contest-kept",
                )
            continue
        was, ends = contest.ends.last_day, kept.ends.last_day
        if ends < was and ends < today:
            faults.add(
                _AT,
                f"Không thể rút ngắn ngày kết thúc Cuộc thi về ngày đã qua ({day_vi(ends)}), vì bài"
                f" gửi đúng hạn sẽ bị tính là chậm. Chọn ngày từ {day_vi(today)} trở đi.",
                f"The contest's end is not shortened to a day that is over ({day_en(ends)}):"
                f" entries in time would become late; choose {day_en(today)} or later.",
                rule="deadlines.backwards",
            )


def check_changes(faults: Faults, before: Campaign, after: Campaign) -> None:
    """An amendment changes something: else it was most likely the wrong directory."""
    if after.plan == before.plan and after.units.rows == before.units.rows:
        faults.add(
            _AT,
            "Kế hoạch và danh sách đơn vị giống phiên bản đang có hiệu lực: không có gì thay đổi."
            " Kiểm tra lại các tệp đã gửi.",
            "Plan and units are those that are in force: nothing changes. See whether these are"
            " the right files.",
            rule="campaigns.changes",
        )


def _check_same(faults: Faults, before: Plan, after: Plan) -> None:
    if after.campaign != before.campaign:
        faults.add(
            _AT,
            f"Tệp là của đợt thi đua có mã “{after.campaign}”, không phải “{before.campaign}”. Gửi"
            " tệp của đợt thi đua cần sửa đổi.",
            f"The file is of the campaign “{after.campaign}”, not of “{before.campaign}”: send the"
            " one of the campaign that is amended.",
            rule="campaigns.same-campaign",
        )
    if after.timezone != before.timezone:
        faults.add(
            _AT,
            f"Múi giờ của đợt thi đua ({before.timezone}) không thay đổi được. Ghi lại múi giờ cũ.",
            f"The campaign's time zone ({before.timezone}) does not change: put it back.",
            rule="campaigns.same-zone",
        )


def _check_open_days(faults: Faults, before: Plan, after: Plan, today: date) -> None:
    """On days that were open somebody may have sent something; a campaign that has not opened can
    be withdrawn."""
    if after.opens > before.opens <= today:
        faults.add(
            _AT,
            f"Đợt thi đua đã bắt đầu từ ngày {day_vi(before.opens)}, không lùi ngày bắt đầu đến"
            f" {day_vi(after.opens)} được. Ghi lại ngày bắt đầu cũ.",
            f"The campaign has been open since {day_en(before.opens)}; it can't open on"
            f" {day_en(after.opens)} instead: put the day back.",
            rule="campaigns.opened",
        )
    if after.closes < before.closes and after.closes < today:
        faults.add(
            _AT,
            f"Không thể kết thúc đợt thi đua vào ngày đã qua ({day_vi(after.closes)}). Chọn ngày từ"
            f" {day_vi(min(today, before.closes))} trở đi.",
            f"The campaign can't close on a day that is over ({day_en(after.closes)}): choose"
            f" {day_en(min(today, before.closes))} or later.",
            rule="campaigns.opened",
        )


def with_kept_days(
    own: ObligationPlan, held: ObligationPlan, after: ObligationPlan
) -> ObligationPlan:
    """The later obligation with the days that only documents moved: `own` is as the former plan
    had it, `held` as documents moved it."""
    planned = {option.id: option for option in own.options}
    due = {option.id: option.due for option in held.options}
    return after.with_deadlines(
        {
            option.id: due[option.id]
            for option in after.options
            if option.id in planned and _same_due(planned[option.id], option)
        }
    )


def _same_due(one: Option, other: Option) -> bool:
    """Whether both end on the same day, or as many days after the same."""
    return one.due == other.due if one.last_day is None else one.last_day == other.last_day


def _check_kept(
    faults: Faults, plan: Plan, held: ObligationPlan, target: ObligationPlan, *, today: date
) -> None:
    """One obligation that is in both plans, with the days that hold before and after."""
    was = {option.id: option.until for option in held.options}
    backwards = {
        option.until
        for option in target.options
        if option.until < was.get(option.id, option.until) and option.until < today
    }
    # Less grace, or an option fewer: it would be missed by a time that is over.
    ends, ended = (
        planned.last_option.last_reporting_day or UNKNOWN_DAY for planned in (target, held)
    )
    if ends < ended and ends < today:
        backwards.add(ends)
    for day in sorted(backwards):
        faults.add(
            _AT,
            f"Không thể rút ngắn thời hạn của “{target.title.vi}” ({target.id}) về ngày đã qua"
            f" ({day_vi(day)}), vì nội dung đã hoàn thành đúng hạn sẽ bị tính là chậm. Chọn ngày từ"
            f" {day_vi(today)} trở đi.",
            f"“{target.title.en}” ({target.id}) is not shortened to a day that is over"
            f" ({day_en(day)}): what was in time would become late; choose {day_en(today)} or"
            " later.",
            rule="deadlines.backwards",
        )
    for option in target.options:
        if option.last_day is not None and option.last_day > plan.closes:
            faults.add(
                _AT,
                f"Thời hạn của “{target.title.vi}” (mục {option.id}) đã được gia hạn đến"
                f" {day_vi(option.last_day)}, sau ngày kết thúc đợt thi đua"
                f" ({day_vi(plan.closes)}). Lùi ngày kết thúc.",
                f"“{target.title.en}” ({option.id}) was moved to {day_en(option.last_day)}, after"
                f" the campaign closes ({day_en(plan.closes)}): let it close later.",
                rule="deadlines.within",
            )

"""A campaign is announced over rows that are there already: they must be of its plan and its units.

So it is once for each season of a database from before campaigns were announced: its units owe what
a file asked that nobody kept. Later plans change what units owe as an amendment does.

SQL by hand: the distinct deadlines of all units, out of a JSON column.
"""

from collections.abc import Iterator
from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from services.chassis.problems import Fault
from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.deadlines import DueAfter
from services.contracts.campaign.loader import PLAN, UNITS
from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.campaign.plan import Plan
from services.contracts.wording import count_en, day_en, day_vi
from services.submissions.models import BoardOrder, Essay, ObligationRow, PlannedTerms


async def faults_against_rows(tx: Transaction, campaign: Campaign) -> list[Fault]:
    """Everything that units owe in the database otherwise than the plan has it, and units that owe
    something and are not in the tree.

    Deadlines that a document moved are not the plan's, and may differ.
    """
    plan = campaign.plan
    of_plan = (
        *await _other_deadlines(tx, plan),
        *await _other_terms(tx, plan),
        *await _missing_contests(tx, plan),
    )
    of_units = await _missing_units(tx, campaign)
    return [
        Fault(f"/files/{file}", vi, en, rule="campaigns.same-plan")
        for file, sentences in ((PLAN, of_plan), (UNITS, of_units))
        for vi, en in sentences
    ]


async def keep_terms(tx: Transaction, plan: Plan) -> None:
    """Keep the conditions and graces of the plan."""
    terms = [
        {
            "campaign": plan.campaign,
            "obligation": planned.id,
            "no_essays_by": _no_essays_by(planned),
            "reporting_grace_days": _grace(planned),
        }
        for planned in sorted(plan.obligations, key=lambda planned: planned.id)
    ]
    new = insert(PlannedTerms)
    kept = new.on_conflict_do_update(
        index_elements=["campaign", "obligation"],
        set_={
            "no_essays_by": new.excluded.no_essays_by,
            "reporting_grace_days": new.excluded.reporting_grace_days,
        },
    )
    await tx.session.exec(kept, params=terms)


async def _other_deadlines(tx: Transaction, plan: Plan) -> list[tuple[str, str]]:
    rows = await tx.fetch(
        """
        SELECT DISTINCT obligation, stored.option, stored.day::date AS day
          FROM obligations, jsonb_each_text(last_days) AS stored (option, day)
         WHERE campaign = $1 ORDER BY obligation, stored.option, day
        """,
        plan.campaign,
    )
    orders = await tx.session.exec(
        select(BoardOrder.option).where(BoardOrder.campaign == plan.campaign)
    )
    moved = set(orders)
    options = {
        (planned.id, option.id): (planned, option)
        for planned in plan.obligations
        for option in planned.options
    }
    found = []
    for row in rows:
        known = options.get((row["obligation"], row["option"]))
        if known is None:
            found.append(
                (
                    f"Các đơn vị đang phải thực hiện nội dung {row['obligation']} (mục"
                    f" {row['option']}) nhưng tệp không có. Bổ sung nội dung này vào tệp.",
                    f"Units owe {row['obligation']} ({row['option']}), which the file does not"
                    " have: put it back.",
                )
            )
            continue
        planned, option = known
        if row["option"] not in moved and row["day"] != option.last_day:
            vi, en = _until(option)
            found.append(
                (
                    f"Các đơn vị đang phải thực hiện nội dung “{planned.title.vi}” (mục"
                    f" {option.id}) đến hết ngày {day_vi(row['day'])}, tệp ghi {vi}. Ghi lại"
                    " ngày cũ, sau đó gia hạn hoặc ban hành bản sửa đổi.",
                    f"Units owe “{planned.title.en}” ({option.id}) until {day_en(row['day'])}, by"
                    f" the file {en}: put the former day back, then move"
                    " the deadline or amend the campaign.",
                )
            )
    return found


async def _missing_contests(tx: Transaction, plan: Plan) -> list[tuple[str, str]]:
    """Their essays would be late by no day."""
    stored = select(Essay.contest).where(Essay.campaign == plan.campaign)
    return [
        (
            f"Đã có bài dự thi của cuộc thi “{contest}” nhưng tệp không có cuộc thi này. Bổ sung"
            " cuộc thi với mã này vào tệp.",
            f"There are essays of the contest “{contest}”, which the file does not have: put it"
            " back, under this id.",
        )
        for contest in sorted(set(await tx.session.exec(stored.distinct())))
        if plan.contest(contest) is None
    ]


def _until(option: Option) -> tuple[str, str]:
    due = option.due
    if isinstance(due, DueAfter):
        within, after = count_en(due.days, "day"), due.after
        return (
            f"trong vòng {due.days} ngày sau khi hoàn thành {after}",
            f"within {within} of {after}",
        )
    return f"đến hết ngày {day_vi(due.last_day)}", f"until {day_en(due.last_day)}"


async def _missing_units(tx: Transaction, campaign: Campaign) -> list[tuple[str, str]]:
    """Their misses would be published, and no service would know whose they are."""
    stored = (
        select(ObligationRow.unit)
        .where(ObligationRow.campaign == campaign.plan.campaign)
        .order_by(ObligationRow.unit)
        .distinct()
    )
    return [
        (
            f"Đơn vị có mã “{code}” đang có nội dung phải thực hiện nhưng tệp không có. Bổ sung đơn"
            " vị này vào tệp.",
            f"The unit “{code}” owes something and is not in the file: put it back.",
        )
        for code in await tx.session.exec(stored)
        if code not in campaign.units
    ]


async def _other_terms(tx: Transaction, plan: Plan) -> list[tuple[str, str]]:
    stored = select(PlannedTerms).where(PlannedTerms.campaign == plan.campaign)
    first = {row.obligation: row for row in await tx.session.exec(stored)}
    return [
        sentence
        for planned in sorted(plan.obligations, key=lambda planned: planned.id)
        if planned.id in first
        for sentence in _differences(planned, first[planned.id])
    ]


def _differences(planned: ObligationPlan, kept: PlannedTerms) -> Iterator[tuple[str, str]]:
    """What the plan asks otherwise of an obligation than the plan that made the rows."""
    if kept.no_essays_by != (now := _no_essays_by(planned)):
        (was_vi, was_en), (now_vi, now_en) = _condition(kept.no_essays_by), _condition(now)
        yield (
            f"Nội dung “{planned.title.vi}” ({planned.id}) đang áp dụng {was_vi}, tệp ghi {now_vi}."
            " Ghi lại điều kiện cũ, sau đó ban hành bản sửa đổi.",
            f"“{planned.title.en}” ({planned.id}) is owed {was_en}, by the file {now_en}: put the"
            " former condition back, then amend the campaign.",
        )
    for option, days in _grace(planned).items():
        # An option that is new in the plan is no edit of what was there.
        if kept.reporting_grace_days.get(option, days) != days:
            was = kept.reporting_grace_days[option]
            yield (
                f"Nội dung “{planned.title.vi}” (mục {option}) đang có {was} ngày để báo cáo, tệp"
                f" ghi {days} ngày. Ghi lại số ngày cũ, sau đó ban hành bản sửa đổi.",
                f"“{planned.title.en}” ({option}) has {count_en(was, 'day')} for reporting, by the"
                f" file {count_en(days, 'day')}: put the former number back, then amend the"
                " campaign.",
            )


def _condition(no_essays_by: date | None) -> tuple[str, str]:
    if no_essays_by is None:
        return "không kèm điều kiện", "without a condition"
    return (
        f"với điều kiện chưa có bài dự thi đến hết ngày {day_vi(no_essays_by)}",
        f"if no essay came by the end of {day_en(no_essays_by)}",
    )


def _no_essays_by(planned: ObligationPlan) -> date | None:
    return planned.only_if.no_essays_by if planned.only_if else None


def _grace(planned: ObligationPlan) -> dict[str, int]:
    return {option.id: option.reporting_grace_days for option in planned.options}

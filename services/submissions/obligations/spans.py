"""Acts on days on which they do not count for what a unit owes: said in the answer. Pure.

An entry, a proposal or a figure is taken all the same. A report that a unit sends once is refused
before the first day, since it could not be sent again when it counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from services.chassis.problems import Faults
from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.campaign.periodic import is_of_period
from services.contracts.wording import Bilingual, day_en, day_vi
from services.submissions.obligations.obligation import FULFILLABLE, Obligation
from services.submissions.obligations.submission import Submission


class NotCounted(BaseModel):
    """Something that the unit owes, for which what it sent does not count."""

    obligation: str
    title: Bilingual
    first_day: date | None = Field(description="First local day on which it counts.")
    last_day: date | None = Field(description="Last local day on which it counted, where over.")
    note: Bilingual = Field(description="The same in a sentence.")


def not_counted(
    owed: Iterable[Obligation], act: Submission, zone: ZoneInfo, *, form: str | None = None
) -> list[NotCounted]:
    """What the unit still owes for which the act comes too early, or too late to count at all.

    Of what comes back none: an act counts for the period in which it is. `form`: of an entry.
    """
    found: list[NotCounted] = []
    spans = [obligation for obligation in owed if obligation.planned.has_span]
    if not spans:
        return found
    act = replace(act, form=form or act.form)
    for obligation in spans:
        planned = obligation.planned
        if obligation.status not in FULFILLABLE or is_of_period(planned.id):
            continue
        options = [option for option in planned.options if act.goes(option)]
        if options and not any(_has(option, act, zone) for option in options):
            found.append(_not_counted(planned, options, act, zone))
    return found


def check_begun(
    faults: Faults,
    asked: Sequence[tuple[ObligationPlan, Option]],
    today: date,
    acted_on: date | None = None,
    *,
    pointer: str = "",
) -> None:
    """Something for which a report that is sent once is asked has begun on the day that counts:
    of receipt (`today`), or of the act (at `pointer`)."""

    def day_of(option: Option) -> date:
        return today if acted_on is None or option.counted_by == "received" else acted_on

    early = [
        (option.first_day, planned, option)
        for planned, option in asked
        if option.first_day is not None and day_of(option) < option.first_day
    ]
    if not early or len(early) < len(asked):
        return
    first, planned, option = min(early, key=lambda one: one[0])
    day = day_of(option)
    faults.add(
        "" if acted_on is None or option.counted_by == "received" else pointer,
        f"Nội dung “{planned.title.vi}” tính từ ngày {day_vi(first)}; ngày {day_vi(day)} chưa được"
        " tính. Báo cáo từ ngày đó trở đi.",
        f"“{planned.title.en}” counts from {day_en(first)} on, and {day_en(day)} is before: report"
        " it from that day on.",
        rule="reports.begins",
    )


def _has(option: Option, act: Submission, zone: ZoneInfo) -> bool:
    return option.takes_day(act.counted_day(option, zone))


def _not_counted(
    planned: ObligationPlan, options: list[Option], act: Submission, zone: ZoneInfo
) -> NotCounted:
    vi, en = planned.title.vi, planned.title.en
    begin = [
        option.first_day
        for option in options
        if option.first_day is not None and act.counted_day(option, zone) < option.first_day
    ]
    if begin:
        first = min(begin)
        note = Bilingual(
            f"Chưa tính cho nội dung “{vi}”: nội dung này tính từ ngày {day_vi(first)}.",
            f"It does not count for “{en}”, which counts from {day_en(first)} on.",
        )
        return NotCounted(
            obligation=planned.id, title=planned.title, first_day=first, last_day=None, note=note
        )
    last = max(max(option.late_until or date.min, option.until) for option in options)
    note = Bilingual(
        f"Không tính cho nội dung “{vi}”: nội dung này chỉ tính đến hết ngày {day_vi(last)}.",
        f"It does not count for “{en}”, which counted until {day_en(last)}.",
    )
    return NotCounted(
        obligation=planned.id, title=planned.title, first_day=None, last_day=last, note=note
    )

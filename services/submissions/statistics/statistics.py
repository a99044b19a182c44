"""The Board's statistics of a day: how many essays, from whom, who is ahead, who sent none.

Pure. Source: Notice 251/BTĐ-NV2: "Tính đến 30/5/2020, các đơn vị đã gửi bài dự thi cấp Thành phố
với tổng số 977 bài viết (bằng 80% so với cùng kỳ năm 2019), một số đơn vị có kết quả tích cực như:
… Tuy nhiên vẫn còn nhiều đơn vị đến nay chưa gửi bài dự thi, chưa đề xuất khen".
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.contracts.campaign.contest import Contest
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.units import Unit
from services.submissions.statistics.schemas import (
    ContestCount,
    LastYearCount,
    Statistics,
    UnitCount,
)


@dataclass(frozen=True, slots=True)
class Tally:
    """What one unit had done by the end of a day."""

    essays: int = 0
    proposals: int = 0


@dataclass(slots=True)
class ContestTally:
    """What came for one contest by the end of a day."""

    contest: Contest
    by_unit: Counter[str] = field(default_factory=Counter)
    by_form: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Forms of which there is none yet are shown too."""
        self.by_form.update(dict.fromkeys(self.contest.forms, 0))

    def add(self, unit: str, form: str, count: int) -> None:
        """Some entries of a unit."""
        self.by_unit[unit] += count
        self.by_form[form] += count

    def counted(self, units: Iterable[Unit]) -> ContestCount:
        """The same for reading; `units`: those that are listed."""
        contest = self.contest
        may_send = [unit.code for unit in units if unit.level in contest.levels]
        return ContestCount(
            contest=contest.id,
            title=contest.title,
            essays=self.by_unit.total(),
            by_form=dict(self.by_form),
            without_essays=[code for code in may_send if not self.by_unit[code]],
        )


def statistics_of(
    plan: Plan,
    units: Collection[Unit],
    tallies: Mapping[str, Tally],
    as_of: date,
    *,
    contests: Collection[ContestTally],
    simulated: bool,
    ahead_units: int,
) -> Statistics:
    """Put the counts of a day in order.

    `units` are those that may send entries and existed on that day, or sent some before; `tallies`
    by unit code; `contests` in the plan's order; `ahead_units` as in the settings: as
    many as the notice named, ties included.
    """
    counts = sorted(
        (
            UnitCount(
                unit=unit.code,
                name=unit.name,
                essays=tallies.get(unit.code, Tally()).essays,
                proposals=tallies.get(unit.code, Tally()).proposals,
            )
            for unit in units
        ),
        key=lambda count: -count.essays,  # stable: within a tie the order of the unit list
    )
    total = sum(count.essays for count in counts)
    by_form = sum((each.by_form for each in contests), Counter[str]())
    last = plan.last_year.on_same_day_as(as_of)
    return Statistics(
        campaign=plan.campaign,
        as_of=as_of,
        essays=total,
        by_form={form: by_form[form] for each in contests for form in each.by_form},
        contests=[each.counted(units) for each in contests],
        proposals=sum(count.proposals for count in counts),
        last_year=LastYearCount(
            day=last.day,
            count=last.count,
            approximate=last.approximate,
            ratio=_ratio(total, last.count),
        )
        if last
        else None,
        units=counts,
        ahead=_ahead(counts, ahead_units),
        without_essays=[count.unit for count in counts if not count.essays] if contests else [],
        without_proposals=[count.unit for count in counts if not count.proposals],
        simulated=simulated,
    )


def _ahead(counts: list[UnitCount], most: int) -> list[str]:
    """The units with the most essays, and more than the mean; ties with the last one included."""
    if not counts:
        return []
    mean = Decimal(sum(count.essays for count in counts)) / len(counts)
    fewest = counts[min(most, len(counts)) - 1].essays
    return [count.unit for count in counts if count.essays >= fewest and count.essays > mean]


def _ratio(count: int, before: int) -> Decimal | None:
    return (Decimal(count) / before).quantize(Decimal("0.0001")) if before else None

"""The notice's paragraph about the contest, with the numbers of any day.

Pure. The words are those of Notice 251/BTĐ-NV2: "Tính đến 30/5/2020, các đơn vị đã gửi bài dự thi
cấp Thành phố với tổng số 977 bài viết (bằng 80% so với cùng kỳ năm 2019), một số đơn vị có kết quả
tích cực như: … Tuy nhiên vẫn còn nhiều đơn vị đến nay chưa gửi bài dự thi, chưa đề xuất khen".
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from services.contracts.campaign import Campaign
from services.contracts.campaign.units import UnitTree
from services.contracts.wording import count_en, day_en, day_vi, number_en, number_vi
from services.submissions.statistics.schemas import Paragraph, Statistics

_NAMED = 10
"""Units that are behind and named in the sentence; the rest are only counted."""

_PRAISED = 13
"""Units that are ahead and named, as many as in the notice; what ties add is only counted."""


def paragraph_of(statistics: Statistics, campaign: Campaign) -> Paragraph:
    """The paragraph in Vietnamese and in English; it marks simulated data."""
    units = campaign.units
    level = campaign.plan.level_title(
        next(unit.level for unit in units.on(statistics.as_of) if unit.parent is None)
    )
    title = campaign.plan.short_title
    return Paragraph(
        vi=_vietnamese(statistics, units, level.vi, title.vi),
        en=_english(statistics, units, level.en, title.en),
    )


def _vietnamese(day: Statistics, units: UnitTree, level: str, title: str) -> str:
    def names(codes: Iterable[str]) -> str:
        return ", ".join(units[code].name_in_text for code in codes)

    text = f"Tính đến {day_vi(day.as_of)}, các đơn vị đã "
    if day.contests:
        text += f"gửi bài dự thi cấp {level} với tổng số {number_vi(day.essays)} bài viết"
    else:
        proposals = f"đề nghị khen thưởng {number_vi(day.proposals)} ĐHTT, NTVT"
        text += f"{proposals} ({title} không có cuộc thi viết)"
    last = day.last_year
    if last and last.ratio is not None and day.contests:
        about = "khoảng " if last.approximate else ""
        text += f" (bằng {about}{_percent(last.ratio)}% so với cùng kỳ năm {last.day.year})"
    if len(day.contests) > 1:
        each = (f"“{one.title.vi}” {number_vi(one.essays)} bài" for one in day.contests)
        text += f", gồm: {'; '.join(each)}"
    if day.ahead:
        text += f", một số đơn vị có kết quả tích cực như: {names(day.ahead[:_PRAISED])}"
        if rest := day.ahead[_PRAISED:]:
            least = number_vi(_fewest(day, rest))
            text += f" và {number_vi(len(rest))} đơn vị khác, mỗi đơn vị từ {least} bài trở lên"
    behind = []
    for contest in day.contests:
        of = f" “{contest.title.vi}”" if len(day.contests) > 1 else ""
        if without := contest.without_essays:
            behind.append(
                f"{number_vi(len(without))} đơn vị đến nay chưa gửi bài dự thi{of}"
                f" ({_some(without, names)})"
            )
    if day.without_proposals:
        behind.append(
            f"{number_vi(len(day.without_proposals))} đơn vị chưa đề xuất khen ĐHTT, NTVT"
            f" ({_some(day.without_proposals, names)})"
        )
    text += f". Tuy nhiên vẫn còn {'; '.join(behind)}." if behind else "."
    return text + (" [Số liệu mô phỏng, không phải số liệu chính thức]" if day.simulated else "")


def _english(day: Statistics, units: UnitTree, level: str, title: str) -> str:
    def names(codes: Iterable[str]) -> str:
        return ", ".join(units[code].name for code in codes)

    several = len(day.contests) > 1
    text = f"By {day_en(day.as_of)} the units had "
    if day.contests:
        contest = "contests" if several else "contest"
        text += f"sent {number_en(day.essays)} essays to the {contest} of {level}"
    else:
        proposals = count_en(day.proposals, "commendation")
        text += f"proposed {proposals} ({title} has no essay contest)"
    last = day.last_year
    if last and last.ratio is not None and day.contests:
        about = "about " if last.approximate else ""
        text += f" ({about}{_percent(last.ratio)}% of the same period of {last.day.year})"
    if several:
        each = (f"“{one.title.en}” {number_en(one.essays)}" for one in day.contests)
        text += f": {'; '.join(each)}"
    if day.ahead:
        text += f"; doing well, among others: {names(day.ahead[:_PRAISED])}"
        if rest := day.ahead[_PRAISED:]:
            least = count_en(_fewest(day, rest), "essay")
            text += f" and {number_en(len(rest))} more with {least} or more each"
    behind = []
    for one in day.contests:
        of = f" to “{one.title.en}”" if several else ""
        if without := one.without_essays:
            behind.append(
                f"{number_en(len(without))} units had sent none yet{of} ({_some(without, names)})"
            )
    if day.without_proposals:
        behind.append(
            f"{number_en(len(day.without_proposals))} had proposed no commendation"
            f" ({_some(day.without_proposals, names)})"
        )
    text += f". But {'; '.join(behind)}." if behind else "."
    return text + (" [Simulated data, not official figures]" if day.simulated else "")


def _fewest(day: Statistics, codes: Sequence[str]) -> int:
    return min(count.essays for count in day.units if count.unit in codes)


def _percent(ratio: Decimal) -> int:
    return int((ratio * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _some(codes: Sequence[str], names: Callable[[Iterable[str]], str]) -> str:
    return names(codes[:_NAMED]) + ("…" if len(codes) > _NAMED else "")

"""The notice's paragraph about the contest, as the system now knows it.

Pure. The words are those of Notice 251/BTĐ-NV2: "Tính đến 30/5/2020, các đơn vị đã gửi bài dự thi
cấp Thành phố với tổng số 977 bài viết (bằng 80% so với cùng kỳ năm 2019), một số đơn vị có kết quả
tích cực như: … Tuy nhiên vẫn còn nhiều đơn vị đến nay chưa gửi bài dự thi, chưa đề xuất khen".
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from pydantic import BaseModel

from services.submissions.desk.standing import vn
from services.submissions.statistics.statistics import Statistics

_NAMED = 10
"""Units that are behind and named in the sentence; the rest are only counted."""


class Paragraph(BaseModel):
    """As long as the names in it make it, in both languages."""

    vi: str
    en: str


def paragraph_of(made: Statistics) -> Paragraph:
    """The paragraph in Vietnamese and in English; it says when data are simulated."""
    return Paragraph(vi=_vietnamese(made), en=_english(made))


def _vietnamese(made: Statistics) -> str:
    said = (
        f"Tính đến {vn(made.as_of)}, các đơn vị đã gửi bài dự thi cấp Thành phố với tổng số"
        f" {f'{made.essays:,}'.replace(',', '.')} bài viết"
    )
    last = made.last_year
    if last and last.ratio is not None:
        about = "khoảng " if last.approximate else ""
        said += f" (bằng {about}{_percent(last.ratio)}% so với cùng kỳ năm {last.day.year})"
    if made.ahead:
        said += f", một số đơn vị có kết quả tích cực như: {_names(made, made.ahead)}"
    behind = []
    if made.without_essays:
        behind.append(
            f"{len(made.without_essays)} đơn vị đến nay chưa gửi bài dự thi"
            f" ({_some(made, made.without_essays)})"
        )
    if made.without_proposals:
        behind.append(
            f"{len(made.without_proposals)} đơn vị chưa đề xuất khen ĐHTT, NTVT"
            f" ({_some(made, made.without_proposals)})"
        )
    said += f". Tuy nhiên vẫn còn {'; '.join(behind)}." if behind else "."
    return said + (" [Số liệu mô phỏng, không phải số liệu chính thức]" if made.simulated else "")


def _english(made: Statistics) -> str:
    said = f"By {made.as_of} the units had sent {made.essays:,} essays to the city contest"
    last = made.last_year
    if last and last.ratio is not None:
        about = "about " if last.approximate else ""
        said += f" ({about}{_percent(last.ratio)}% of the same period of {last.day.year})"
    if made.ahead:
        said += f"; doing well, among others: {_names(made, made.ahead)}"
    behind = []
    if made.without_essays:
        behind.append(
            f"{len(made.without_essays)} units had sent none yet"
            f" ({_some(made, made.without_essays)})"
        )
    if made.without_proposals:
        behind.append(
            f"{len(made.without_proposals)} had proposed no commendation"
            f" ({_some(made, made.without_proposals)})"
        )
    said += f". But {'; '.join(behind)}." if behind else "."
    return said + (" [Simulated data, not official figures]" if made.simulated else "")


def _percent(ratio: Decimal) -> int:
    return int((ratio * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _names(made: Statistics, codes: Sequence[str]) -> str:
    names = made.names
    return ", ".join(names[code] for code in codes)


def _some(made: Statistics, codes: Sequence[str]) -> str:
    return _names(made, codes[:_NAMED]) + ("…" if len(codes) > _NAMED else "")

"""What pages call facts; each is a noun at the beginning of a cell."""

from collections.abc import Mapping

from services.contracts.wording import Bilingual

FACT_TITLES: Mapping[str, Bilingual] = {
    "essay-submitted": Bilingual("Bài dự thi đã tiếp nhận", "Essay received"),
    "essay-judged": Bilingual("Bài dự thi đã chấm", "Essay judged"),
    "essay-withdrawn": Bilingual("Bài dự thi đã rút", "Essay withdrawn"),
    "commendation-proposed": Bilingual("Đề nghị khen thưởng", "Commendation proposed"),
    "figure-reported": Bilingual("Số liệu báo cáo", "Figure reported"),
    "conference-reported": Bilingual("Báo cáo Hội nghị", "Conference reported"),
    "contest-reported": Bilingual("Báo cáo tổng kết Cuộc thi", "Contest reported"),
    "ceremony-reported": Bilingual("Báo cáo tổng kết, trao giải", "Ceremony reported"),
    "report-submitted": Bilingual("Báo cáo", "Report"),
    "report-returned": Bilingual("Báo cáo bị trả lại", "Report returned"),
    "obligation-fulfilled": Bilingual("Nội dung đã hoàn thành", "Obligation fulfilled"),
    "obligation-waived": Bilingual("Nội dung được miễn", "Obligation waived"),
    "obligation-reopened": Bilingual("Nội dung phải thực hiện lại", "Obligation open again"),
    "deadline-missed": Bilingual("Nội dung quá hạn", "Deadline missed"),
    "deadline-moved": Bilingual("Thời hạn được điều chỉnh", "Deadline moved"),
    "deadline-approaching": Bilingual("Nội dung sắp đến hạn", "Deadline near"),
    "score-entered": Bilingual("Điểm đã nhập", "Score entered"),
}
"""By the event's name."""


def fact_title(event_type: str) -> Bilingual:
    """Of a CloudEvents type; the event's name for one that has no title here."""
    name = event_type.split(".")[-2] if "." in event_type else event_type
    return FACT_TITLES.get(name) or Bilingual(name, name)

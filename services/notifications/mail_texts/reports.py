"""Words for what units report: conference, contest, ceremony, figures."""

from services.contracts.events import (
    CeremonyReported,
    ConferenceReported,
    ContestReported,
    FigureReported,
)
from services.notifications.mail_texts.text import Names, Text, Texts, Title, day, number

_JOINED = {
    "half-year-review": Title("sơ kết 6 tháng đầu năm", "the half-year review"),
    "conference": Title("hội nghị điển hình tiên tiến", "the conference of advanced examples"),
}


def conference(fact: ConferenceReported, names: Names) -> Texts:
    """The conference of advanced examples was held, or assessed in writing."""
    unit, at, receiver = (
        names.unit(fact.unit),
        names.moment(fact.reported_at),
        names.unit(fact.receiver),
    )
    if fact.form == "held":
        what = Title(
            f"{unit} báo cáo đã tổ chức hội nghị điển hình tiên tiến.",
            f"{unit} reported that it held its conference of advanced examples.",
        )
    else:
        what = Title(
            f"{unit} đánh giá điển hình tiên tiến bằng văn bản thay cho tổ chức hội nghị.",
            f"{unit} assessed its advanced examples in writing instead of a conference.",
        )
    vi, en = [what.vi], [what.en]
    if fact.held_on:
        held = day(fact.held_on)
        vi.append(f"Ngày tổ chức: {held.vi}")
        en.append(f"Held on: {held.en}")
    vi.append(f"Nơi nhận báo cáo: {receiver}")
    en.append(f"Reported to: {receiver}")
    if fact.communes:
        sums = fact.communes
        vi.append(
            f"Xã, phường, thị trấn: {sums.held} đã tổ chức, {sums.written} bằng văn bản,"
            f" {sums.none} chưa báo cáo"
        )
        en.append(
            f"Communes: {sums.held} held, {sums.written} in writing, {sums.none} not reported"
        )
    vi.append(f"Thời điểm báo cáo: {at.vi}")
    en.append(f"Reported: {at.en}")
    return Texts(
        Text(f"{unit}: báo cáo hội nghị điển hình tiên tiến", tuple(vi)),
        Text(f"{unit}: conference reported", tuple(en)),
    )


def contest(fact: ContestReported, names: Names) -> Texts:
    """The unit evaluated its contest."""
    unit, at = names.unit(fact.unit), names.moment(fact.reported_at)
    entries, prizes = number(fact.entries), number(fact.prizes)
    return Texts(
        Text(
            f"{unit}: báo cáo tổng kết cuộc thi",
            (
                f"{unit} đã báo cáo đánh giá, tổng kết cuộc thi viết.",
                f"Số bài dự thi thu được: {entries.vi}; số giải thưởng: {prizes.vi}",
                f"Thời điểm báo cáo: {at.vi}",
            ),
        ),
        Text(
            f"{unit}: contest reported",
            (
                f"{unit} reported on its contest.",
                f"Entries collected: {entries.en}; prizes given: {prizes.en}",
                f"Reported: {at.en}",
            ),
        ),
    )


def ceremony(fact: CeremonyReported, names: Names) -> Texts:
    """The unit closed its contest and gave its prizes."""
    unit, at, held = names.unit(fact.unit), names.moment(fact.reported_at), day(fact.held_on)
    vi = [f"{unit} đã tổ chức tổng kết, trao giải cuộc thi.", f"Ngày tổ chức: {held.vi}"]
    en = [f"{unit} held its closing and award ceremony.", f"Held on: {held.en}"]
    if joined := _JOINED.get(fact.joined_with):
        vi.append(f"Kết hợp với: {joined.vi}")
        en.append(f"Joined with: {joined.en}")
    vi.append(f"Thời điểm báo cáo: {at.vi}")
    en.append(f"Reported: {at.en}")
    return Texts(
        Text(f"{unit}: tổng kết, trao giải cuộc thi", tuple(vi)),
        Text(f"{unit}: award ceremony reported", tuple(en)),
    )


def figure(fact: FigureReported, names: Names) -> Texts:
    """A number that a criterion counts."""
    unit, at, value = names.unit(fact.unit), names.moment(fact.reported_at), number(fact.value)
    vi = [f"{unit} báo cáo số liệu “{fact.name}” kỳ {fact.period}: {value.vi}"]
    en = [f"{unit} reported the figure “{fact.name}” for {fact.period}: {value.en}"]
    if fact.target is not None:
        target = number(fact.target)
        vi.append(f"Chỉ tiêu: {target.vi}")
        en.append(f"Target: {target.en}")
    vi += [f"Căn cứ: {fact.evidence}", f"Thời điểm báo cáo: {at.vi}"]
    en += [f"Evidence: {fact.evidence}", f"Reported: {at.en}"]
    return Texts(
        Text(f"{unit}: số liệu {fact.name}, kỳ {fact.period}", tuple(vi)),
        Text(f"{unit}: figure {fact.name}, {fact.period}", tuple(en)),
    )

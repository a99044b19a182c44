"""Mails about what units report: conference, contest, ceremony, figures."""

from services.contracts.events import (
    CeremonyReported,
    ConferenceReported,
    ContestReported,
    FigureReported,
)
from services.contracts.titles import CEREMONY_OCCASIONS
from services.contracts.wording import day, number, period_title
from services.notifications.mail_texts.text import CampaignNames, Subject, Text, Texts, Words


def conference(fact: ConferenceReported, names: CampaignNames) -> Texts:
    """The conference of advanced examples was held, or assessed in writing."""
    unit, in_text = names.unit(fact.unit), names.unit_in_text(fact.unit)
    at = names.moment(fact.reported_at)
    if fact.form == "held":
        vi = [f"{unit} báo cáo đã tổ chức Hội nghị điển hình tiên tiến."]
        en = [f"{unit} reported that it held its conference of advanced examples."]
    else:
        vi = [
            f"{unit} không tổ chức Hội nghị điển hình tiên tiến, đã báo cáo đánh giá kết quả bằng"
            " văn bản."
        ]
        en = [
            f"{unit} held no conference of advanced examples, and assessed its results in writing."
        ]
    if fact.held_on:
        held = day(fact.held_on)
        vi.append(f"Ngày tổ chức: {held.vi}")
        en.append(f"Held on: {held.en}")
    vi += [f"Nơi nhận báo cáo: {names.unit_in_text(fact.receiver)}", f"Báo cáo lúc {at.vi}."]
    en += [f"Reported to: {names.unit(fact.receiver)}", f"Reported at {at.en}."]
    return Texts(
        Text(Subject("Báo cáo", "Hội nghị điển hình tiên tiến", in_text), tuple(vi)),
        Text(Subject("Reported", "conference of advanced examples", unit), tuple(en)),
    )


def contest(fact: ContestReported, names: CampaignNames) -> Texts:
    """The unit evaluated its contest."""
    unit, at = names.unit(fact.unit), names.moment(fact.reported_at)
    entries, prizes = number(fact.entries), number(fact.prizes)
    return Texts(
        Text(
            Subject("Báo cáo", "đánh giá, tổng kết Cuộc thi", names.unit_in_text(fact.unit)),
            (
                f"{unit} đã báo cáo đánh giá, tổng kết Cuộc thi.",
                f"Số bài dự thi: {entries.vi}; số giải thưởng: {prizes.vi}.",
                f"Báo cáo lúc {at.vi}.",
            ),
        ),
        Text(
            Subject("Reported", "contest", unit),
            (
                f"{unit} reported on its contest.",
                f"Essays: {entries.en}; prizes: {prizes.en}.",
                f"Reported at {at.en}.",
            ),
        ),
    )


def ceremony(fact: CeremonyReported, names: CampaignNames) -> Texts:
    """The unit closed its contest and gave its prizes."""
    unit, at, held = names.unit(fact.unit), names.moment(fact.reported_at), day(fact.held_on)
    occasion = CEREMONY_OCCASIONS[fact.joined_with]
    return Texts(
        Text(
            Subject("Báo cáo", "tổng kết, trao giải Cuộc thi", names.unit_in_text(fact.unit)),
            (
                f"{unit} đã tổ chức tổng kết, trao giải Cuộc thi ngày {held.vi} ({occasion.vi}).",
                f"Báo cáo lúc {at.vi}.",
            ),
        ),
        Text(
            Subject("Reported", "closing and award ceremony", unit),
            (
                f"{unit} held its closing and award ceremony on {held.en} ({occasion.en}).",
                f"Reported at {at.en}.",
            ),
        ),
    )


def figure(fact: FigureReported, names: CampaignNames) -> Texts:
    """A number that a criterion counts."""
    unit, at, value = names.unit(fact.unit), names.moment(fact.reported_at), number(fact.value)
    title, period = names.figure(fact.name), period_title(fact.period)
    vi = f"{unit} báo cáo số liệu “{title.vi}”, kỳ {period.vi}: {value.vi}"
    en = f"{unit} reported the figure “{title.en}” for {period.en}: {value.en}"
    if fact.target is not None:
        target = number(fact.target)
        vi += f" (chỉ tiêu: {target.vi})"
        en += f" (target: {target.en})"
    return Texts(
        Text(
            Subject("Số liệu", f"{title.vi}, {period.vi}", names.unit_in_text(fact.unit)),
            (f"{vi}.", f"Minh chứng: {fact.evidence}", f"Báo cáo lúc {at.vi}."),
        ),
        Text(
            Subject("Figure", f"{title.en}, {period.en}", unit),
            (f"{en}.", f"Evidence: {fact.evidence}", f"Reported at {at.en}."),
        ),
    )


WORDS: Words = {
    FigureReported: figure,
    ConferenceReported: conference,
    ContestReported: contest,
    CeremonyReported: ceremony,
}

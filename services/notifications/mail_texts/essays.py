"""Mails about essays and commendation proposals."""

from services.contracts.events import (
    CommendationProposed,
    EssayJudged,
    EssaySubmitted,
    EssayWithdrawn,
)
from services.contracts.events.essays import ExemplarName
from services.contracts.titles import ESSAY_FORMS, EXEMPLAR_KINDS
from services.contracts.wording import Bilingual, day, days_en, number, number_vi
from services.notifications.mail_texts.text import CampaignNames, Subject, Text, Texts, Words


def submitted(fact: EssaySubmitted, names: CampaignNames) -> Texts:
    """An essay arrived."""
    unit, in_text = names.unit(fact.unit), names.unit_in_text(fact.unit)
    received, exemplar, form = (
        names.moment(fact.submitted_at),
        _exemplar(fact.exemplar),
        _form(fact),
    )
    vi = [
        f"{unit} đã gửi một bài dự thi.",
        f"Tên bài: {fact.title}",
        f"Gương được giới thiệu: {exemplar.vi}",
        f"Thể loại: {form.vi}",
        f"Tiếp nhận lúc {received.vi}.",
    ]
    en = [
        f"{unit} sent an essay to the contest.",
        f"Title: {fact.title}",
        f"Exemplar: {exemplar.en}",
        f"Form: {form.en}",
        f"Received at {received.en}.",
    ]
    if (contest := names.contest(fact.contest)) is not None:
        vi.insert(1, f"Cuộc thi: {contest.vi}")
        en.insert(1, f"Contest: {contest.en}")
    if fact.acted_on is not None:
        done = day(fact.acted_on)
        vi.append(f"Ngày thực hiện: {done.vi}")
        en.append(f"Handed in or published on: {done.en}")
    state_vi, state_en = "Bài dự thi mới", "New essay"
    if fact.late:
        late_vi, late_en = (
            f"chậm {number_vi(fact.days_late)} ngày",
            f"{days_en(fact.days_late)} late",
        )
        state_vi, state_en = f"Bài dự thi gửi {late_vi}", f"Essay {late_en}"
        vi.append(f"Bài gửi {late_vi}; vẫn được tiếp nhận và tính là gửi chậm.")
        en.append(f"{late_en}: the essay is accepted and counted as late.")
    return Texts(
        Text(Subject(state_vi, unit=in_text), tuple(vi)),
        Text(Subject(state_en, unit=unit), tuple(en)),
    )


def withdrawn(fact: EssayWithdrawn, names: CampaignNames) -> Texts:
    """An essay was taken back."""
    unit, at = names.unit(fact.unit), names.moment(fact.withdrawn_at)
    contest = names.contest(fact.contest)
    return Texts(
        Text(
            Subject("Rút bài dự thi", unit=names.unit_in_text(fact.unit)),
            (
                f"{unit} đã rút một bài dự thi; bài đã rút không được tính điểm.",
                *([f"Cuộc thi: {contest.vi}"] if contest else []),
                f"Lý do: {fact.reason}",
                f"Rút lúc {at.vi}.",
            ),
        ),
        Text(
            Subject("Essay withdrawn", unit=unit),
            (
                f"{unit} withdrew an essay; it no longer counts.",
                *([f"Contest: {contest.en}"] if contest else []),
                f"Reason: {fact.reason}",
                f"Withdrawn at {at.en}.",
            ),
        ),
    )


def judged(fact: EssayJudged, names: CampaignNames) -> Texts:
    """An essay got a mark."""
    unit, in_text = names.unit(fact.unit), names.unit_in_text(fact.unit)
    at, mark = names.moment(fact.judged_at), number(fact.mark)
    vi = [f"Một bài dự thi của {in_text} đã được chấm: {mark.vi} điểm.", f"Chấm lúc {at.vi}."]
    en = [f"An essay of {unit} was marked: {mark.en}.", f"Marked at {at.en}."]
    if (contest := names.contest(fact.contest)) is not None:
        vi.insert(1, f"Cuộc thi: {contest.vi}")
        en.insert(1, f"Contest: {contest.en}")
    if fact.prize:
        vi.insert(1, f"Giải thưởng: {fact.prize}")
        en.insert(1, f"Prize: {fact.prize}")
    return Texts(
        Text(Subject(f"Bài dự thi được {mark.vi} điểm", unit=in_text), tuple(vi)),
        Text(Subject(f"Essay marked {mark.en}", unit=unit), tuple(en)),
    )


def commendation_proposed(fact: CommendationProposed, names: CampaignNames) -> Texts:
    """A unit proposed a commendation."""
    unit, at = names.unit(fact.unit), names.moment(fact.proposed_at)
    exemplar, level = _exemplar(fact.exemplar), names.commendation_level(fact.level)
    return Texts(
        Text(
            Subject("Đề nghị khen thưởng", level.vi, names.unit_in_text(fact.unit)),
            (
                f"{unit} đã đề nghị khen thưởng {level.vi}.",
                f"Được đề nghị: {exemplar.vi}",
                f"Đề nghị lúc {at.vi}.",
            ),
        ),
        Text(
            Subject("Commendation proposed", level.en, unit),
            (
                f"{unit} proposed a commendation by {level.en}.",
                f"Proposed: {exemplar.en}",
                f"Proposed at {at.en}.",
            ),
        ),
    )


def _exemplar(exemplar: ExemplarName) -> Bilingual:
    kind = EXEMPLAR_KINDS[exemplar.kind]
    return Bilingual(f"{exemplar.name} ({kind.vi})", f"{exemplar.name} ({kind.en})")


def _form(fact: EssaySubmitted) -> Bilingual:
    form = ESSAY_FORMS[fact.form]
    if fact.words is not None:
        words = number(fact.words)
        return Bilingual(f"{form.vi}, {words.vi} từ", f"{form.en}, {words.en} words")
    if fact.minutes is not None:
        minutes = number(fact.minutes)
        return Bilingual(f"{form.vi}, {minutes.vi} phút", f"{form.en}, {minutes.en} minutes")
    return form


WORDS: Words = {
    EssaySubmitted: submitted,
    EssayWithdrawn: withdrawn,
    EssayJudged: judged,
    CommendationProposed: commendation_proposed,
}

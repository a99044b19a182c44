"""Words for essays and commendation proposals."""

from services.contracts.events import (
    CommendationProposed,
    EssayJudged,
    EssaySubmitted,
    EssayWithdrawn,
)
from services.contracts.events.essays import ExemplarName
from services.notifications.mail_texts.text import Names, Text, Texts, Title, days_en, number

_EXEMPLAR = {"person": Title("cá nhân", "person"), "collective": Title("tập thể", "collective")}
_FORM = {
    "written": Title("bài viết", "written essay"),
    "recorded": Title("tác phẩm ghi âm, ghi hình", "recorded work"),
    "press": Title("tác phẩm báo chí", "press work"),
}
_LEVEL = {
    "unit": Title("cấp đơn vị", "unit level"),
    "city": Title("cấp Thành phố", "city level"),
    "state": Title("cấp Nhà nước", "state level"),
}


def submitted(fact: EssaySubmitted, names: Names) -> Texts:
    """An entry arrived."""
    unit, received = names.unit(fact.unit), names.moment(fact.submitted_at)
    exemplar, size = _exemplar(fact.exemplar), _size(fact)
    vi = [
        f"{unit} đã gửi một bài dự thi.",
        f"Tên bài: {fact.title}",
        f"Gương được viết: {exemplar.vi}",
        f"Hình thức: {size.vi}",
        f"Nhận lúc: {received.vi}",
    ]
    en = [
        f"{unit} submitted an essay to the contest.",
        f"Title: {fact.title}",
        f"Exemplar: {exemplar.en}",
        f"Form: {size.en}",
        f"Received: {received.en}",
    ]
    subject = Title(f"{unit}: bài dự thi mới", f"{unit}: new essay")
    if fact.late:
        late = days_en(fact.days_late)
        subject = Title(
            f"{unit}: bài dự thi nộp muộn {fact.days_late} ngày", f"{unit}: essay {late} late"
        )
        vi.append(f"Nộp muộn {fact.days_late} ngày: bài được nhận và tính là nộp muộn.")
        en.append(f"{late} late: the essay is kept and counted as late.")
    return Texts(Text(subject.vi, tuple(vi)), Text(subject.en, tuple(en)))


def withdrawn(fact: EssayWithdrawn, names: Names) -> Texts:
    """An entry was taken back."""
    unit, at = names.unit(fact.unit), names.moment(fact.withdrawn_at)
    return Texts(
        Text(
            f"{unit}: rút bài dự thi",
            (
                f"{unit} đã rút một bài dự thi; bài không còn được tính.",
                f"Mã bài: {fact.essay_id}",
                f"Lý do: {fact.reason}",
                f"Thời điểm: {at.vi}",
            ),
        ),
        Text(
            f"{unit}: essay withdrawn",
            (
                f"{unit} withdrew an essay; it no longer counts.",
                f"Essay: {fact.essay_id}",
                f"Reason: {fact.reason}",
                f"When: {at.en}",
            ),
        ),
    )


def judged(fact: EssayJudged, names: Names) -> Texts:
    """An entry got a mark."""
    unit, at, mark = names.unit(fact.unit), names.moment(fact.judged_at), number(fact.mark)
    vi = [
        f"Một bài dự thi của {unit} đã được chấm.",
        f"Mã bài: {fact.essay_id}",
        f"Điểm: {mark.vi}",
        f"Thời điểm: {at.vi}",
    ]
    en = [
        f"An essay of {unit} was judged.",
        f"Essay: {fact.essay_id}",
        f"Mark: {mark.en}",
        f"When: {at.en}",
    ]
    if fact.prize:
        vi.append(f"Giải thưởng: {fact.prize}")
        en.append(f"Prize: {fact.prize}")
    return Texts(
        Text(f"{unit}: bài dự thi được {mark.vi} điểm", tuple(vi)),
        Text(f"{unit}: essay marked {mark.en}", tuple(en)),
    )


def commendation_proposed(fact: CommendationProposed, names: Names) -> Texts:
    """A unit proposed a commendation."""
    unit, at = names.unit(fact.unit), names.moment(fact.proposed_at)
    exemplar, level = _exemplar(fact.exemplar), _LEVEL[fact.level]
    return Texts(
        Text(
            f"{unit}: đề nghị khen thưởng {level.vi}",
            (
                f"{unit} đã đề nghị khen thưởng {level.vi}.",
                f"Được đề nghị: {exemplar.vi}",
                f"Thời điểm: {at.vi}",
            ),
        ),
        Text(
            f"{unit}: commendation proposed, {level.en}",
            (
                f"{unit} proposed a commendation at {level.en}.",
                f"Proposed: {exemplar.en}",
                f"When: {at.en}",
            ),
        ),
    )


def _exemplar(exemplar: ExemplarName) -> Title:
    kind = _EXEMPLAR[exemplar.kind]
    return Title(f"{exemplar.name} ({kind.vi})", f"{exemplar.name} ({kind.en})")


def _size(fact: EssaySubmitted) -> Title:
    form = _FORM[fact.form]
    if fact.words is not None:
        words = number(fact.words)
        return Title(f"{form.vi}, {words.vi} từ", f"{form.en}, {words.en} words")
    if fact.minutes is not None:
        minutes = number(fact.minutes)
        return Title(f"{form.vi}, {minutes.vi} phút", f"{form.en}, {minutes.en} minutes")
    return form

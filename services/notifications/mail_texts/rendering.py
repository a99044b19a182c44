"""From an event to the text of a mail: words of its family, marks, and why the reader gets it.

Pure: the same event and names give the same text. Data of a simulation, and
points of a sample rule set, are marked as such in the subject and in the first line of the text.
"""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from services.contracts.envelope import Event
from services.contracts.personal import WITHHELD, WITHHELD_EN
from services.contracts.wording import Bilingual
from services.notifications.mail_texts import (
    declared_reports,
    essays,
    obligations,
    publications,
    reports,
    scores,
)
from services.notifications.mail_texts.text import CampaignNames, Subject, Texts, Words

Language = Literal["vi+en", "vi", "en"]

WORDS: Words = {
    **essays.WORDS,
    **reports.WORDS,
    **declared_reports.WORDS,
    **obligations.WORDS,
    **scores.WORDS,
    **publications.WORDS,
}
"""What the mail of each event type says; each file has the rows of its own events."""

SIMULATED = Bilingual("[MÔ PHỎNG]", "[SIMULATED]")
SAMPLE = Bilingual("[BẢNG ĐIỂM MINH HỌA]", "[SAMPLE TABLE]")
_SIMULATED_LINE = Bilingual(
    "Dữ liệu mô phỏng, không phải số liệu thật.", "Simulated data, not real data."
)
_SAMPLE_LINE = Bilingual(
    "Điểm tính theo bảng điểm minh họa, không có giá trị chính thức.",
    "Points by a sample table, not an official one.",
)
_CAMPAIGN_LINE = Bilingual("Nội dung thuộc {}.", "This is part of {}.")
SUBJECT_LENGTH = 80
"""Characters; lists of mails show no more."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's words: a subject of one line, and plain text."""

    subject: str
    text: str


def render(
    event: Event, names: CampaignNames, *, contact: str = "", language: Language = "vi"
) -> Rendered:
    """The words of one event, signed by the Board. `contact`: whom readers may turn to.

    Raises KeyError for an event type without words (see `WORDS`).
    """
    texts = WORDS[type(event.data)](event.data, names)
    parts = {
        "vi": ["\n\n".join([*_body(event, texts, names, "vi"), _closing_vi(names, contact)])],
        "en": ["\n\n".join([*_body(event, texts, names, "en"), _closing_en(names, contact)])],
    }
    first: Literal["vi", "en"] = "en" if language == "en" else "vi"
    chosen = parts["vi"] + parts["en"] if language == "vi+en" else parts[first]
    text = f"\n\n{'-' * 32}\n\n".join(chosen)
    return Rendered(_subject(event, texts, first), text + "\n")


def one_paragraph(text: str) -> str:
    """Text without control, line-breaking and direction-changing characters, in NFC.

    Names and titles come from people: a line break in one must neither start a header of its own
    nor imitate a line of ours.
    """
    kept = "".join(
        _IN_PLACE.get(unicodedata.category(letter), letter)
        for letter in unicodedata.normalize("NFC", text)
    )
    return " ".join(kept.split())


# Unicode categories: control, line and paragraph separator, lone surrogate, invisible format.
_IN_PLACE = {"Cc": " ", "Zl": " ", "Zp": " ", "Cs": " ", "Cf": ""}


def _marks(event: Event, texts: Texts) -> list[tuple[Bilingual, Bilingual]]:
    """Marks of subject and text, each with its sentence."""
    simulated = [(SIMULATED, _SIMULATED_LINE)] if event.data.simulated else []
    return simulated + ([(SAMPLE, _SAMPLE_LINE)] if texts.sample else [])


def _subject(event: Event, texts: Texts, language: Literal["vi", "en"]) -> str:
    marks = "".join(f"{getattr(mark, language)} " for mark, _ in _marks(event, texts))
    subject: Subject = getattr(texts, language).subject
    clean = Subject(
        *(one_paragraph(part) for part in (subject.state, subject.content, subject.unit))
    )
    return marks + clean.fitted(SUBJECT_LENGTH - len(marks))


def _body(
    event: Event, texts: Texts, names: CampaignNames, language: Literal["vi", "en"]
) -> list[str]:
    """Paragraphs: the marks' sentences, the greeting in Vietnamese, the lines.

    The last line names the campaign: readers may have subscribed to all.
    """
    warnings = [
        f"{getattr(mark, language)} {getattr(line, language)}"
        for mark, line in _marks(event, texts)
    ]
    campaign = _CAMPAIGN_LINE.vi if language == "vi" else _CAMPAIGN_LINE.en
    lines = [*getattr(texts, language).lines]
    if not texts.names_campaign:
        lines.append(campaign.format(getattr(names.campaign, language)))
    lines = [one_paragraph(line) for line in lines]
    if language == "en":
        lines = [line.replace(WITHHELD, WITHHELD_EN) for line in lines]
    greeting = ["Kính gửi: Quý đơn vị"] if language == "vi" else []
    return [*(["\n".join(warnings)] if warnings else []), *greeting, "\n".join(lines)]


def _closing_vi(names: CampaignNames, contact: str) -> str:
    return (
        f"Trân trọng.\n{names.board.vi}\n"
        "Thư gửi tự động theo đăng ký nhận thông báo của đơn vị; vui lòng không trả lời thư này."
        + (f" Hỗ trợ: {contact}." if contact else "")
    )


def _closing_en(names: CampaignNames, contact: str) -> str:
    return (
        f"{names.board.en}\n"
        "Sent automatically, as your unit subscribed to it; please do not reply."
        + (f" Help: {contact}." if contact else "")
    )

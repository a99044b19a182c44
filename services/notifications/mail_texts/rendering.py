"""From an event to the text of a mail: words of its family, marks, and why the reader gets it.

Pure: the same event and names give the same text. Marks stand where they can't be missed: what a
simulation made says so in the subject and in the first line of the text, and so do points of a
sample rule set.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from services.contracts.envelope import Event
from services.contracts.events import (
    CeremonyReported,
    CommendationProposed,
    ConferenceReported,
    ContestReported,
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineMoved,
    EssayJudged,
    EssaySubmitted,
    EssayWithdrawn,
    Fact,
    FigureReported,
    ObligationFulfilled,
    ObligationWaived,
    PointsPublished,
    PointsRecomputed,
    ScoreEntered,
    StandingsPublished,
)
from services.notifications.mail_texts import essays, obligations, publications, reports, scores
from services.notifications.mail_texts.text import Names, Text, Texts, Title

Language = Literal["vi+en", "vi", "en"]

# One row an event type: to tell a new one, write its words and add it here.
WORDS: dict[type[Fact], Callable[[Any, Names], Texts]] = {
    EssaySubmitted: essays.submitted,
    EssayWithdrawn: essays.withdrawn,
    EssayJudged: essays.judged,
    CommendationProposed: essays.commendation_proposed,
    FigureReported: reports.figure,
    ConferenceReported: reports.conference,
    ContestReported: reports.contest,
    CeremonyReported: reports.ceremony,
    DeadlineApproaching: obligations.approaching,
    DeadlineMissed: obligations.missed,
    DeadlineMoved: obligations.moved,
    ObligationFulfilled: obligations.fulfilled,
    ObligationWaived: obligations.waived,
    ScoreEntered: scores.score_entered,
    PointsRecomputed: scores.points_recomputed,
    PointsPublished: publications.points_published,
    StandingsPublished: publications.standings_published,
}

SIMULATED = "[MÔ PHỎNG / SIMULATED]"
SAMPLE = "[BẢNG ĐIỂM MẪU / SAMPLE]"
_SIMULATED_LINE = Title(
    "Dữ liệu mô phỏng, không phải dữ liệu thật.", "Simulated data, not real data."
)
_SAMPLE_LINE = Title(
    "Điểm theo bảng điểm mẫu, không phải bảng điểm chính thức.",
    "Points by a sample table, not an official one.",
)
_SUBJECT_LENGTH = 200  # characters; longer subjects are cut by readers anyway


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's words: a subject of one line, and plain text."""

    subject: str
    text: str


def render(
    event: Event, names: Names, *, subscription: UUID, language: Language = "vi+en"
) -> Rendered:
    """The words of one event for one subscription.

    Raises KeyError for an event type without words (see `WORDS`).
    """
    message = WORDS[type(event.data)](event.data, names)
    marks = ([SIMULATED] if event.data.simulated else []) + ([SAMPLE] if message.sample else [])
    vietnamese = _part(message.vi, _warnings(event, message, "vi"))
    english = _part(message.en, _warnings(event, message, "en"))
    footer = _footer(event, names, subscription)
    if language == "vi":
        subject, parts = message.vi.subject, [vietnamese, footer.vi]
    elif language == "en":
        subject, parts = message.en.subject, [english, footer.en]
    else:
        subject, parts = message.vi.subject, [vietnamese, english, f"{footer.vi}\n{footer.en}"]
    text = f"\n\n{'-' * 32}\n\n".join(parts)
    return Rendered(one_line(" ".join([*marks, subject])), text + "\n")


def one_line(text: str) -> str:
    """A subject: one paragraph of bounded length."""
    line = one_paragraph(text)
    return line if len(line) <= _SUBJECT_LENGTH else line[: _SUBJECT_LENGTH - 1] + "…"


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


def _warnings(event: Event, message: Texts, language: Literal["vi", "en"]) -> list[str]:
    lines = []
    if event.data.simulated:
        lines.append(f"{SIMULATED} {getattr(_SIMULATED_LINE, language)}")
    if message.sample:
        lines.append(f"{SAMPLE} {getattr(_SAMPLE_LINE, language)}")
    return lines


def _part(wording: Text, warnings: list[str]) -> str:
    lines = [one_paragraph(line) for line in wording.lines]
    return "\n".join([*warnings, *([""] if warnings else []), *lines])


def _footer(event: Event, names: Names, subscription: UUID) -> Title:
    return Title(
        f"{names.campaign.vi}. Sự kiện {event.data.event}, mã {event.id}.\n"
        f"Thư tự động theo đăng ký {subscription}; xin không trả lời thư này.",
        f"{names.campaign.en}. Event {event.data.event}, id {event.id}.\n"
        f"Sent automatically under subscription {subscription}; please do not reply.",
    )

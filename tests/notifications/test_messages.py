"""What people read: both languages, names for codes, marks that can't be missed."""

from uuid import UUID

import pytest

from services.contracts.events import (
    DeadlineApproaching,
    DeadlineMissed,
    EssaySubmitted,
    Fact,
    ObligationFulfilled,
    PointsRecomputed,
    ScoreEntered,
    StandingsPublished,
)
from services.notifications.events import TAKES
from services.notifications.mail_texts.rendering import (
    SAMPLE,
    SIMULATED,
    WORDS,
    Language,
    render,
)
from tests.notifications.support import a_fact, an_event, names

SUBSCRIPTION = UUID("e3f6f7a4-1c39-4b1e-8a8c-0f2e34f0a915")


def said(fact: Fact, language: Language = "vi+en") -> tuple[str, str]:
    rendered = render(an_event(fact), names(), subscription=SUBSCRIPTION, language=language)
    return rendered.subject, rendered.text


def test_every_event_that_can_be_subscribed_to_has_its_words() -> None:
    assert set(WORDS) == set(TAKES)


@pytest.mark.parametrize("kind", TAKES, ids=lambda kind: kind.event)
def test_a_mail_is_vietnamese_first_and_english_below(kind: type[Fact]) -> None:
    subject, text = said(a_fact(kind))
    vietnamese, english, footer = text.split("\n\n" + "-" * 32 + "\n\n")
    assert any(message in vietnamese for message in "ăâđêôơưạảấầẩậắằẳặẹẻẽếềểễệ")
    assert vietnamese != english
    assert str(SUBSCRIPTION) in footer
    assert kind.event in footer
    assert "None" not in text
    assert "\n" not in subject
    assert subject


@pytest.mark.parametrize("kind", TAKES, ids=lambda kind: kind.event)
def test_one_language_alone_can_be_asked_for(kind: type[Fact]) -> None:
    both = said(a_fact(kind))[1]
    languages: tuple[Language, ...] = ("vi", "en")
    for language in languages:
        alone = said(a_fact(kind), language)[1]
        first_part = alone.split("\n\n" + "-" * 32)[0]
        assert first_part in both
        assert len(alone) < len(both)


def test_units_obligations_and_dates_are_written_as_people_write_them() -> None:
    subject, text = said(a_fact(DeadlineMissed, unit="SNV"))
    assert subject.startswith("Sở Nội vụ: quá hạn, D6")
    assert "9/7/2020" in text
    assert "9 July 2020" in text


def test_points_have_a_decimal_comma_in_vietnamese_and_a_dot_in_english() -> None:
    _, text = said(a_fact(PointsRecomputed))
    assert "87,25/100 điểm" in text
    assert "87.25 of 100" in text


def test_a_moment_is_told_in_the_campaigns_zone() -> None:
    _, text = said(a_fact(EssaySubmitted, submitted_at="2020-05-28T18:30:00Z"))
    assert "01:30 ngày 29/5/2020" in text
    assert "01:30 on 29 May 2020" in text


def test_a_late_essay_is_told_as_late_and_kept() -> None:
    subject, text = said(a_fact(EssaySubmitted, late=True, days_late=2))
    assert "nộp muộn 2 ngày" in subject
    assert "2 days late: the essay is kept and counted as late." in text


def test_an_alternative_is_named_where_it_is_not_the_obligation_itself() -> None:
    fact = a_fact(ObligationFulfilled, obligation="D2", way="D3", days_late=0)
    assert "By the alternative: D3" in said(fact)[1]
    assert "alternative" not in said(a_fact(ObligationFulfilled))[1]


def test_the_last_day_is_called_the_last_day() -> None:
    subject, _ = said(a_fact(DeadlineApproaching, days_left=0))
    assert "hôm nay là ngày cuối" in subject


@pytest.mark.parametrize("kind", TAKES, ids=lambda kind: kind.event)
def test_simulated_data_is_marked_in_the_subject_and_in_the_first_line(kind: type[Fact]) -> None:
    subject, text = said(a_fact(kind, simulated=True))
    assert subject.startswith(SIMULATED)
    vietnamese, english, _ = text.split("\n\n" + "-" * 32 + "\n\n")
    assert vietnamese.startswith(SIMULATED)
    assert english.startswith(SIMULATED)
    assert SIMULATED not in said(a_fact(kind))[1]


def test_a_mark_says_which_unit_answers_for_it_and_a_correction_that_it_is_one() -> None:
    first = said(a_fact(ScoreEntered))[1]
    assert "Bên chấm: Ban Thi đua – Khen thưởng" in first
    assert "Entered by: the Board" in first
    assert "4,5 điểm (điểm cuối cùng) cho tiêu chí II.3" in first
    assert "correction" not in first
    corrected = said(a_fact(ScoreEntered, version=3, stage="cluster", entered_by="SNV"))[1]
    assert "Bên chấm: Sở Nội vụ" in corrected
    assert "Điểm này thay điểm đã chấm trước đó (bản sửa thứ 2)." in corrected
    assert "It replaces the mark before (correction 2)." in corrected


@pytest.mark.parametrize("kind", [PointsRecomputed, StandingsPublished])
def test_points_of_a_sample_table_are_marked_as_a_sample(kind: type[Fact]) -> None:
    subject, text = said(a_fact(kind, sample=True))
    assert SAMPLE in subject
    assert "không phải bảng điểm chính thức" in text
    assert SAMPLE not in said(a_fact(kind, sample=False))[1]


def test_a_title_with_line_breaks_can_neither_end_the_subject_nor_imitate_our_lines() -> None:
    title = "Bài\r\nBcc: all@example.org\u2028Kết quả chính thức: 100 điểm\u202e"
    _, text = said(a_fact(EssaySubmitted, title=title))
    line = "Tên bài: Bài Bcc: all@example.org Kết quả chính thức: 100 điểm"
    assert text.splitlines().count(line) == 1
    assert "\u202e" not in text


def test_a_code_that_the_campaign_does_not_know_is_told_as_it_is() -> None:
    subject, _ = said(a_fact(DeadlineMissed, unit="NEW1", obligation="D99"))
    assert subject == "NEW1: quá hạn, D99"

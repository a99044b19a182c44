"""What people read: one language, names for codes, marks that can't be missed."""

import re
from dataclasses import replace

import pytest

from services.contracts.events import (
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineMoved,
    EssayJudged,
    EssaySubmitted,
    EssayWithdrawn,
    Fact,
    FigureReported,
    ObligationFulfilled,
    ObligationReopened,
    PointsPublished,
    PointsRecomputed,
    ScoreEntered,
    StandingsPublished,
)
from services.contracts.personal import without_personal_data
from services.contracts.wording import Bilingual
from services.notifications.events import HANDLERS
from services.notifications.mail_texts.rendering import WORDS, Language, render
from services.notifications.mail_texts.text import Subject
from tests.notifications.support import a_fact, an_event, names

LINE = "\n\n" + "-" * 32 + "\n\n"


def mail(fact: Fact, language: Language = "vi+en") -> tuple[str, str]:
    rendered = render(an_event(fact), names(), contact="024 0000 0000", language=language)
    return rendered.subject, rendered.text


def test_every_event_that_can_be_subscribed_to_has_its_words() -> None:
    assert set(WORDS) == set(HANDLERS)


@pytest.mark.parametrize("kind", HANDLERS, ids=lambda kind: kind.event)
def test_both_languages_are_vietnamese_first_and_english_below(kind: type[Fact]) -> None:
    subject, text = mail(a_fact(kind))
    vietnamese, english = text.split(LINE)
    assert "Kính gửi: Quý đơn vị" in vietnamese
    assert "Trân trọng.\nBan Thi đua - Khen thưởng\n" in vietnamese
    assert "024 0000 0000" in vietnamese
    assert "please do not reply" in english
    assert "None" not in text
    assert "\n" not in subject
    assert subject


@pytest.mark.parametrize("kind", HANDLERS, ids=lambda kind: kind.event)
def test_one_language_stands_alone(kind: type[Fact]) -> None:
    vietnamese, english = mail(a_fact(kind))[1].split(LINE)
    assert mail(a_fact(kind), "vi")[1].strip() == vietnamese
    assert mail(a_fact(kind), "en")[1].strip() == english.strip()


IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|\bD[1-9]\b|\b20\d\d-[0-9HQ]|\bQ\d{3}\b")


@pytest.mark.parametrize("kind", HANDLERS, ids=lambda kind: kind.event)
def test_no_code_or_identifier_stands_in_a_mail(kind: type[Fact]) -> None:
    fact = a_fact(kind)
    subject, text = mail(fact)
    # A digest is for whoever compares it; documents and reasons are what people wrote.
    shown = "\n".join(line for line in text.splitlines() if "SHA-256" not in line)
    assert not IDS.search(subject + shown), IDS.findall(subject + shown)
    assert fact.event not in text
    assert fact.campaign not in text


@pytest.mark.parametrize("kind", HANDLERS, ids=lambda kind: kind.event)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_subject_has_80_characters_at_most_and_names_the_unit(
    kind: type[Fact], language: Language
) -> None:
    changes = {"unit": "Q007"} if "unit" in kind.model_fields else {}
    subject, _ = mail(a_fact(kind, simulated=True, **changes), language)
    assert len(subject) <= 80
    if changes:
        assert "Quận Hai Bà Trưng" in subject


def test_a_long_title_is_cut_before_the_unit() -> None:
    subject = Subject("Quá hạn", "Một nội dung " * 20, "quận Thanh Xuân").fitted(80)
    assert len(subject) <= 80
    assert subject.startswith("Quá hạn: Một nội dung")
    assert subject.endswith("… – quận Thanh Xuân")


def test_a_deadline_that_was_missed_reads_as_an_officer_writes() -> None:
    subject, text = mail(a_fact(DeadlineMissed, unit="SNV"))
    assert subject == "Quá hạn: Báo cáo đánh giá, tổng kết Cuộc thi – Sở Nội vụ"
    assert (
        "Đến hết ngày 09/07/2020, hệ thống chưa ghi nhận Sở Nội vụ hoàn thành nội dung"
        " “Báo cáo đánh giá, tổng kết Cuộc thi”." in text
    )
    assert "9 July 2020" in text


def test_a_day_that_became_known_is_said_with_what_it_depends_on() -> None:
    moved = {"unit": "SNV", "after": "D2", "previous_last_day": "9999-12-31"}
    subject, text = mail(
        a_fact(DeadlineMoved, **moved, last_day="2020-08-16", happened_on="2020-08-01")
    )
    assert subject.startswith("Xác định thời hạn: ")
    assert "của Sở Nội vụ: hết ngày 16/08/2020." in text
    assert "”: 01/08/2020." in text
    assert "1 August 2020" in text
    assert "9999" not in text


def test_a_day_that_is_not_known_is_no_day() -> None:
    never = "9999-12-31"
    again = a_fact(DeadlineMoved, after="D2", previous_last_day="2020-08-16", last_day=never)
    by_document = a_fact(DeadlineMoved, previous_last_day=never, last_day="2020-09-01")
    facts = [
        again,
        by_document,
        a_fact(DeadlineMoved, previous_last_day=never, last_day=never),
        a_fact(ObligationFulfilled, last_day=never, days_late=0),
        a_fact(ObligationReopened, last_day=never),
    ]
    for fact in facts:
        assert "9999" not in mail(fact)[1], fact
        assert ("chưa xác định" in mail(fact)[1]) == (fact is not by_document)
    assert "Lý do: Gia hạn theo đề nghị của các đơn vị" in mail(by_document)[1]


def test_points_have_a_decimal_comma_in_vietnamese_and_a_dot_in_english() -> None:
    _, text = mail(a_fact(PointsRecomputed))
    assert "87,25/100 điểm" in text
    assert "87.25 of 100" in text


def test_a_moment_is_written_in_the_campaigns_zone() -> None:
    _, text = mail(a_fact(EssaySubmitted, submitted_at="2020-05-28T18:30:00Z"))
    assert "01:30 ngày 29/05/2020" in text
    assert "01:30 on 29 May 2020" in text


def test_a_late_essay_is_named_late_and_accepted() -> None:
    subject, text = mail(a_fact(EssaySubmitted, late=True, days_late=2))
    assert "gửi chậm 2 ngày" in subject
    assert "2 days late: the essay is accepted and counted as late." in text


def test_the_last_day_is_called_the_last_day() -> None:
    subject, _ = mail(a_fact(DeadlineApproaching, days_left=0))
    assert subject.startswith("Hôm nay là hạn cuối: ")
    subject, _ = mail(a_fact(DeadlineApproaching, days_left=7))
    assert subject.startswith("Sắp đến hạn (còn 7 ngày): ")


@pytest.mark.parametrize("kind", HANDLERS, ids=lambda kind: kind.event)
def test_simulated_data_is_marked_in_the_subject_and_in_the_first_line(kind: type[Fact]) -> None:
    subject, text = mail(a_fact(kind, simulated=True))
    assert subject.startswith("[MÔ PHỎNG] ")
    vietnamese, english = text.split(LINE)
    assert vietnamese.startswith("[MÔ PHỎNG] ")
    assert english.startswith("[SIMULATED] ")
    assert mail(a_fact(kind, simulated=True), "en")[0].startswith("[SIMULATED] ")
    assert "MÔ PHỎNG" not in mail(a_fact(kind))[1]


def test_a_score_names_the_unit_that_gave_it_and_a_correction_that_it_is_one() -> None:
    first = mail(a_fact(ScoreEntered))[1]
    assert "Đơn vị chấm: Ban Thi đua - Khen thưởng" in first
    assert "điểm thẩm định tiêu chí “Mô hình mới” (II.3) là 4,5." in first
    assert "Minh chứng: " in first
    assert "correction" not in first
    corrected = mail(a_fact(ScoreEntered, version=3, stage="cluster", entered_by="SNV"))[1]
    assert "Đơn vị chấm: Sở Nội vụ" in corrected
    assert "Điểm này thay thế điểm đã chấm trước đó (lần sửa 2)." in corrected
    assert "It replaces the score before (correction 2)." in corrected
    scorer = mail(a_fact(ScoreEntered, stage="cluster", scorer="SNV", entered_by="SNV"))[1]
    assert "điểm đơn vị phụ trách chấm tiêu chí “Mô hình mới” (II.3) là 4,5." in scorer
    assert "cụm chấm" not in scorer


@pytest.mark.parametrize("kind", [PointsRecomputed, PointsPublished])
def test_a_level_has_the_title_that_the_event_gives_it_or_none(kind: type[Fact]) -> None:
    title = {"vi": "Hoàn thành tốt nhiệm vụ", "en": "Good"}
    text = mail(a_fact(kind, level="good", level_title=title))[1]
    assert "Mức xếp loại: Hoàn thành tốt nhiệm vụ\n" in text
    assert "Level: Good\n" in text
    assert "Mức xếp loại" not in mail(a_fact(kind, level="good", level_title=None))[1]


def test_a_flag_is_only_proposed() -> None:
    text = mail(a_fact(PointsPublished, flag_candidate=True))[1]
    assert "Thuộc diện đề nghị tặng Cờ thi đua (dẫn đầu cụm thi đua)." in text


def test_a_second_publication_names_what_it_replaces() -> None:
    subject, text = mail(
        a_fact(StandingsPublished, version=2, reason="xét lại tiêu chí I.3", sample=False)
    )
    assert subject == "Công bố điều chỉnh kết quả xếp hạng: lần 2, thay thế lần 1"
    assert "Lý do điều chỉnh: xét lại tiêu chí I.3" in text


def test_figures_and_periods_have_titles() -> None:
    _, text = mail(
        a_fact(FigureReported, unit="SNV", name="documents-over-the-bus", period="2020-H1")
    )
    assert "“Văn bản gửi qua trục liên thông”, kỳ 6 tháng đầu năm 2020" in text


@pytest.mark.parametrize("kind", [PointsRecomputed, StandingsPublished])
def test_points_of_a_sample_table_are_marked_as_a_sample(kind: type[Fact]) -> None:
    subject, text = mail(a_fact(kind, sample=True))
    assert subject.startswith("[BẢNG ĐIỂM MINH HỌA] ")
    assert "không có giá trị chính thức" in text
    assert "[SAMPLE TABLE]" in text
    assert "MINH HỌA" not in mail(a_fact(kind, sample=False))[1]


def test_a_title_with_line_breaks_can_neither_end_the_subject_nor_imitate_our_lines() -> None:
    title = "Bài\r\nBcc: all@example.org\u2028Kết quả chính thức: 100 điểm\u202e"
    _, text = mail(a_fact(EssaySubmitted, title=title))
    line = "Tên bài: Bài Bcc: all@example.org Kết quả chính thức: 100 điểm"
    assert text.splitlines().count(line) == 1
    assert "\u202e" not in text


def test_what_is_withheld_is_named_in_the_language_of_the_part() -> None:
    vietnamese, english = mail(without_personal_data(a_fact(EssaySubmitted)))[1].split(LINE)
    assert "Tên bài: (không hiển thị)" in vietnamese
    assert "Title: (withheld)" in english


def test_a_code_that_the_campaign_does_not_know_stands_for_itself() -> None:
    subject, _ = mail(a_fact(DeadlineMissed, unit="NEW1", obligation="D99"))
    assert subject == "Quá hạn: D99 – NEW1"


@pytest.mark.parametrize("kind", [EssaySubmitted, EssayWithdrawn, EssayJudged])
def test_of_several_contests_a_mail_names_the_one_that_an_essay_is_for(kind: type[Fact]) -> None:
    fact = an_event(a_fact(kind, contest="films"))
    one = {"essays": Bilingual("Cuộc thi viết", "essays")}
    films = {"films": Bilingual("Cuộc thi phim ngắn", "short films")}

    def text(contests: dict[str, Bilingual]) -> str:
        return render(fact, replace(names(), contests=contests), contact="-", language="vi+en").text

    assert "Cuộc thi: Cuộc thi phim ngắn" in text(one | films)
    assert "Contest: short films" in text(one | films)
    assert "phim" not in text(films)


def test_an_essay_has_the_day_of_its_act_beside_that_of_its_receipt() -> None:
    _, text = mail(a_fact(EssaySubmitted, acted_on="2020-05-20"))
    assert "Ngày thực hiện: 20/05/2020" in text
    assert "Handed in or published on: 20 May 2020" in text


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("Báo cáo kết quả phong trào thi đua và công tác khen thưởng quý IV/2020", "quý IV/2020"),
        (
            "Báo cáo kết quả phong trào thi đua yêu nước và công tác khen thưởng 6 tháng đầu năm"
            " 2020",
            "6 tháng đầu năm 2020",
        ),
        (
            "Report on the results of the emulation movement and on commendations for June 2020",
            "for June 2020",
        ),
        (
            "Report on the results of the emulation movement and on awards for quarter 3 of 2020",
            "for quarter 3 of 2020",
        ),
    ],
)
def test_a_subject_that_is_cut_keeps_the_period(title: str, period: str) -> None:
    for most in (60, 80):
        subject = Subject("Quá hạn", title, "quận Ba Đình").fitted(most)
        assert subject.endswith(f"… {period} – quận Ba Đình")
        assert len(subject) <= most

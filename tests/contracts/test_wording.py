from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.contracts.wording import (
    Bilingual,
    day,
    in_columns_vi,
    moment,
    number,
    period_title,
    title_in,
)


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (Decimal("87.250"), "87,25", "87.25"),
        (Decimal("1480.5"), "1.480,5", "1,480.5"),
        (1480, "1.480", "1,480"),
        (Decimal("1E+3"), "1.000", "1,000"),
        (Decimal("-0.50"), "−0,5", "−0.5"),
        (Decimal("-0.00"), "0", "0"),
    ],
)
def test_a_number_is_written_as_each_language_writes_it(
    value: Decimal | int, vi: str, en: str
) -> None:
    assert number(value) == Bilingual(vi, en)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**14)))
def test_no_digit_is_lost_in_a_sentence(value: Decimal) -> None:
    back = str.maketrans(",−", ".-", ".")
    assert Decimal(number(value).vi.translate(back)) == value


def test_a_column_keeps_its_places() -> None:
    assert [in_columns_vi(Decimal(n)) for n in ("15", "1234.5", "-0.5")] == [
        "15,00",
        "1.234,50",
        "−0,50",
    ]


def test_days_have_two_digits_in_vietnamese() -> None:
    assert day(date(2020, 7, 9)) == Bilingual("09/07/2020", "9 July 2020")


def test_a_moment_is_written_in_its_zone() -> None:
    at = datetime(2020, 5, 28, 2, 12, 59, tzinfo=UTC)
    assert moment(at, ZoneInfo("Asia/Ho_Chi_Minh")) == Bilingual(
        "09:12 ngày 28/05/2020", "09:12 on 28 May 2020"
    )


@pytest.mark.parametrize(
    ("period", "vi", "en"),
    [
        ("2020", "năm 2020", "the year 2020"),
        ("2020-H1", "6 tháng đầu năm 2020", "the first half of 2020"),
        ("2020-H2", "6 tháng cuối năm 2020", "the second half of 2020"),
        ("2020-Q3", "quý III/2020", "quarter 3 of 2020"),
        ("2020-06", "tháng 6/2020", "June 2020"),
        ("2020-13", "2020-13", "2020-13"),
        ("dot-1", "dot-1", "dot-1"),
    ],
)
def test_a_period_has_a_title(period: str, vi: str, en: str) -> None:
    assert period_title(period) == Bilingual(vi, en)


@pytest.mark.parametrize(
    ("title", "period", "expected"),
    [
        ("Báo cáo tháng", "2020-06", "Báo cáo tháng 6/2020"),
        ("Báo cáo quý", "2020-Q3", "Báo cáo quý III/2020"),
        ("Báo cáo 6 tháng", "2020-H1", "Báo cáo 6 tháng đầu năm 2020"),
        ("Báo cáo tổng kết năm", "2020", "Báo cáo tổng kết năm 2020"),
        ("Báo cáo số liệu", "2020-06", "Báo cáo số liệu tháng 6/2020"),
        ("Báo cáo hằng tháng", "2020-06", "Báo cáo hằng tháng tháng 6/2020"),
        ("Báo cáo 9 tháng", "2020-06", "Báo cáo 9 tháng tháng 6/2020"),
        ("tháng", "2020-06", "tháng 6/2020"),
    ],
)
def test_a_title_names_its_period_without_saying_a_word_twice(
    title: str, period: str, expected: str
) -> None:
    assert title_in(Bilingual(title, "Report"), period).vi == expected


def test_a_text_read_from_data_needs_both_languages_and_nothing_else() -> None:
    read = TypeAdapter(Bilingual).validate_python
    assert read({"vi": " Tên ", "en": "Name"}) == Bilingual("Tên", "Name")
    for faulty in ({"vi": "Tên"}, {"vi": "Tên", "en": ""}, {"vi": "a", "en": "b", "fr": "c"}):
        with pytest.raises(ValidationError):
            read(faulty)

"""Promise: what people and programs write is read in one way, or refused with the remedy."""

import sys
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.reading import (
    FIGURE_PATTERN,
    POSITIVE_FIGURE_PATTERN,
    UnreadableError,
    hidden_character,
    read_day,
    read_figure,
    read_moment,
    read_positive_figure,
    read_text,
    read_visible_text,
)
from tests.support.ecma import matches


@pytest.mark.parametrize("text", ["7.5", "1480", "0.125", "-3", "12.50", "1000.125", "0", "1.00"])
def test_a_figure_is_read_as_it_is_written(text: str) -> None:
    assert read_figure(text) == Decimal(text)


@pytest.mark.parametrize(
    ("text", "thousand", "decimal"),
    [("1.000", "1000", "1"), ("1.234", "1234", "1.2340"), ("-12.500", "-12500", "-12.5")],
)
def test_what_may_be_a_thousand_is_asked_about(text: str, thousand: str, decimal: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_figure(text)
    assert f"Nhập {thousand} hoặc {decimal}." in refused.value.vi
    assert read_figure(thousand) == Decimal(text) * 1000
    assert read_figure(decimal) == Decimal(text)
    with pytest.raises(UnreadableError, match="Write 1000000, without dots"):
        read_figure("1.000.000")


@pytest.mark.parametrize(
    ("text", "clear"),
    [("7,5", "7.5"), ("78,50", "78.50"), ("1.150,5", "1150.5"), ("0,125", "0.125")],
)
def test_a_decimal_comma_is_answered_with_the_same_number_and_a_dot(text: str, clear: str) -> None:
    with pytest.raises(UnreadableError, match=f"write “{clear}”"):
        read_figure(text)
    read_figure(clear)


@pytest.mark.parametrize("text", ["1,000", "", " 7", "1e3", "NaN", "٣", "+1", ".5", "1.", "9" * 15])
def test_what_is_no_figure_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match="Not a decimal"):
        read_figure(text)


@given(st.from_regex(r"-?[0-9]{0,4}[.,]?[0-9]{0,4}", fullmatch=True))
def test_the_pattern_of_the_schema_says_what_is_read(text: str) -> None:
    for read, pattern in (
        (read_figure, FIGURE_PATTERN),
        (read_positive_figure, POSITIVE_FIGURE_PATTERN),
    ):
        assert matches(pattern, text) == _is_read(read, text)


def _is_read(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except UnreadableError:
        return False
    return True


def test_days_and_moments_are_written_in_one_way() -> None:
    assert read_day("2020-06-11") == date(2020, 6, 11)
    assert read_moment("2020-06-11T09:30:00.25+07:00") == datetime(
        2020, 6, 11, 2, 30, 0, 250000, tzinfo=UTC
    )
    for text in ("1597190400", "44055", "2020-8-11", "2020-02-30", "2020-06-11T00:00:00Z", ""):
        with pytest.raises(UnreadableError):
            read_day(text)
    for text in ("1597190400", "2020-06-11", "2020-06-11T09:30:00", "2020-06-11 09:30:00Z"):
        with pytest.raises(UnreadableError):
            read_moment(text)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
def test_a_year_that_is_a_slip_is_refused_with_the_years_that_are_taken(text: str) -> None:
    for read, written in ((read_day, text), (read_moment, f"{text}T23:59:59+07:00")):
        with pytest.raises(UnreadableError, match="from 1900 to 2200") as refused:
            read(written)
        assert refused.value.vi == "Năm phải từ 1900 đến 2200."
    assert read_day("1900-01-01") < read_day("2200-12-31")


@pytest.mark.parametrize(
    ("text", "en", "vi"),
    [
        ("2020-02-30", "time and its offset are missing", "Thiếu giờ và múi giờ"),
        ("2020-06-11T09:30:00", "offset is missing", "Thiếu múi giờ"),
        ("2020-02-30T09:30:00+07:00", "no such day or time", "Không có ngày hoặc giờ này"),
        ("2020-06-11T24:30:00+07:00", "no such day or time", "Không có ngày hoặc giờ này"),
        ("2020-06-11 09:30", "Not a moment with its offset", "Không phải một thời điểm"),
    ],
)
def test_of_what_is_no_moment_it_is_named_what_it_lacks(text: str, en: str, vi: str) -> None:
    with pytest.raises(UnreadableError, match=en) as refused:
        read_moment(text)
    assert refused.value.vi.startswith(vi)


@pytest.mark.parametrize("written", ["{}\n", " {}", "{} ", "{}\t", "\u00a0{}"])
@pytest.mark.parametrize("text", ["2020-06-11", "2020-06-11T09:30:00+07:00"])
def test_nothing_is_trimmed_away(written: str, text: str) -> None:
    for read in (read_day, read_moment):
        with pytest.raises(UnreadableError):
            read(written.format(text))


INVISIBLE = ["\u200b", "\u3164", "\u2800", "\u00ad", "\u2060", "\u0301", " ", "\u00a0", "\ufe0f"]


@pytest.mark.parametrize("text", ["", *INVISIBLE, "".join(INVISIBLE)])
def test_a_text_in_which_nothing_can_be_seen_is_empty(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_visible_text(text, 500)


@pytest.mark.parametrize("letter", "\u202e\u2066\u200f\x00\x01\x7f\n\r\t\u2028\u0085\ue000\ud800")
def test_control_and_direction_characters_are_refused_by_name(letter: str) -> None:
    with pytest.raises(UnreadableError, match=rf"U\+{ord(letter):04X}"):
        read_text(f"a{letter}b", 500)


def test_what_is_copied_along_unseen_is_dropped_and_names_are_nfc() -> None:
    assert read_visible_text("\ufeffHo\u0323\u0302i\u200b nghi\u0323\u00ad ", 500) == "Hội nghị"


@given(st.text(max_size=40))
def test_whatever_was_read_has_something_to_see_and_nothing_hidden(text: str) -> None:
    try:
        read = read_visible_text(text, 30)
    except UnreadableError:
        return
    assert read.strip() == read
    assert 1 <= len(read) <= 30
    assert hidden_character(read) is None


def test_no_printable_character_is_hidden() -> None:
    """Texts that Python calls printable are taken without a look at each character."""
    printable = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isprintable()]
    categories = {unicodedata.category(letter) for letter in printable}
    assert not categories & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

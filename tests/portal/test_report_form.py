"""Promises about forms of declared reports: what people type is what the services read."""

from typing import Any

import pytest

from services.contracts.campaign.report_kinds import ReportKind
from services.portal.forms import day_typed, figure_typed
from services.portal.report_form import answers_of, pointers_of, typed_of
from services.portal.sending import whole_typed

TITLE = {"vi": "Trường", "en": "Field"}


def kind() -> ReportKind:
    """A kind with a field of each type."""
    types = ("text", "whole", "decimal", "date", "document", "yes-no")
    fields: list[dict[str, Any]] = [
        {"id": f"a_{one.replace('-', '_')}", "title": TITLE, "type": one} for one in types
    ]
    choices = {"team": TITLE, "all": TITLE}
    fields.append({"id": "a_choice", "title": TITLE, "type": "choice", "choices": choices})
    return ReportKind.model_validate(
        {"id": "summary", "title": TITLE, "levels": ["upper"], "fields": fields}
    )


TYPED = {
    "answers.a_text": "Hai dòng\nchữ",
    "answers.a_whole": "120",
    "answers.a_decimal": "1234,5",
    "answers.a_date": "05/06/2020",
    "answers.a_document.number": "15/BC-UBND",
    "answers.a_document.date": "14/08/2020",
    "answers.a_yes_no": "false",
    "answers.a_choice": "team",
}
ANSWERS = {
    "a_text": "Hai dòng\nchữ",
    "a_whole": 120,
    "a_decimal": "1234.5",
    "a_date": "2020-06-05",
    "a_document": {"number": "15/BC-UBND", "date": "2020-08-14"},
    "a_yes_no": False,
    "a_choice": "team",
}


def test_each_type_of_field_is_sent_as_the_service_reads_it_and_typed_again_as_it_was() -> None:
    assert answers_of(kind(), TYPED) == ANSWERS
    assert typed_of(kind(), ANSWERS) == TYPED


def test_what_is_left_empty_is_absent_and_a_document_may_be_half_there() -> None:
    assert answers_of(kind(), {"answers.a_text": "  "}) == {}
    half = {"answers.a_document.number": "15"}
    assert answers_of(kind(), half) == {"a_document": {"number": "15"}}


def test_every_fault_finds_its_field() -> None:
    found = pointers_of(kind())
    assert "/answers/a_document/date" in found
    assert {f"/answers/{field.id}" for field in kind().fields} <= set(found)


@pytest.mark.parametrize(
    ("read", "typed", "sent"),
    [
        (day_typed, "5/6/2020", "2020-06-05"),
        (day_typed, "2020-06-05", "2020-06-05"),
        (day_typed, "31/02/2020", "31/02/2020"),
        (day_typed, "hôm qua", "hôm qua"),
        (figure_typed, "1.234,5", "1234.5"),
        (figure_typed, "7.5", "7.5"),
        (figure_typed, "1.234", "1.234"),
        (figure_typed, "7%", "7%"),
        (whole_typed, "120", 120),
        (whole_typed, "12,5", "12,5"),
        (whole_typed, "9" * 5000, "9" * 5000),
    ],
)
def test_what_cannot_be_read_goes_on_as_it_was_typed(read: Any, typed: str, sent: object) -> None:
    assert read(typed) == sent

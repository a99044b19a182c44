"""Promise: whatever Pydantic can refuse, people read why, in both languages, from one table."""

from typing import Any, get_args

import pytest
from pydantic_core import core_schema

from services.contracts import validation_sentences as table
from tests.support.edges import english_in

KINDS = (*get_args(core_schema.ErrorType), "exact_decimal")
"""Every kind of Pydantic, and our own."""
MESSAGE = "Input should be valid, expected something else at the right place"


def test_every_kind_has_a_sentence_or_is_declared_to_have_none() -> None:
    assert set(table.SENTENCES) | table.FALLS_BACK == set(KINDS)
    assert not set(table.SENTENCES) & table.FALLS_BACK
    assert set(table.SENTENCES_IN_FILES) <= set(table.SENTENCES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_is_refused_in_whole_sentences_without_english_inside(kind: str) -> None:
    for context in ({}, _Anything()):
        vi, en = table.sentence({"type": kind, "msg": MESSAGE, "ctx": context})
        assert vi.endswith(".")
        assert en.endswith(".")
        assert not english_in(vi, f"{en} {MESSAGE}"), vi
        assert "hãy" not in vi.lower()
        assert "{" not in vi + en


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_refused_in_ends_of_sentences(kind: str) -> None:
    more = dict.fromkeys(("key", "given", "known"), ("x1", "x1"))
    for context in ({}, _Anything()):
        for text in table.sentence_in_file({"type": kind, "msg": MESSAGE, "ctx": context}, **more):
            assert not text.endswith("."), text
            assert text[0] == text[0].lower(), text
            assert "{" not in text


def test_what_the_table_says_is_filled_in() -> None:
    error: dict[str, Any] = {"type": "greater_than", "msg": "…", "ctx": {"gt": 1000}}
    assert table.sentence(error)[0] == "Phải lớn hơn 1.000."
    assert table.sentence_in_file(error)[0] == "phải lớn hơn 1000"
    for pattern, (vi, en) in table.PATTERN_REMEDIES.items():
        wrong = {"type": "string_pattern_mismatch", "msg": "…", "ctx": {"pattern": pattern}}
        assert table.sentence_in_file(wrong) == (vi, en)
        assert table.sentence(wrong)[1] == f"Not in the right form: {en}."


def test_a_sentence_becomes_the_end_of_another_one() -> None:
    assert table.as_end("Not a day. Write it, e.g. 2020-06-11.") == (
        "not a day; write it, e.g. 2020-06-11"
    )


class _Anything(dict[str, Any]):
    """A context that has whatever is asked for."""

    def __init__(self) -> None:
        names = "gt ge lt le multiple_of min_length max_length actual_length max_digits"
        super().__init__(dict.fromkeys(names.split(), 1000))
        words = "expected expected_tags discriminator expected_schemes pattern error tag class"
        self.update(dict.fromkeys(words.split(), "'x1' or 'y2'"))
        self.update(dict.fromkeys(("decimal_places", "whole_digits"), 6))

"""What every event model keeps to: no contact data, personal data marked, every field explained."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from services.contracts.events import BY_TYPE, FACTS, Fact
from services.contracts.events.base import ExactDecimal, Text
from services.contracts.examples import example
from services.contracts.schema import PERSONAL_DATA, JsonSchema, published_schema

EVENTS = pytest.mark.parametrize("fact_type", FACTS, ids=lambda fact: fact.event)

CONTACT = re.compile(
    r"phone|mobile|telephone|fax|e?mail|address|street|workplace|contact"
    r"|dien_thoai|sdt|dia_chi|author|birth|id_card|cccd|cmnd"
)
SERVICES = {"submissions", "scoring", "notifications"}


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model that an annotation can hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation)
    for inner in get_args(annotation):
        yield from models(inner)


def described(schema: JsonSchema) -> Iterator[tuple[str, JsonSchema]]:
    for holder in (schema, *schema.get("$defs", {}).values()):
        yield from holder["properties"].items()


def test_each_event_has_a_type_and_a_class_of_its_own() -> None:
    assert len(FACTS) == len(BY_TYPE)
    assert len({fact.__name__ for fact in FACTS}) == len(FACTS)


@EVENTS
def test_no_event_has_a_field_for_a_phone_an_address_or_an_author(fact_type: type[Fact]) -> None:
    for model in models(fact_type):
        for name in model.model_fields:
            assert not CONTACT.search(name), f"{model.__name__}.{name} may not leave submissions"


def test_the_walk_finds_nested_models_and_would_find_a_phone() -> None:
    class Person(BaseModel):
        home_phone: str

    class Report(BaseModel):
        people: list[Person | None]

    assert [model.__name__ for model in models(Report)] == ["Report", "Person"]
    assert CONTACT.search("home_phone")


@EVENTS
def test_an_event_is_personal_exactly_if_one_of_its_fields_is(fact_type: type[Fact]) -> None:
    schema = published_schema(fact_type)
    marked = [name for name, field in described(schema) if field.get(PERSONAL_DATA)]
    assert bool(marked) == fact_type.sheet.personal


@EVENTS
def test_every_field_says_what_it_means(fact_type: type[Fact]) -> None:
    for name, field in described(published_schema(fact_type)):
        assert field.get("description", "").endswith("."), f"{fact_type.event}: {name}"


@EVENTS
def test_the_fact_sheet_is_complete_and_true(fact_type: type[Fact]) -> None:
    sheet = fact_type.sheet
    assert sheet.publisher in SERVICES
    assert sheet.key == fact_type.key_field
    assert sheet.when
    assert sheet.content
    assert sheet.never
    assert fact_type.__doc__


@EVENTS
def test_key_subject_and_moment_come_out_of_the_fact(fact_type: type[Fact]) -> None:
    fact = example(fact_type)
    assert fact.key
    assert fact.aggregate
    assert fact.moment.tzinfo is not None


@EVENTS
def test_a_fact_is_never_changed(fact_type: type[Fact]) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        example(fact_type).campaign = "other"  # type: ignore[misc]


@pytest.mark.parametrize("written", ["7.5", "-0.25", "0", "007", "12345678901234.123456", 7])
def test_a_decimal_is_exact(written: str | int) -> None:
    assert TypeAdapter(ExactDecimal).validate_python(written) == Decimal(written)


@pytest.mark.parametrize(
    "written", [7.5, True, None, "1e3", "7,5", ".5", "+7", "", "NaN", "Infinity", 10**14, "1_0"]
)
def test_what_is_not_a_plain_decimal_is_refused_with_the_remedy(written: object) -> None:
    with pytest.raises(ValidationError, match=r'write a decimal string like "7\.5"'):
        TypeAdapter(ExactDecimal).validate_python(written)


@pytest.mark.parametrize(
    "computed", [Decimal(1) / 3, Decimal("NaN"), Decimal("Infinity"), Decimal("1e20")]
)
def test_a_computed_decimal_is_rounded_before_it_is_published(computed: Decimal) -> None:
    with pytest.raises(ValidationError, match="at most 14 digits"):
        TypeAdapter(ExactDecimal).validate_python(computed)


def test_a_long_name_is_measured_in_letters_as_they_are_stored() -> None:
    typed_on_a_mac = "o\u0302\u0323" * 500
    assert TypeAdapter(Text).validate_python(typed_on_a_mac) == "ộ" * 500
    with pytest.raises(ValidationError, match="at most 500 characters"):
        TypeAdapter(Text).validate_python(typed_on_a_mac + "x")


@pytest.mark.parametrize("text", ["", "a\x00b", 7, None])
def test_a_text_that_cannot_be_stored_is_refused(text: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Text).validate_python(text)

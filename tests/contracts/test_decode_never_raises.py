"""Whatever lies on a topic is read or refused with a reason; nothing makes the decoder raise."""

import json
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.envelope import Event, Fact, Invalid, InvalidReason, decode
from services.contracts.events import BY_TYPE, FACTS
from services.contracts.examples import example_message
from tests.contracts.facts import data

NAMES = [name for name, _ in example_message(FACTS[0]).headers]
TYPES = [*(name.encode() for name in BY_TYPE), b"vn.gov.hanoi.thidua.essay-submitted.v2", b"x"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary().map(repr),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
FIELDS = sorted({field for fact in FACTS for field in fact.model_fields})


def assert_judged(result: object) -> None:
    assert isinstance(result, Event | Invalid)
    if isinstance(result, Invalid):
        assert result.reason in get_args(InvalidReason)
        assert len(result.detail) < 2000, "a reason is a header of the dead letter, not a dump"


@given(
    key=st.none() | st.binary(),
    headers=st.lists(st.tuples(st.sampled_from(NAMES) | st.text(), st.none() | st.binary())),
    value=st.none() | st.binary(),
)
def test_arbitrary_bytes_are_judged(
    key: bytes | None, headers: list[tuple[str, bytes | None]], value: bytes | None
) -> None:
    assert_judged(decode(key, headers, value))


@given(fact_type=st.sampled_from(FACTS), type_=st.sampled_from(TYPES), document=JSON)
def test_arbitrary_json_under_good_headers_is_judged(
    fact_type: type[Fact], type_: bytes, document: object
) -> None:
    message = example_message(fact_type)
    headers = [(name, type_ if name == "ce_type" else old) for name, old in message.headers]
    assert_judged(decode(message.key, headers, json.dumps(document).encode()))


@given(
    fact_type=st.sampled_from(FACTS),
    changes=st.dictionaries(st.sampled_from(FIELDS), JSON, min_size=1, max_size=3),
)
def test_a_good_message_with_wild_fields_is_judged(
    fact_type: type[Fact], changes: dict[str, Any]
) -> None:
    message = example_message(fact_type)
    value = json.dumps(json.loads(message.value) | changes).encode()
    assert_judged(decode(message.key, message.headers, value))


@given(
    fact_type=st.sampled_from(FACTS),
    name=st.sampled_from(NAMES),
    header=st.none() | st.binary() | st.text().map(str.encode),
)
def test_a_good_message_with_one_wild_header_is_judged(
    fact_type: type[Fact], name: str, header: bytes | None
) -> None:
    message = example_message(fact_type)
    headers = [(known, header if known == name else old) for known, old in message.headers]
    assert_judged(decode(message.key, headers, message.value))


@given(fact_type=st.sampled_from(FACTS), at=st.integers(0, 2000), byte=st.integers(0, 255))
def test_a_good_message_with_one_flipped_byte_is_judged(
    fact_type: type[Fact], at: int, byte: int
) -> None:
    message = example_message(fact_type)
    value = bytearray(message.value)
    value[at % len(value)] = byte
    assert_judged(decode(message.key, message.headers, bytes(value)))


@given(drawn=st.sampled_from(FACTS).flatmap(lambda fact: st.tuples(st.just(fact), data(fact))))
def test_whatever_the_schema_permits_the_model_reads(
    drawn: tuple[type[Fact], dict[str, Any]],
) -> None:
    fact_type, permitted = drawn
    fact_type.model_validate_json(json.dumps(permitted), strict=True)


def test_headers_of_no_sensible_shape_are_judged() -> None:
    for headers in (None, [()], [("ce_type",)], [(None, b"")], [("ce_type", "text")], 7):
        assert_judged(decode(b"k", headers, b"{}"))  # type: ignore[arg-type]

"""A fact goes into its envelope and comes out as it was; what is no event of ours says why."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given

from services.contracts.envelope import Event, Fact, Invalid, Message, decode, encode, uuid7
from services.contracts.events import FACTS, EssayJudged, EssaySubmitted, ObligationFulfilled
from services.contracts.examples import TRACEPARENT, example, example_message
from tests.contracts.facts import TRACEPARENTS, WALL_CLOCK, facts

NOW = datetime(2026, 11, 22, 8, 30, 0, 123456, tzinfo=UTC)


def read(message: Message) -> Event | Invalid:
    return decode(message.key, message.headers, message.value)


def with_header(message: Message, name: str, value: bytes | None) -> Event | Invalid:
    headers: list[tuple[str, bytes | None]] = [
        (known, value if known == name else old) for known, old in message.headers
    ]
    return decode(message.key, headers, message.value)


def without_header(message: Message, name: str) -> Event | Invalid:
    headers = [header for header in message.headers if header[0] != name]
    return decode(message.key, headers, message.value)


def with_data(message: Message, **fields: object) -> Event | Invalid:
    changed = json.loads(message.value) | fields
    return decode(message.key, message.headers, json.dumps(changed).encode())


def reason(result: Event | Invalid) -> str:
    assert isinstance(result, Invalid), f"it was read: {result}"
    assert result.detail
    return result.reason


@pytest.fixture
def message() -> Message:
    return example_message(EssaySubmitted)


@given(fact=facts(), now=WALL_CLOCK, traceparent=TRACEPARENTS)
def test_whatever_fact_is_encoded_is_read_back_the_same(
    fact: Fact, now: datetime, traceparent: str | None
) -> None:
    event_id, message = encode(fact, source="submissions", now=now, traceparent=traceparent)
    assert read(message) == Event(
        id=event_id,
        type=fact.ce_type(),
        source="submissions",
        subject=fact.aggregate,
        time=fact.moment,
        recordedtime=now,
        partitionkey=fact.key,
        traceparent=traceparent,
        dataschema=fact.dataschema(),
        data=fact,
    )


@pytest.mark.parametrize("fact_type", FACTS, ids=lambda fact: fact.event)
def test_the_example_of_every_event_is_a_message_that_is_read(fact_type: type[Fact]) -> None:
    event = read(example_message(fact_type))
    assert isinstance(event, Event)
    assert event.data == example(fact_type)
    assert event.traceparent == TRACEPARENT


def test_a_given_id_is_kept_and_a_new_one_is_a_uuid7_that_sorts_by_time() -> None:
    fact = example(EssaySubmitted)
    kept = UUID("018f2f6e-0000-7000-8000-000000000001")
    assert encode(fact, source="s", now=NOW, event_id=kept)[0] == kept
    ids = [uuid7(NOW + timedelta(milliseconds=step)) for step in range(50)]
    assert ids == sorted(ids)
    assert {(new.version, new.variant) for new in ids} == {(7, RFC_4122)}
    assert len({uuid7(NOW) for _ in range(1000)}) == 1000


def test_the_millisecond_of_an_id_can_be_read_from_it() -> None:
    assert uuid7(NOW).int >> 80 == 1795336200123


def test_the_key_is_the_unit_and_the_partition_key(message: Message) -> None:
    assert message.key == b"Q009"
    assert dict(message.headers)["ce_partitionkey"] == b"Q009"


def test_decimals_travel_as_strings_and_come_back_exact() -> None:
    fact = example(EssayJudged).model_copy(update={"mark": Decimal("86.10")})
    _, message = encode(fact, source="submissions", now=NOW)
    assert json.loads(message.value)["mark"] == "86.10"
    event = read(message)
    assert isinstance(event, Event)
    assert event.data == fact


def test_a_naive_clock_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="aware"):
        encode(example(EssaySubmitted), source="s", now=NOW.replace(tzinfo=None))


def test_a_fact_without_a_source_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="source"):
        encode(example(EssaySubmitted), source="", now=NOW)


# Every kind of poison, each under its word.


@pytest.mark.parametrize("value", [None, b""], ids=["null", "as FastStream hands it on"])
def test_a_tombstone_is_invalid(message: Message, value: bytes | None) -> None:
    assert reason(decode(message.key, message.headers, value)) == "tombstone"


ATTRIBUTES = [
    "ce_specversion",
    "ce_type",
    "ce_id",
    "ce_source",
    "ce_subject",
    "ce_time",
    "ce_recordedtime",
    "ce_partitionkey",
    "ce_dataschema",
]


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_null_header_is_named(message: Message, name: str) -> None:
    result = with_header(message, name, None)
    assert reason(result) == "null-header"
    assert isinstance(result, Invalid)
    assert name in result.detail


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_header_that_is_not_utf8_is_named(message: Message, name: str) -> None:
    result = with_header(message, name, b"\xff\xfe")
    assert reason(result) == "not-utf8"
    assert isinstance(result, Invalid)
    assert name in result.detail


def test_a_header_whose_name_is_not_utf8_is_refused_and_one_of_any_language_is_not(
    message: Message,
) -> None:
    def with_one_more(name: str) -> Event | Invalid:
        return decode(message.key, [*message.headers, (name, b"")], message.value)

    unreadable = with_one_more(b"tr\xe4ce".decode(errors="surrogateescape"))
    assert reason(unreadable) == "not-utf8"
    assert isinstance(unreadable, Invalid)
    assert "name" in unreadable.detail
    assert isinstance(with_one_more("dấu-vết-🏅"), Event)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_missing_attribute_is_named(message: Message, name: str) -> None:
    result = without_header(message, name)
    assert reason(result) == "missing-attribute"
    assert isinstance(result, Invalid)
    assert name in result.detail


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_specversion", b"0.3"),
        ("ce_id", b"42"),
        ("ce_id", b""),
        ("ce_source", b""),
        ("ce_subject", b""),
        ("ce_time", b"yesterday"),
        ("ce_time", b"2020-05-28"),
        ("ce_time", b"2020-05-28T09:12:00"),  # of which zone?
        ("ce_recordedtime", b"1590631920"),
        ("ce_partitionkey", b""),
        ("content-type", b"application/cloudevents+json"),
        ("content-type", b"application/jsonl"),
        ("content-type", b"text/xml"),
    ],
)
def test_a_malformed_attribute_is_refused(message: Message, name: str, value: bytes) -> None:
    assert reason(with_header(message, name, value)) == "bad-attribute"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_subject", b"6f1d3f5e-3f0a-4a63-9a52-7d2f6c9a0b12"),
        ("ce_time", b"2020-05-28T09:12:01+07:00"),
    ],
)
def test_an_attribute_that_disagrees_with_the_data_is_refused(
    message: Message, name: str, value: bytes
) -> None:
    assert reason(with_header(message, name, value)) == "bad-attribute"


@pytest.mark.parametrize("key", [None, b"", b"Q001", b"\xff"])
def test_a_message_under_another_unit_s_key_is_refused(message: Message, key: bytes | None) -> None:
    """It lies in a foreign partition, where another member of the group would work on the unit."""
    assert reason(decode(key, message.headers, message.value)) == "bad-attribute"


def test_data_about_another_unit_than_the_key_is_refused(message: Message) -> None:
    assert reason(with_data(message, unit="Q001")) == "bad-attribute"


def test_an_unknown_type_differs_from_a_future_version(message: Message) -> None:
    unknown = with_header(message, "ce_type", b"vn.gov.hanoi.thidua.essay-sung.v1")
    future = with_header(message, "ce_type", b"vn.gov.hanoi.thidua.essay-submitted.v2")
    foreign = with_header(message, "ce_type", b"com.example.essay-submitted.v2")
    zeroth = with_header(message, "ce_type", b"vn.gov.hanoi.thidua.essay-submitted.v0")
    assert [reason(one) for one in (unknown, future, foreign, zeroth)] == [
        "unknown-type",
        "future-version",
        "unknown-type",
        "unknown-type",
    ]


@pytest.mark.parametrize(
    "value",
    [
        b"{",
        b"not json",
        b'{"campaign": "hanoi-2020"',
        b"\xff\xfe\x00",
        b"[" * 5000,
        b'{"a":"\xc3"}',
    ],
)
def test_broken_json_differs_from_bad_data(message: Message, value: bytes) -> None:
    assert reason(decode(message.key, message.headers, value)) == "bad-json"


@pytest.mark.parametrize("value", [b"null", b"7", b"[]", b'"essay"', b"{}", b"NaN"])
def test_json_that_is_no_object_of_ours_is_bad_data(message: Message, value: bytes) -> None:
    assert reason(decode(message.key, message.headers, value)) == "bad-data"


@pytest.mark.parametrize(
    "points", [86.5, 1e400, float("nan"), True, "86,5", "1e3", "NaN", "9" * 15, "1." + "0" * 7, ""]
)
def test_points_that_are_not_a_plain_decimal_string_are_bad_data(points: object) -> None:
    assert reason(with_data(example_message(EssayJudged), mark=points)) == "bad-data"


@pytest.mark.parametrize(("digits", "word"), [(400, "bad-data"), (50_000, "bad-json")])
def test_a_number_of_many_digits_is_refused(digits: int, word: str) -> None:
    message = example_message(EssayJudged)
    value = message.value.replace(b'"86.5"', b"9" * digits)
    assert value != message.value
    assert reason(decode(message.key, message.headers, value)) == word


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", "2"),
        ("version", 0),
        ("version", 2**31),
        ("days_late", 3.5),
        ("fulfilled_at", 1594540800),
        ("fulfilled_at", "2020-07-12T16:00:00"),
        ("counted_day", "12/07/2020"),
        ("by", "Magic!"),
        ("obligation", None),
        ("simulated", "yes"),
    ],
)
def test_data_is_read_as_strictly_as_its_schema_says(field: str, value: object) -> None:
    result = with_data(example_message(ObligationFulfilled), **{field: value})
    assert reason(result) == "bad-data"
    assert isinstance(result, Invalid)
    assert f"/{field}" in result.detail


def test_the_reason_never_repeats_the_data(message: Message) -> None:
    """Dead letters and logs show it, and the data may name a person."""
    bad = {"kind": "Tên mô phỏng", "name": {"full": "Tên mô phỏng"}}
    result = with_data(message, exemplar=bad, title=["Tên mô phỏng"])
    assert isinstance(result, Invalid)
    assert "mô phỏng" not in result.detail


def test_of_many_faults_a_few_are_listed(message: Message) -> None:
    result = decode(message.key, message.headers, b"{}")
    assert isinstance(result, Invalid)
    assert result.detail.count("Field required") == 5
    assert "more" in result.detail


# What must not be refused.


def test_headers_and_fields_of_the_future_are_ignored(message: Message) -> None:
    headers = [*message.headers, ("ce_newthing", b"\xff"), ("x-proxy", None), ("", b"")]
    value = json.dumps(json.loads(message.value) | {"new_field": [1.5, None]}).encode()
    event = decode(message.key, headers, value)
    assert isinstance(event, Event)
    assert event.data == example(EssaySubmitted)


@pytest.mark.parametrize(
    "trace", [b"", b"garbage", b"00-" + b"0" * 32 + b"-b7ad6b7169203331-01", b"ff" + b"-0" * 3]
)
def test_a_malformed_trace_is_dropped_and_the_event_is_read(message: Message, trace: bytes) -> None:
    event = with_header(message, "ce_traceparent", trace)
    assert isinstance(event, Event)
    assert event.traceparent is None


@pytest.mark.parametrize("media_type", [b"application/json; charset=utf-8", b"Application/JSON"])
def test_the_media_type_may_have_parameters(message: Message, media_type: bytes) -> None:
    assert isinstance(with_header(message, "content-type", media_type), Event)


def test_json_is_the_media_type_where_none_is_named(message: Message) -> None:
    assert isinstance(without_header(message, "content-type"), Event)


@pytest.mark.parametrize("written", [b"2020-05-28T02:12:00Z", b"2020-05-27T21:12:00.000-05:00"])
def test_the_same_instant_may_be_written_with_another_offset(
    message: Message, written: bytes
) -> None:
    assert isinstance(with_header(message, "ce_time", written), Event)


def mac_spelling(text: str) -> str:
    return text.replace("ộ", "ô\u0323")


@pytest.mark.parametrize("respell", [mac_spelling, str.strip, lambda text: f"  {text}\n"])
def test_a_name_is_one_name_however_it_was_typed(respell: Callable[[str], str]) -> None:
    message = example_message(EssaySubmitted)
    event = with_data(message, title=respell("Hội thảo"))
    assert isinstance(event, Event)
    assert isinstance(event.data, EssaySubmitted)
    assert event.data.title == "Hội thảo"

"""The `cloudevents` package is the judge of our envelope: each reads what the other wrote."""

import json
from datetime import datetime

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event, to_binary_event
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given

from services.contracts.envelope import Event, Fact, decode, encode
from services.contracts.events import FACTS
from services.contracts.examples import example, example_message
from tests.contracts.facts import TRACEPARENTS, WALL_CLOCK, facts


def judged(key: bytes, headers: list[tuple[str, bytes]], value: bytes) -> CloudEvent:
    names = [name for name, _ in headers]
    assert len(names) == len(set(names)), "an attribute is written once"
    event = from_kafka_event(KafkaMessage(headers=dict(headers), key=key, value=value))
    assert isinstance(event, CloudEvent)
    return event


@given(fact=facts(), now=WALL_CLOCK, traceparent=TRACEPARENTS)
def test_the_library_reads_what_we_write(
    fact: Fact, now: datetime, traceparent: str | None
) -> None:
    event_id, message = encode(fact, source="scoring", now=now, traceparent=traceparent)
    event = judged(message.key, message.headers, message.value)
    assert event.get_id() == str(event_id)
    assert event.get_type() == fact.ce_type()
    assert event.get_source() == "scoring"
    assert event.get_specversion() == "1.0"
    assert event.get_subject() == fact.aggregate
    assert event.get_time() == fact.moment
    assert event.get_datacontenttype() == "application/json"
    assert event.get_dataschema() == fact.dataschema()
    assert event.get_extension("partitionkey") == fact.key
    assert datetime.fromisoformat(event.get_extension("recordedtime")) == now
    assert event.get_extension("traceparent") == traceparent
    assert event.get_data() == json.loads(message.value)


@pytest.mark.parametrize("fact_type", FACTS, ids=lambda fact: fact.event)
def test_we_read_what_the_library_writes(fact_type: type[Fact]) -> None:
    message = example_message(fact_type)
    theirs = to_binary_event(judged(message.key, message.headers, message.value))
    assert isinstance(theirs.key, str | bytes)
    key = theirs.key.encode() if isinstance(theirs.key, str) else theirs.key
    event = decode(key, list(theirs.headers.items()), theirs.value)
    assert isinstance(event, Event), event
    assert event == decode(message.key, message.headers, message.value)
    assert event.data == example(fact_type)


def test_the_library_says_the_headers_that_we_say() -> None:
    message = example_message(FACTS[0])
    theirs = to_binary_event(judged(message.key, message.headers, message.value))
    assert theirs.headers == dict(message.headers)

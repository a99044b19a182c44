"""A message that was set aside is, when it is tried again, the message that was refused."""

from uuid import uuid4

from hypothesis import example, given
from hypothesis import strategies as st

from services.chassis.broker.header_names import from_raw, raw
from services.chassis.dead_letters.letter import (
    Failure,
    OriginalMessage,
    dead_letter,
    event_id_of,
    original,
)
from services.chassis.storage.outbox import Headers, Outgoing, decode_headers, encode_headers

OURS = ("dl_id", "dl_topic", "dl_offset", "dl_null_key", "dl_name_0", "dl_name_x")
names = st.one_of(
    st.binary(max_size=300).map(from_raw),  # whatever a broker takes
    st.text(max_size=20),
    st.sampled_from([*OURS, "ce_id", "", r"tr\xe4ce\xff"]),
)
values = st.none() | st.binary(max_size=40)
records = st.builds(
    OriginalMessage,
    topic=st.from_regex(r"[a-zA-Z0-9._-]{1,60}", fullmatch=True),
    partition=st.integers(0, 2**31 - 1),
    offset=st.integers(0, 2**63 - 1),
    timestamp=st.integers(-1, 2**62),
    key=values,
    value=values,
    headers=st.lists(st.tuples(names, values), max_size=12),
)
BAD = from_raw(b"tr\xe4ce\xff")


def letter_of(record: OriginalMessage) -> Outgoing:
    failure = Failure("bad-json", "somebody's")
    return dead_letter(record, failure, topic="thidua.dead-letter.scoring", attempt=1)


@given(records)
@example(OriginalMessage("t", 0, 0, 0, None, None, [(BAD, b"x"), ("dl_id", None)]))
@example(OriginalMessage("t", 0, 0, 0, b"", None, [(from_raw(b"\xff" * 900), b"")] * 3))
def test_what_comes_back_is_what_was_set_aside(record: OriginalMessage) -> None:
    letter = letter_of(record)
    kept = decode_headers(encode_headers(letter.headers))  # as the database has it
    assert [raw(name).decode() for name, _ in kept] == [name for name, _ in letter.headers]
    stored = Outgoing(
        letter.event_id, letter.topic, letter.key, kept, letter.value, letter.recorded_at
    )
    assert original(stored) == record


@given(records)
def test_a_letter_has_room_where_its_message_had(record: OriginalMessage) -> None:
    more = size(letter_of(record).headers) - size(record.headers)
    a_name_as_text = 4 * 100 + len("dl_name_00")
    assert more <= 1000 + len(record.headers) * a_name_as_text


def test_the_event_of_a_letter_is_the_one_that_decoding_sees() -> None:
    first, last = uuid4(), uuid4()
    twice = [("ce_id", str(one).encode()) for one in (first, last)]
    assert event_id_of(twice) == last
    assert event_id_of([*twice, ("ce_id", None)]) is None
    assert event_id_of([*twice, ("ce_id", b"\xff")]) is None
    assert event_id_of([]) is None


@given(st.text(max_size=80))
def test_why_it_was_set_aside_is_text_that_can_be_stored_and_printed(text: str) -> None:
    failure = Failure(text, text)
    assert failure.detail.isprintable()
    assert failure == Failure(failure.cause, failure.detail)
    if text.isprintable():
        assert failure.detail == text


def size(headers: Headers) -> int:
    return sum(len(raw(name)) + len(value or b"") for name, value in headers)

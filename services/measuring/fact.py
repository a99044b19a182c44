"""An event as it is counted: without names of people, with the id of its record."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import to_builtins

from services.contracts.campaign.report_kinds import ANSWER
from services.contracts.envelope import Event
from services.contracts.events import FACTS, ReportSubmitted, UnitFact
from services.contracts.personal import personal_fields
from services.measuring.records import KnownFact, record_id

_OF_UNITS = tuple(fact for fact in FACTS if issubclass(fact, UnitFact))

decode_fields = msgspec.json.Decoder(dict[str, Any]).decode

_EXCLUDED = {fact: dict(personal_fields(fact)) or None for fact in _OF_UNITS}
_JSON = {fact: fact.__pydantic_serializer__.to_json for fact in _OF_UNITS}
"""What `model_dump_json` calls, without its options: it is called for every event."""
_HAS_UUID = {
    fact
    for fact in _OF_UNITS
    if fact.aggregate_field in fact.model_fields
    and fact.model_fields[fact.aggregate_field].annotation is UUID
}
"""Types whose aggregate is a UUID, which then names the record."""


Row = tuple[str, str, str, str, str]
"""A fact as it is stored: unit, record, event id, event and its data as JSON."""


def row_of(event: Event) -> Row:
    """What is kept of an event. Raises TypeError for one that is not about a unit."""
    data = event.data
    if not isinstance(data, UnitFact):
        raise TypeError(f"{event.type} is not about a unit")
    kind = type(data)
    text = _JSON[kind](data, exclude=_EXCLUDED[kind]).decode()
    record = event.subject
    if kind not in _HAS_UUID:
        record = record_id(data.campaign, data.unit, record)
    return (data.unit, record, to_builtins(event.id), data.event, text)


def known(row: Row) -> KnownFact:
    """A fact as it is counted: today from the row that is being stored, in ten years from the one
    that is read, and both are the same."""
    unit, record, id_, event, data = row
    fields = decode_fields(data)
    if event == ReportSubmitted.event:
        fields |= _answers(fields["answers"])
    return KnownFact(id_, event, unit, record, fields)


def _answers(answers: dict[str, Any]) -> dict[str, Any]:
    """Each answer of a report as a field of the fact, `answers.households`, as rules name it; of a
    document its number."""
    return {
        f"{ANSWER}{name}": answer["number"] if isinstance(answer, dict) else answer
        for name, answer in answers.items()
    }

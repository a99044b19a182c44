"""An event as scoring keeps it: without names of people, with the id of its record."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from msgspec import to_builtins
from pydantic import BaseModel

from services.contracts.envelope import Event
from services.contracts.events import UnitFact
from services.scoring.engine.records import KnownFact, record_id
from services.scoring.events import TAKES

decode_fields = msgspec.json.Decoder(dict[str, Any]).decode


def _without_names(model: type[BaseModel]) -> dict[str, Any]:
    """Pydantic's `exclude` for the fields that hold names of people."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, Mapping) and extra.get("x-personal-data"):
            found[name] = True
            continue
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            names = _without_names(inner)
            if names:
                found[name] = names
    return found


_EXCLUDED = {fact: _without_names(fact) or None for fact in TAKES}
_JSON = {fact: fact.__pydantic_serializer__.to_json for fact in TAKES}
"""What `model_dump_json` calls, without its options: it is called for every event."""
_HAS_UUID = {
    fact
    for fact in TAKES
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
    return KnownFact(id_, event, unit, record, decode_fields(data))

"""An event as scoring keeps it: without names of people, with the id of its record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
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


class ReceivedFact(msgspec.Struct, frozen=True):
    """A fact and the JSON text under which it is stored."""

    fact: KnownFact
    campaign: str
    recorded_at: datetime
    """Wall clock at which the publisher recorded it."""
    data: str


def received(event: Event) -> ReceivedFact:
    """What is kept of an event. Its data are read back from the text that is stored, so that what
    is counted today and what is counted again in ten years is the same."""
    said = event.data
    if not isinstance(said, UnitFact):
        raise TypeError(f"{event.type} is not about a unit")
    data = said.model_dump_json(exclude=_EXCLUDED[type(said)])
    aggregate = getattr(said, said.aggregate_field)
    fact = KnownFact(
        id=event.id,
        event=said.event,
        unit=said.unit,
        record=record_id(said.campaign, said.unit, aggregate),
        version=said.version,
        time=event.time,
        fields=decode_fields(data),
    )
    return ReceivedFact(fact, said.campaign, event.recordedtime, data)

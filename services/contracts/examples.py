"""One example of each event, from its fact sheet: what the published documents show."""

import json
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from services.contracts.envelope import Message, encode
from services.contracts.events import Fact

# The example of the W3C Trace Context recommendation.
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_WRITTEN_AFTER = timedelta(milliseconds=120)


def example(fact_type: type[Fact]) -> Fact:
    """The example as a fact."""
    return fact_type.model_validate(dict(fact_type.sheet.example))


def example_data(fact_type: type[Fact]) -> dict[str, Any]:
    """The example as JSON data, with every field, as it would be on the wire."""
    data: dict[str, Any] = json.loads(example(fact_type).model_dump_json())
    return data


def example_message(fact_type: type[Fact]) -> Message:
    """The example as a message, the same each time it is made."""
    fact = example(fact_type)
    _, message = encode(
        fact,
        source=fact_type.sheet.publisher,
        now=fact.moment + _WRITTEN_AFTER,
        traceparent=TRACEPARENT,
        event_id=uuid5(NAMESPACE_URL, fact_type.dataschema()),
    )
    return message

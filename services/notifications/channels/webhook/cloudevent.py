"""An event as CloudEvents JSON (structured mode), the body of a webhook. Pure."""

import json
from datetime import UTC

from services.contracts.envelope import Event


def structured(event: Event) -> str:
    """CloudEvents 1.0, JSON Event Format, with the same attributes as on Kafka.

    The same event gives the same text: over all attempts the bytes stay the same.
    """
    attributes: dict[str, object] = {
        "specversion": "1.0",
        "id": str(event.id),
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "time": event.data.moment.isoformat(),  # as on Kafka, with the offset it was written with
        "recordedtime": event.recordedtime.astimezone(UTC).isoformat(),
        "partitionkey": event.partitionkey,
        "dataschema": event.dataschema,
        "datacontenttype": "application/json",
    }
    if event.traceparent:
        attributes["traceparent"] = event.traceparent
    attributes["data"] = event.data.model_dump(mode="json")
    return json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))

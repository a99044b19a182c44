"""An event as CloudEvents JSON (structured mode), the body of a webhook. Pure."""

import json
from datetime import datetime

from services.contracts.envelope import Event

MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"


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
        "time": _rfc3339(event.time),
        "recordedtime": _rfc3339(event.recordedtime),
        "partitionkey": event.partitionkey,
        "dataschema": event.dataschema,
        "datacontenttype": "application/json",
    }
    if event.traceparent:
        attributes["traceparent"] = event.traceparent
    attributes["data"] = event.data.model_dump(mode="json")
    return json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat()

"""faust-streaming with tables: facts seen and points of a unit, in memory with changelog topics.

It promises at least once: tables and offsets are committed apart from each other, so a crash
between them counts facts twice or drops them from the table. Tables are read by this application
only, and read back from their changelogs at a start; a bad message is skipped after a log line.
"""

from typing import Any

import faust
import uvloop
from progress import Progress, job


def main(asked: dict[str, Any]) -> faust.App:
    """The application."""
    progress = Progress(asked["count"])
    app = faust.App(
        asked["group"],
        broker=f"kafka://{asked['bootstrap']}",
        store="memory://",
        datadir=asked["directory"],
        topic_partitions=asked["partitions"],
        topic_replication_factor=1,
        topic_allow_declare=True,
        consumer_auto_offset_reset="earliest",
        value_serializer="json",
        key_serializer="raw",
        web_enabled=False,
    )
    seen = app.Table("facts", partitions=asked["partitions"])
    points = app.Table("points", default=float, partitions=asked["partitions"])

    @app.agent(app.topic(*asked["topics"], value_serializer="json", key_serializer="raw"))
    async def take(stream: Any) -> None:
        async for event in stream.events():
            event_id = dict(event.headers)["ce_id"].decode()
            unit, fact = event.key.decode(), event.value
            if event_id not in seen:
                seen[event_id] = fact
                points[unit] += float(fact.get("mark") or 1)
            progress.add(1)

    return app


if __name__ == "__main__":
    uvloop.install()
    application = main(job())
    faust.Worker(application, loglevel="ERROR", redirect_stdouts=False).execute_from_commandline()

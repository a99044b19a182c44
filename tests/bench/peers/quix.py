"""Quix Streams with state and changelog: facts seen and points of a unit in RocksDB.

Each fact is kept under its id, so that it counts once; points are added up by key. It promises that
state and offsets are committed together every few seconds, state first: after a crash facts since
then come again, and are known by their ids as far as the changelog got. The state is read by this
application only: no SQL, no second reader; a bad message stops it; no rules, no dead letters.
"""

from functools import reduce
from typing import Any

from progress import Progress, job
from quixstreams import Application
from quixstreams.dataframe import StreamingDataFrame
from quixstreams.state import State


def main(asked: dict[str, Any]) -> None:
    """Until it is killed."""
    progress = Progress(asked["count"])
    app = Application(
        broker_address=asked["bootstrap"],
        consumer_group=asked["group"],
        auto_offset_reset="earliest",
        state_dir=asked["directory"],
        use_changelog_topics=True,
        commit_every=asked.get("commit_every", 0),  # 0: by time alone, every 5 s
        loglevel="ERROR",
    )
    facts = reduce(
        StreamingDataFrame.concat,
        (
            app.dataframe(app.topic(name, key_deserializer="str", value_deserializer="json"))
            for name in asked["topics"]
        ),
    )

    def take(
        fact: dict[str, Any], key: str, _time: int, headers: list[Any], state: State
    ) -> dict[str, Any] | None:
        event_id = dict(headers)["ce_id"].decode()
        progress.add(1)
        if state.exists(event_id):
            return None
        state.set(event_id, fact)
        total = state.get("points", 0.0) + float(fact.get("mark") or 1)
        state.set("points", total)
        return {"unit": key, "points": total}

    facts.apply(take, stateful=True, metadata=True)
    app.run()


if __name__ == "__main__":
    main(job())

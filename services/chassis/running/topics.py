"""Whether the topics exist that a service reads and writes. They are made by `thidua topics`."""

from collections.abc import Sequence

from services.chassis.broker.topic_admin import missing_topics
from services.chassis.loops.loop import Loop
from services.chassis.settings import SharedSettings

_EVERY_S = 60.0
_WHILE_MISSING_S = 3.0


class TopicWatch:
    """Looks for the topics now and then. `loop` is what the process runs."""

    def __init__(self, settings: SharedSettings, topics: Sequence[str]) -> None:
        self.loop = Loop("topics", self._tick, every_s=_EVERY_S)
        self._settings = settings
        self._topics = topics
        self._missing: list[str] | None = None

    def degraded(self) -> str | None:
        """Which topics are missing."""
        if self._missing is None:
            return "not known yet"
        return f"missing: {', '.join(self._missing)}" if self._missing else None

    async def _tick(self) -> float | None:
        self._missing = await missing_topics(self._settings, self._topics)
        return _WHILE_MISSING_S if self._missing else None

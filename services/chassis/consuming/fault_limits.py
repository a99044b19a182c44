"""The limits that stop a bad deploy before it empties a topic into the dead letters.

Two, because they see different things: a run finds a consumer that refuses everything, a share one
that refuses every tenth message. Pure: the state is replaced when a batch is committed.
"""

from dataclasses import dataclass
from math import ceil

from services.chassis.consuming.judgement import Judged, TooManyDeadLettersError


@dataclass(frozen=True, slots=True)
class Recent:
    """What became of the last messages of one consumer since it started."""

    run: int = 0
    """Dead letters in a row, up to now."""
    seen: int = 0
    """Messages judged. Those of other campaigns are none."""
    places: tuple[int, ...] = ()
    """Which of them were set aside, as far as they lie in the window."""


@dataclass(frozen=True, slots=True)
class FaultLimits:
    """How much of what is read may be set aside."""

    run: int
    """So many in a row are too many."""
    share: float
    """This share of the window is too much."""
    window: int
    """Messages."""

    def after(self, recent: Recent, judged: Judged) -> Recent:
        """The state after a batch. Raises TooManyDeadLettersError where a limit is reached in it.

        What is of another campaign counts for nothing, and ends no run.
        """
        run, seen, places = recent.run, recent.seen, list(recent.places)
        if not judged.faults:
            return Recent(0 if judged.events else run, seen + len(judged.events), recent.places)
        most = ceil(self.share * self.window)
        for index in range(len(judged.records)):
            if index in judged.others:
                continue
            seen += 1
            fault = judged.faults.get(index)
            if fault is None:
                run = 0
                continue
            run += 1
            places = [place for place in places if place > seen - self.window] + [seen]
            last = f"the last: {fault.cause} {fault.detail}"
            if run >= self.run:
                raise TooManyDeadLettersError(f"{run} in a row, {last}")
            if len(places) >= most:
                raise TooManyDeadLettersError(f"{len(places)} of {self.window} messages, {last}")
        return Recent(run, seen, tuple(places))

    def share_of(self, recent: Recent) -> float:
        """Which part of the window was set aside; a window that is not full counts as if it was."""
        inside = sum(place > recent.seen - self.window for place in recent.places)
        return inside / self.window

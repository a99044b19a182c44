"""The limits that stop a bad deploy before it empties a topic into the dead letters.

Two, because they see different things: a run finds a consumer that refuses everything, a share one
that refuses every tenth message. Pure: the state is replaced when a batch is committed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from services.chassis.consuming.classify import Classified


class TooManyDeadLettersError(Exception):
    """So many in a row, or of the last ones, that the consumer is more likely wrong than they."""


@dataclass(frozen=True, slots=True)
class Recent:
    """What became of the last messages of one consumer since it started."""

    run: int = 0
    """Dead letters in a row, up to now."""
    seen: int = 0
    """Messages classified. Known dead letters are none."""
    places: tuple[int, ...] = ()
    """Which of them were set aside, as far as they lie in the window."""


@dataclass(frozen=True, slots=True)
class FaultLimits:
    """How much of what is read may be set aside."""

    run: int
    """So many in a row are too many."""
    share: float
    """This share of the window is too much; 1: none is, and the run alone is a limit."""
    window: int
    """Messages."""

    def after(self, recent: Recent, batch: Classified, known: Collection[int]) -> Recent:
        """The state after a batch. Raises TooManyDeadLettersError where a limit is reached in it.

        `known` ones, those that were set aside before, count for nothing and end no run: people
        know of them, and a topic that is read a second time would stop at them for ever.
        """
        run, seen, places = recent.run, recent.seen, list(recent.places)
        if not batch.failures:
            return Recent(0 if batch.events else run, seen + len(batch.events), recent.places)
        most = ceil(Fraction(str(self.share)) * self.window)  # 7 % of 100 are 7, not 7.000…1
        for index, record in enumerate(batch.records):
            if index in known:
                continue
            seen += 1
            failure = batch.failures.get(index)
            if failure is None:
                run = 0
                continue
            run += 1
            places = [place for place in places if place > seen - self.window] + [seen]
            if run >= self.run:
                what = f"{run} dead letters in a row (dead_letter_run_limit)"
            elif self.share < 1 and len(places) >= most:
                of = min(seen, self.window)
                what = f"{len(places)} dead letters in {of} messages (dead_letter_share_limit)"
            else:
                continue
            place = f"{record.topic}:{record.partition}:{record.offset}"
            raise TooManyDeadLettersError(
                f"{what}, the last: {failure.cause} {failure.detail} at {place}"
            )
        return Recent(run, seen, tuple(places))

    def share_of(self, recent: Recent) -> float:
        """Which part of the window was set aside; a window that is not full counts as if it was."""
        inside = sum(place > recent.seen - self.window for place in recent.places)
        return inside / self.window

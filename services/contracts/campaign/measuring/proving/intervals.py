"""Intervals of numbers with exact ends, and which numbers of a range they leave out.

An end is a cut between numbers, just before one or just after it: so open and closed ends compare
without cases, and over whole numbers "2 or less" and "3 or more" touch.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from services.contracts.wording import plain

INFINITY = Decimal("Infinity")


class Cut(NamedTuple):
    """A place between numbers: just before `at`, or just after it."""

    at: Decimal
    after: bool = False


LOWEST, HIGHEST = Cut(-INFINITY), Cut(INFINITY)


class Interval(NamedTuple):
    """The numbers between two cuts; none where the first is not below the second."""

    low: Cut = LOWEST
    high: Cut = HIGHEST

    @property
    def is_empty(self) -> bool:
        """Whether no number lies in it."""
        return self.low >= self.high

    def common(self, other: "Interval") -> "Interval":
        """The numbers that lie in both."""
        return Interval(max(self.low, other.low), min(self.high, other.high))

    @property
    def some(self) -> Decimal:
        """A number in it, where it is not empty."""
        low, high = self.low.at, self.high.at
        if low.is_finite() and not self.low.after:
            return low
        if high.is_finite() and self.high.after:
            return high
        if low.is_finite() and high.is_finite():
            return (low + high) / 2
        if low.is_finite():
            return low + 1
        return high - 1 if high.is_finite() else Decimal(0)


def between(
    *,
    at_least: Decimal | None = None,
    more_than: Decimal | None = None,
    at_most: Decimal | None = None,
    less_than: Decimal | None = None,
) -> Interval:
    """The numbers that keep to all bounds that are given."""
    lows = [LOWEST]
    highs = [HIGHEST]
    if at_least is not None:
        lows.append(Cut(at_least))
    if more_than is not None:
        lows.append(Cut(more_than, after=True))
    if at_most is not None:
        highs.append(Cut(at_most, after=True))
    if less_than is not None:
        highs.append(Cut(less_than))
    return Interval(max(lows), min(highs))


EVERYTHING = Interval()


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a number can be: anything in an interval, or the multiples of a step in it."""

    within: Interval = EVERYTHING
    step: Decimal | None = None

    def inside(self, interval: Interval) -> Interval:
        """The part of the interval that such a number can lie in."""
        common = self.within.common(interval)
        if self.step is None:
            return common
        return Interval(_next(common.low, self.step), _next(common.high, self.step))

    def words(self, interval: Interval) -> str:
        """A part of what the number can be, as people write it: `50 < x < 75`, `x = 3, 4`."""
        low, high = interval
        if self.step is not None and low.at.is_finite() and high.at.is_finite():
            first, last = low.at, high.at - self.step
            if first == last:
                return f"x = {plain(first)}"
            return f"x = {plain(first)}{', ' if last - first == self.step else ' … '}{plain(last)}"
        if low.at == high.at:
            return f"x = {plain(low.at)}"
        if self.step is not None and high.at.is_finite():
            return f"x ≤ {plain(high.at - self.step)}"
        before = f"{plain(low.at)} {'<' if low.after else '≤'} " if low.at.is_finite() else ""
        after = f" {'≤' if high.after else '<'} {plain(high.at)}" if high.at.is_finite() else ""
        if before and not after:
            return f"x {'>' if low.after else '≥'} {plain(low.at)}"
        return f"{before}x{after}"

    def down(self, value: Decimal) -> Decimal:
        """The value, or the multiple of the step below it."""
        return value if self.step is None else _multiple(value, self.step, ROUND_FLOOR)

    def up(self, value: Decimal) -> Decimal:
        """The value, or the multiple of the step above it."""
        return value if self.step is None else _multiple(value, self.step, ROUND_CEILING)


ANY_NUMBER = Numbers()
WHOLE_FROM_0 = Numbers(between(at_least=Decimal(0)), step=Decimal(1))


def _multiple(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    if not value.is_finite():
        return value
    return (value / step).to_integral_value(rounding) * step


def _next(cut: Cut, step: Decimal) -> Cut:
    """The cut before the first multiple that lies behind it: no multiple lies between the two."""
    at = _multiple(cut.at, step, ROUND_CEILING)
    return Cut(at + step if cut.after and at == cut.at else at)

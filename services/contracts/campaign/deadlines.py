"""The arithmetic of deadlines, in the campaign's local days.

"trước ngày D" is strictly before D: the last day is the day before. "vào ngày D" is on or
before D: the last day is D itself (domain words of Notice 251/BTĐ-NV2). "trong vòng 15 ngày sau
Hội nghị" has no last day until the conference took place.
"""

from datetime import date as Day  # noqa: N812  # `date` is the name of a field that people write
from datetime import datetime, time, timedelta
from typing import Annotated, Final, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import Discriminator, Field, Tag

from services.contracts.campaign.base import CampaignModel, LocalDay
from services.contracts.events.base import ObligationId

UNKNOWN_DAY: Final = Day.max
"""A last day that is not known yet, where there must be one: behind every other day. It is what
facts carry then, and PostgreSQL's `infinity`."""


def start_of(day: Day, zone: ZoneInfo) -> datetime:
    """The instant at which the local day begins (00:00 local)."""
    return datetime.combine(day, time.min, tzinfo=zone)


def local_day(moment: datetime, zone: ZoneInfo) -> Day:
    """The local day of an aware instant; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        msg = "an instant needs its offset: a naive datetime has no local day"
        raise ValueError(msg)
    return moment.astimezone(zone).date()


def days_late(counted_day: Day, last_day: Day) -> int:
    """Whole local days after the last day; 0 when in time, never negative."""
    return max(0, (counted_day - last_day).days)


class Deadline(CampaignModel):
    """A day, and whether that day itself is still good."""

    date: LocalDay
    included: bool = Field(
        description='false for "trước ngày D" (before D), true for "vào ngày D" (on or before D).'
    )

    @property
    def last_day(self) -> Day:
        """The last local day on which it is still in time."""
        return self.date if self.included else self.date - timedelta(days=1)

    def closes_at(self, zone: ZoneInfo) -> datetime:
        """The instant at which it is over: 00:00 local of the day after the last day."""
        return start_of(self.last_day + timedelta(days=1), zone)


class Span(Deadline):
    """A deadline of an option, where it does not take what was done at any time."""

    from_: LocalDay | None = Field(
        default=None,
        alias="from",
        description="First local day on which what is done counts; absent: whenever it was done.",
    )
    late_until: LocalDay | None = Field(
        default=None,
        description="Last local day on which what is done still counts, as late; absent: until the"
        " campaign closes.",
    )

    @property
    def is_span(self) -> bool:
        """Whether there are days on which what is done does not count."""
        return self.from_ is not None or self.late_until is not None

    def has(self, day: Day) -> bool:
        """Whether what was done on that local day counts, in time or late. What is in time by a
        day that a document moved counts in any case."""
        if self.from_ is not None and day < self.from_:
            return False
        return self.late_until is None or day <= max(self.late_until, self.last_day)


class DueAfter(CampaignModel):
    """Some days after the unit fulfilled another obligation; there is no last day until then."""

    days: int = Field(
        ge=0, le=366, description="The last day comes this many days after the day that counts."
    )
    after: ObligationId = Field(description="Of which obligation of the same unit, by its id.")

    @property
    def last_day(self) -> None:
        """Not known yet."""
        return None

    def deadline(self, happened: Day, closes: Day) -> Deadline:
        """The deadline by the day that counted there; nothing is accepted after `closes`."""
        last_day = min(happened + timedelta(days=self.days), closes)
        return Deadline(date=last_day, included=True)


def _kind_of_due(value: object) -> str:
    keys = value if isinstance(value, dict) else ()
    after = isinstance(value, DueAfter) or "after" in keys or "days" in keys
    return (DueAfter if after else Span).__name__


Due: TypeAlias = Annotated[
    Annotated[Span, Tag(Span.__name__)] | Annotated[DueAfter, Tag(DueAfter.__name__)],
    Discriminator(_kind_of_due),
]
"""Until when an option is open: a day, or some days after another obligation was fulfilled."""


def moved_to(due: Span | DueAfter, to: Deadline | DueAfter) -> Span | DueAfter:
    """The deadline of an option under another one: its first day stays, and that for what is late
    too."""
    if isinstance(to, DueAfter):
        return to
    first, late = (due.from_, due.late_until) if isinstance(due, Span) else (None, None)
    return Span(from_=first, date=to.date, included=to.included, late_until=late)

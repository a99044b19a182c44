"""The arithmetic of deadlines, in the campaign's local days.

"trước ngày D" is strictly before D: the last day is the day before. "vào ngày D" is on or
before D: the last day is D itself (domain words of Notice 251/BTĐ-NV2).
"""

from datetime import date as Day  # noqa: N812  # `date` is the name of a field that people write
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from services.contracts.campaign.base import CampaignModel, LocalDay


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

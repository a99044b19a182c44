"""The points of each unit that were published last; the rebuilt database goes on from them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishedPoints:
    """The version and digest of the last points-recomputed of a unit in a campaign."""

    campaign: str
    unit: str
    version: int
    digest: str

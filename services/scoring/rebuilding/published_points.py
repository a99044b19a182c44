"""What was published last of a unit's points, from which the rebuilt ones go on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishedPoints:
    """The version and digest of the last points-recomputed of a unit."""

    unit: str
    version: int
    digest: str

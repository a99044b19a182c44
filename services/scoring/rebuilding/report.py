"""What scoring had said of a unit, from which the rebuilt one goes on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What was last said about a unit's points."""

    unit: str
    version: int
    digest: str

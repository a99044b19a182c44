"""Whose facts count for whom: a unit's own, and those of the units whose place it took."""

from collections.abc import Mapping
from datetime import date

from services.contracts.campaign.units import UnitTree
from services.measuring.slots import Tally
from services.measuring.tally import Tallier


def with_taken_over(
    tallier: Tallier, units: UnitTree, day: date, unit: str, tallies: Mapping[str, Tally]
) -> Tally:
    """What counts for the unit on a local day; `tallies`: of each unit what it did itself."""
    own = tallies.get(unit, {})
    left = [
        (before.ends, tally)
        for before in units.taken_over(unit, day)
        if (tally := with_taken_over(tallier, units, day, before.code, tallies))
    ]
    return tallier.with_taken_over(own, left) if left else own

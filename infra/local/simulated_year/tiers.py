"""The two tiers of a tree that the simulated year plays with: by who reports to whom, whatever the
levels are called."""

from collections.abc import Iterable

from services.contracts.campaign.units import Unit


def first_tier(units: Iterable[Unit]) -> list[Unit]:
    """Those that report to the unit at the top, in the file's order."""
    units = list(units)
    top = {unit.code for unit in units if unit.parent is None}
    return [unit for unit in units if unit.parent in top]


def lower_tiers(units: Iterable[Unit]) -> list[Unit]:
    """Those that report to any other unit, in the file's order."""
    units = list(units)
    above = {unit.code for unit in first_tier(units)}
    return [unit for unit in units if unit.parent is not None and unit.code not in above]

"""Who may see what a unit sent, owes and scored: the one rule of all services.

| role | sees |
|---|---|
| board | every unit |
| district | its own unit and those below it |
| unit | its own unit |
"""

from collections.abc import Collection

from services.contracts.campaign.units import UnitTree


def may_see_unit(roles: Collection[str], acting_for: str | None, code: str, tree: UnitTree) -> bool:
    """Whether a caller of these roles, who acts for that unit, may see the unit with this code."""
    if "board" in roles:
        return True
    if acting_for is None:
        return False
    if "district" in roles and tree.covers(acting_for, code):
        return True
    return acting_for == code and not {"unit", "district"}.isdisjoint(roles)

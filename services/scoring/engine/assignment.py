"""To whom a criterion or a group applies."""

from services.contracts.campaign import Unit
from services.contracts.rules import Assignment
from services.measuring.values import Values, holds


def assigned(to: Assignment | None, unit: Unit, values: Values) -> bool:
    """Whether it applies to the unit: everything that is given holds."""
    if to is None:
        return True
    return (
        (not to.units or unit.code in to.units)
        and unit.code not in to.except_units
        and (not to.levels or unit.level in to.levels)
        and (not to.kinds or unit.kind in to.kinds)
        and (to.when is None or holds(to.when, values))
    )

"""Who may see what a unit sent, owes and scored: the one rule of all services.

| role | sees |
|---|---|
| board | every unit |
| district | its own unit and those below it |
| unit | its own unit |

All by the tree of the day on which it is asked. A unit that is no more is seen like the one that
holds on that day what it left, and its account acts for that one.
"""

from collections.abc import Collection
from datetime import date

from services.contracts.campaign.units import UnitTree


def acts_for(unit: str | None, tree: UnitTree, day: date) -> str | None:
    """The unit for which an account of `unit` acts on that local day; None for one without a unit.

    The unit itself, or who took over when it ended. An ended unit that nobody took over, and one
    that is yet to begin, act for themselves: they see their own and nothing of others.
    """
    if unit is None:
        return None
    holder = tree.holder(unit, day)
    return holder.code if holder is not None else unit


def may_see_unit(
    roles: Collection[str], acting_for: str | None, code: str, tree: UnitTree, day: date
) -> bool:
    """Whether a caller of these roles may see the unit with this code on that local day.

    `acting_for` is the unit that the caller's account names.
    """
    if "board" in roles:
        return True
    own = acts_for(acting_for, tree, day)
    if own is None or {"unit", "district"}.isdisjoint(roles):
        return False
    asked = acts_for(code, tree, day)
    return own == asked or ("district" in roles and _covers(own, asked, tree, day))


def _covers(own: str, code: str | None, tree: UnitTree, day: date) -> bool:
    """Whether `own` is above the unit on that local day.

    A unit that is no more, or is yet to begin, and that nobody holds, is below the unit that it
    reported to last, which still sees one that nobody took over.
    """
    now = tree.on(day)
    while code is not None and code not in now:
        unit = tree.get(code)
        code = acts_for(unit.parent, tree, day) if unit is not None else None
    return code is not None and now.covers(own, code)

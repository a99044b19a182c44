"""Who may read and report what about which unit, by the rule of `may_see_unit`.

Pure. Writing is simpler: a unit writes for itself, and the account of one that is no more for who
took over (`require_sender`); figures alone are reported by whom the plan names
(`figures/rights.py`).
"""

from datetime import date

from services.chassis.http.auth import Principal, require_unit
from services.chassis.problems import FORBIDDEN, NOT_FOUND, Refusal
from services.contracts.campaign.rights import acts_for, may_see_unit
from services.contracts.campaign.units import Unit, UnitTree


def may_read_private(caller: Principal, unit: str, tree: UnitTree, day: date) -> bool:
    """Whether the caller may read private data of people: the unit that sent them, who took over
    from it by that local day, and the Board.

    Those above it read what it did, not who wrote for it.
    """
    if caller.has("board"):
        return True
    own = acts_for(caller.unit, tree, day)
    return caller.has("unit", "district") and own == acts_for(unit, tree, day)


def require_sender(caller: Principal, unit: str, tree: UnitTree, day: date) -> None:
    """Refuse (403) unless the caller acts for this unit, or for who took over from it.

    Whether the unit still exists is checked later: only those who have the right learn it.
    """
    if acts_for(caller.acting_unit, tree, day) != acts_for(unit, tree, day):
        require_unit(caller, unit)


def readable_unit(caller: Principal, code: str, tree: UnitTree, day: date) -> Unit:
    """The unit of a path or query. Raises Refusal: 403 without the right, then 404 if unknown.

    The right is that of the tree of a local day.

    In this order and without the unit's name, so that nobody learns which codes exist by asking
    for others' data.
    """
    if not may_see_unit(caller.roles, caller.unit, code, tree, day):
        raise Refusal(
            FORBIDDEN,
            detail=(
                "Tài khoản không có quyền xem dữ liệu của đơn vị này.",
                "The account may not read data of this unit.",
            ),
        )
    unit = tree.get(code)
    if unit is None:
        raise Refusal(
            NOT_FOUND,
            detail=(
                f"Không tìm thấy đơn vị có mã “{code}”.",
                f"The campaign has no unit with the code “{code}”.",
            ),
        )
    return unit

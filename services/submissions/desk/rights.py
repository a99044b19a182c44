"""Who may read what: a unit its own, a district itself and its communes, the Board all.

Pure. Writing is simpler: a unit writes for itself (`require_unit` of the chassis); figures
alone are reported by all who may read them (`require_reporter`).
"""

from services.chassis.http.auth import Principal
from services.chassis.problems import FORBIDDEN, NOT_FOUND, Refusal
from services.contracts.campaign.units import Unit, UnitTree


def may_read(caller: Principal, unit: str, tree: UnitTree) -> bool:
    """Whether the caller may read what a unit has sent and owes."""
    if caller.has("board"):
        return True
    if caller.unit is None:
        return False
    if caller.has("unit", "district") and caller.unit == unit:
        return True
    return caller.has("district") and tree.covers(caller.unit, unit)


def may_read_private(caller: Principal, unit: str) -> bool:
    """Whether the caller may read private data of people: the unit that sent them, and the Board.

    A district reads how its communes stand, not who wrote for them.
    """
    return caller.has("board") or (caller.has("unit", "district") and caller.unit == unit)


def require_reporter(caller: Principal, unit: str, tree: UnitTree) -> None:
    """Refuse (403) unless the caller may report a figure of this unit.

    A unit its own, a district also its communes', the Board any: who keeps the papers reports.
    """
    if not may_read(caller, unit, tree):
        raise Refusal(
            FORBIDDEN,
            detail=(
                f"Mã truy cập không được báo cáo số liệu của đơn vị {unit}; hãy dùng mã của đơn vị"
                " đó, của quận, huyện cấp trên hoặc của Ban.",
                f"The token may not report figures of unit {unit}: use one of that unit, of the"
                " district above it or of the Board.",
            ),
        )


def readable_unit(caller: Principal, code: str, tree: UnitTree) -> Unit:
    """The unit of a path or query. Raises Refusal: 403 without the right, then 404 if unknown.

    In this order, so that nobody learns which codes exist by asking for others' data.
    """
    if not may_read(caller, code, tree):
        raise Refusal(
            FORBIDDEN,
            detail=(
                f"Mã truy cập không được xem dữ liệu của đơn vị {code}.",
                f"The token may not read data of unit {code}.",
            ),
        )
    unit = tree.get(code)
    if unit is None:
        raise Refusal(
            NOT_FOUND,
            detail=(
                f"Không có đơn vị mã “{code}” trong danh sách của đợt.",
                f"The campaign has no unit with the code “{code}”.",
            ),
        )
    return unit

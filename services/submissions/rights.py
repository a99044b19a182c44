"""Who may read and report what about which unit, by the rule of `may_see_unit`.

Pure. Writing is simpler: a unit writes for itself (`require_unit` of the chassis); figures
alone are reported by all who may read them (`require_reporter`).
"""

from datetime import date

from services.chassis.http.auth import Principal
from services.chassis.problems import FORBIDDEN, NOT_FOUND, Refusal
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.rights import may_see_unit
from services.contracts.campaign.units import Unit, UnitTree


def may_read_private(caller: Principal, unit: str) -> bool:
    """Whether the caller may read private data of people: the unit that sent them, and the Board.

    A district reads what its communes did, not who wrote for them.
    """
    return caller.has("board") or (caller.has("unit", "district") and caller.unit == unit)


def require_reporter(caller: Principal, unit: str, campaign: Campaign, day: date) -> None:
    """Refuse (403) unless the caller may report a figure of this unit on that local day.

    A unit its own, a district also its communes', the Board any: who keeps the papers reports.
    """
    if not may_see_unit(caller.roles, caller.unit, unit, campaign.units, day):
        board = campaign.plan.board
        raise Refusal(
            FORBIDDEN,
            detail=(
                "Tài khoản không có quyền báo cáo số liệu của đơn vị này. Sử dụng tài"
                f" khoản của đơn vị, của đơn vị cấp trên trực tiếp hoặc của {board.vi}.",
                "The account may not report figures of this unit: use one of"
                f" that unit, of a unit above it or of the {board.en}.",
            ),
        )


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

"""Who may read a unit's points line by line, and the refusals of units that are not scored."""

from datetime import date

from services.campaigns.ended import refuse_ended
from services.chassis.http import Principal
from services.chassis.problems import FORBIDDEN, NOT_FOUND, Fault, Refusal
from services.contracts.campaign.rights import may_see_unit
from services.contracts.campaign.units import UnitTree
from services.scoring.campaign_snapshot import CampaignSnapshot


def check_reader(units: UnitTree, caller: Principal, code: str, day: date) -> None:
    """Raises Refusal (403) for a caller who may not read the unit's points line by line."""
    if not may_see_unit(caller.roles, caller.unit, code, units, day):
        raise Refusal(
            FORBIDDEN,
            detail=(
                "Tài khoản không có quyền xem điểm chi tiết của đơn vị này.",
                f"This account may not read the points of {code} line by line.",
            ),
        )


def cluster_to_read(snapshot: CampaignSnapshot, caller: Principal, code: str) -> str:
    """The unit's cluster. Raises Refusal: 403 without the right, then as `cluster_of`."""
    check_reader(snapshot.units, caller, code, snapshot.day)
    return cluster_of(snapshot, code)


def cluster_of(snapshot: CampaignSnapshot, code: str) -> str:
    """The unit's cluster. Raises Refusal: 410 for a unit that is no more, which says who took over,
    404 for one that is not scored."""
    cluster = snapshot.cluster_of.get(code)
    if cluster is None:
        refuse_ended(snapshot.units, code, snapshot.day)
        raise not_scored(code)
    return cluster


def not_scored(code: str) -> Refusal:
    """For a unit that no cluster has."""
    fault = Fault(
        "",
        f"Không có bảng điểm áp dụng cho đơn vị có mã “{code}”. Kiểm tra lại mã.",
        f"No unit {code} is scored: check its code.",
        parameter="path:code",
    )
    return Refusal(NOT_FOUND, [fault])

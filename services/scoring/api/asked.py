"""The unit that a path names: may the caller read of it, and is it scored."""

from services.chassis.http import Principal
from services.chassis.problems import FORBIDDEN, NOT_FOUND, Fault, Refusal
from services.scoring.contest import Contest


def cluster_to_read(contest: Contest, caller: Principal, code: str) -> str:
    """The unit's cluster. Raises Refusal: 403 without the right, 404 for a unit not scored."""
    own = caller.has("unit") and caller.unit == code
    below = (
        caller.has("district")
        and caller.unit is not None
        and contest.units.covers(caller.unit, code)
    )
    if not (own or below or caller.has("board")):
        raise Refusal(
            FORBIDDEN,
            detail=(
                f"Đơn vị {caller.unit} không được xem điểm chi tiết của {code}.",
                f"Unit {caller.unit} may not read the points of {code} line by line.",
            ),
        )
    cluster = contest.cluster_of.get(code)
    if cluster is None:
        raise not_scored(code)
    return cluster


def not_scored(code: str) -> Refusal:
    """The answer (404) about a unit without points, to those who may read of it."""
    fault = Fault(
        "",
        f"Không có đơn vị {code} được chấm điểm; xem mã trong units.csv.",
        f"No unit {code} is scored: see the codes in units.csv.",
        parameter="path:code",
    )
    return Refusal(NOT_FOUND, [fault])

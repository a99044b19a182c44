"""Last days that come after another obligation: that one is there, is asked of the same units, and
does not wait for this one."""

from collections.abc import Iterator, Mapping

from services.contracts.campaign.deadlines import DueAfter
from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows

Obligations = FilePart[tuple[ObligationPlan, ...]]

_SHOWN_UNITS = 3
_SHOWN_OF_A_CIRCLE = 8


def check_due_after(
    obligations: Obligations | None, units: UnitRows | None
) -> Iterator[FileProblem]:
    """Each names an obligation by which every unit that owes it can know the day."""
    if obligations is None:
        return
    known = {planned.id: planned for planned in obligations.value}
    circles: set[str] = set()
    """Obligations of those that were reported, each circle once."""
    for at, planned in enumerate(obligations.value):
        for which, option in enumerate(planned.options):
            if not isinstance(option.due, DueAfter):
                continue
            path, after = (at, "options", which, "due", "after"), option.due.after
            if after not in known:
                if not obligations.document.is_incomplete():
                    yield _unknown(obligations, path, after, known, planned)
            elif circle := _circle(known, planned.id, after):
                if not circles.isdisjoint(circle):
                    continue
                circles.update(circle)
                named = _in_short(circle)
                yield obligations.problem(
                    path,
                    f"thời hạn chờ vòng tròn ({named}), nên không bao giờ có ngày; cho một nội dung"
                    " một ngày cụ thể",
                    f"the last days wait in a circle ({named}), so that no day ever comes: give one"
                    " of them a day",
                )
            elif units is not None:
                yield from _not_asked(obligations, path, planned, known[after], units)


def _unknown(
    obligations: Obligations,
    path: Path,
    after: str,
    known: Mapping[str, ObligationPlan],
    planned: ObligationPlan,
) -> FileProblem:
    vi, en = did_you_mean(after, [name for name in known if name != planned.id])
    return obligations.problem(
        path,
        f"không có nội dung phải thực hiện nào mã “{after}”; {vi}",
        f"there is no obligation “{after}”; {en}",
    )


def _circle(known: Mapping[str, ObligationPlan], start: str, after: str) -> list[str]:
    """The way from an obligation over what it waits for back to itself; empty: there is none."""
    came_from = {after: start}
    for name in (left := [after]):  # grows while it is walked
        if name == start:
            break
        for further in sorted(known[name].awaits) if name in known else ():
            if further not in came_from:
                came_from[further] = name
                left.append(further)
    if start not in came_from:
        return []
    way = [start, came_from[start]]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def _in_short(circle: list[str]) -> str:
    """The way around, of a long one its beginning and its end."""
    if len(circle) > _SHOWN_OF_A_CIRCLE + 1:
        circle = [*circle[: _SHOWN_OF_A_CIRCLE - 1], "…", circle[-1]]
    return " → ".join(circle)


def _not_asked(
    obligations: Obligations,
    path: Path,
    planned: ObligationPlan,
    awaited: ObligationPlan,
    units: UnitRows,
) -> Iterator[FileProblem]:
    """Units that owe this one and not that one would never have a day."""
    codes = dict.fromkeys(
        row.unit.code
        for row in units.rows
        if planned.applies_to(row.unit) and not awaited.applies_to(row.unit)
    )
    if not codes:
        return
    shown = ", ".join(list(codes)[:_SHOWN_UNITS]) + ("…" if len(codes) > _SHOWN_UNITS else "")
    yield obligations.problem(
        path,
        f"{awaited.id} không áp dụng cho mọi đơn vị phải thực hiện {planned.id} (thiếu {shown}),"
        " nên các đơn vị này không bao giờ có thời hạn; sửa đối tượng của một trong hai",
        f"{awaited.id} is not asked of every unit that owes {planned.id} ({shown}), so that these"
        " never have a day: correct whom one of the two is for",
    )

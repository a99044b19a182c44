"""Which orders about days are refused: an unknown option, scope or order, and a day that is over.

Pure. All faults at once, each at its field.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from services.chassis.problems import Faults
from services.contracts.campaign.deadlines import Deadline
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.units import UnitTree
from services.contracts.wording import day_en, day_vi
from services.submissions.contests import known_contest
from services.submissions.obligations.schemas import DeadlineMoveIn
from services.submissions.orders.order import Act, Order, Orders
from services.submissions.orders.schemas import ScopeIn

_MOST_NAMED = 5


def check_target(faults: Faults, plan: Plan, body: DeadlineMoveIn) -> None:
    """It names one thing: an option, a contest, or an order that is taken back."""
    named = [body.option, body.contest, body.takes_back]
    if sum(each is not None for each in named) != 1:
        faults.add(
            "/option",
            "Ghi đúng một trong ba: mã thời hạn, mã Cuộc thi có ngày kết thúc thay đổi, hoặc mã"
            " văn bản được thu hồi.",
            "Name one of three: option, contest (its end), or takes_back (an order).",
            rule="deadlines.target",
        )
    elif body.contest is not None:
        known_contest(faults, plan, body.contest, rule="deadlines.known")
    with_day = body.date is not None and body.included is not None
    if body.takes_back is None and not with_day:
        faults.add(
            "/date",
            "Chưa ghi thời hạn mới. Ghi cả ngày và việc ngày đó có được tính hay không.",
            "The new day is missing: date and included, both.",
            rule="deadlines.target",
        )
    if body.takes_back is not None and (body.date is not None or body.included is not None):
        faults.add(
            "/date",
            "Văn bản thu hồi không ghi thời hạn mới, vì thời hạn trở lại như trước. Bỏ ngày này.",
            "What takes an order back names no day: leave date and included out.",
            rule="deadlines.target",
        )


def check_scope(faults: Faults, scope: ScopeIn | None, units: UnitTree) -> None:
    """Every level, kind, cluster and unit is one of the campaign's."""
    if scope is None:
        return
    known = {
        "levels": ("cấp", {unit.level for unit in units.rows}),
        "kinds": ("loại đơn vị", {unit.kind for unit in units.rows}),
        "clusters": ("cụm", {unit.cluster for unit in units.rows if unit.cluster}),
        "units": ("đơn vị", {unit.code for unit in units}),
    }
    for pointer, named in (("/scope", scope), ("/scope/except", scope.excepted)):
        for part, (word, words) in known.items():
            for place, name in enumerate(getattr(named, part) if named else ()):
                if name not in words:
                    vi, en = did_you_mean(name, words)
                    faults.add(
                        f"{pointer}/{part}/{place}",
                        f"Không tìm thấy {word} có mã “{name}”; {vi}.",
                        f"The campaign has no such {part[:-1]} “{name}”; {en}",
                        rule="orders.scope",
                    )


def order_taken_back(faults: Faults, orders: Orders, order_id: UUID, act: Act) -> Order | None:
    """The order that is taken back, or a fault and None."""
    order = orders.of_id(order_id)
    meant = order
    while meant is not None and meant.takes_back is not None:
        meant = orders.of_id(meant.takes_back)
    if order is None or meant is None or meant.act != act:
        faults.add(
            "/takes_back",
            "Không tìm thấy văn bản này trong các văn bản thu hồi được. Xem danh sách văn bản của"
            " đợt thi đua.",
            "There is no such order that could be taken back here: see the campaign's orders.",
            rule="orders.known",
        )
        return None
    return order


def day_within(faults: Faults, plan: Plan, body: DeadlineMoveIn) -> date | None:
    """The new last day, or a fault and None.

    The day as written is looked at first: before the first day of the calendar there is none.
    """
    if body.date is None or body.included is None:
        return None
    opens, closes = plan.opens, plan.closes
    if body.date >= opens:
        day = Deadline(date=body.date, included=body.included).last_day
        if opens <= day <= closes:
            return day
    faults.add(
        "/date",
        f"Thời hạn mới phải trong đợt thi đua: từ ngày {day_vi(opens)} đến hết ngày"
        f" {day_vi(closes)}.",
        f"The new day must lie within the campaign, {day_en(opens)} to {day_en(closes)}.",
        rule="deadlines.within",
    )
    return None


def check_after_first_day(faults: Faults, option: Option, day: date) -> None:
    """The new last day is not before the first one on which something counts."""
    first = option.first_day
    if first is not None and day < first:
        faults.add(
            "/date",
            f"Thời hạn mới không được trước ngày bắt đầu tính ({day_vi(first)}).",
            f"The new day must not be before the first one that counts ({day_en(first)}).",
            rule="deadlines.within",
        )


def check_after_condition(faults: Faults, planned: ObligationPlan, day: date) -> None:
    """The new last day is not before the one at whose end is known whether it is owed."""
    asked = None if planned.only_if is None else planned.only_if.day
    if asked is not None and day < asked:
        faults.add(
            "/date",
            f"Thời hạn mới không được trước ngày xét điều kiện ({day_vi(asked)}), vì trước ngày đó"
            " chưa biết đơn vị có phải thực hiện hay không.",
            f"The new day must not be before that of the condition ({day_en(asked)}): until then"
            " nobody knows whether it is owed.",
            rule="deadlines.within",
        )


def check_not_backwards(
    faults: Faults,
    changes: Iterable[tuple[str, date, date]],
    today: date,
    *,
    pointer: str,
    general: bool,
) -> None:
    """No day is brought forward into the past. `changes`: unit, its day before and after."""
    over: dict[date, list[str]] = {}
    for unit, was, day in changes:
        if day < was and day < today:
            over.setdefault(day, []).append(unit)
    for day, units in sorted(over.items()):
        vi, en = ("", "") if general else _named(units)
        faults.add(
            pointer,
            f"Không thể rút ngắn thời hạn{vi} về ngày đã qua ({day_vi(day)}), vì nội dung đã hoàn"
            f" thành đúng hạn sẽ bị tính là chậm. Chọn ngày từ {day_vi(today)} trở đi.",
            f"A deadline is not shortened to a day that is over ({day_en(day)}){en}: what was in"
            f" time would become late; choose {day_en(today)} or later.",
            rule="deadlines.backwards",
        )


def plan_of_option(faults: Faults, plan: Plan, option: str) -> ObligationPlan | None:
    """The obligation that has the option, or a fault and None."""
    try:
        return plan.obligation_of_option(option)
    except KeyError:
        planned = plan.obligations
        vi = "; ".join(f"{each.title.vi} ({o.id})" for each in planned for o in each.options)
        en = "; ".join(f"{each.title.en} ({o.id})" for each in planned for o in each.options)
        faults.add(
            "/option",
            f"Không tìm thấy thời hạn có mã “{option}”. Các thời hạn điều chỉnh được: {vi}.",
            f"The plan has no deadline “{option}”; those that can be moved: {en}.",
            rule="deadlines.known",
        )
        return None


def _named(units: Sequence[str]) -> tuple[str, str]:
    shown, more = ", ".join(units[:_MOST_NAMED]), len(units) - _MOST_NAMED
    if more > 0:
        return f" của {shown} và {more} đơn vị khác", f" for {shown} and {more} more"
    return f" của {shown}", f" for {shown}"

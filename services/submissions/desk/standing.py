"""May this unit do this on this day: the campaign is open, the unit exists, its level is right.

Pure. Faults are collected, so that a sender learns of all of them at once; rule ids are those of
docs/submissions.md.
"""

from datetime import date

from services.chassis.problems import Faults
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.units import Unit


def check_open(faults: Faults, campaign: Campaign, day: date) -> None:
    """Nothing is accepted before the campaign opens and after it closes (`plan.yaml`)."""
    plan = campaign.plan
    if day < plan.opens:
        faults.add(
            "",
            f"Đợt {plan.campaign} mở từ {vn(plan.opens)}; hãy gửi lại từ ngày đó.",
            f"Campaign {plan.campaign} opens on {plan.opens}: send it from that day on.",
            rule="campaign.open",
        )
    if day > plan.closes:
        faults.add(
            "",
            f"Đợt {plan.campaign} đã đóng sau ngày {vn(plan.closes)}; không còn tiếp nhận.",
            f"Campaign {plan.campaign} closed after {plan.closes}: nothing is taken any more;"
            " turn to the Board.",
            rule="campaign.open",
        )


def check_unit(
    faults: Faults, campaign: Campaign, code: str, day: date, pointer: str = "/unit"
) -> Unit | None:
    """The unit if the campaign knows it and it exists on that day; else a fault and None."""
    unit = campaign.units.get(code)
    if unit is None:
        faults.add(
            pointer,
            f"Không có đơn vị mã “{code}” trong danh sách của đợt; kiểm tra lại mã, kể cả các số 0"
            " ở đầu.",
            f"The campaign has no unit with the code “{code}”: check it, zeros in front included.",
            rule="units.known",
        )
        return None
    if not unit.exists_on(day):
        successor = f" {unit.parent}" if unit.parent else ""
        gone = unit.valid_to is not None and day >= unit.valid_to
        since = unit.valid_to if gone else unit.valid_from
        faults.add(
            pointer,
            f"Đơn vị {unit.name} ({code}) "
            + (f"không còn từ ngày {vn(since)}" if gone else f"chỉ có từ ngày {vn(since)}")
            + f"; ngày {vn(day)} hãy gửi qua đơn vị kế tục hoặc cấp trên{successor}.",
            f"Unit {unit.name} ({code}) "
            + (f"no longer exists since {since}" if gone else f"exists only from {since}")
            + f"; on {day} send through its successor or the unit above{successor}.",
            rule="units.existing",
        )
        return None
    return unit


def check_entry_level(faults: Faults, campaign: Campaign, unit: Unit) -> None:
    """Essays and proposals come from the levels of the plan; others go through the unit above.

    Source: the notice asks the upper level for entries; an entry goes through the unit where the
    exemplar lives or works, which marks it first (rules of the city contest).
    """
    levels = campaign.plan.essays.levels
    if unit.level in levels:
        return
    through = next((u for u in campaign.units.ancestors(unit.code) if u.level in levels), None)
    if through is None:
        vi, en = "đơn vị thuộc cấp được gửi", "a unit of a level that may send"
    else:
        vi = en = f"{through.name} ({through.code})"
    faults.add(
        "/unit",
        f"Cấp của {unit.name} không gửi trực tiếp lên Thành phố; hãy gửi qua {vi}.",
        f"Units of the level of {unit.name} don't send to the city themselves: send through {en}.",
        rule="essays.level",
    )


def vn(day: date | None) -> str:
    """A day as it is written in Vietnam: 9/7/2020."""
    return f"{day.day}/{day.month}/{day.year}" if day else "?"

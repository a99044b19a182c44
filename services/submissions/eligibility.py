"""Whether a unit may act on a day: the campaign is open, the unit exists, its level is right.

Pure. Faults are collected, so that a sender learns of all of them at once; rule ids are those of
docs/submissions.md.
"""

from collections.abc import Collection
from datetime import date

from services.campaigns.ended import ended_out
from services.chassis.problems import Faults
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.units import Unit
from services.contracts.wording import day_en, day_vi
from services.submissions.wording import listed, sentence_start


def check_open(faults: Faults, campaign: Campaign, day: date, *, withdrawn: bool) -> None:
    """Nothing is accepted before the campaign opens and after it closes (`plan.yaml`), and nothing
    at all for one that was withdrawn."""
    plan = campaign.plan
    vi, en = sentence_start(plan.short_title.vi), sentence_start(plan.short_title.en)
    if withdrawn:
        faults.add(
            "",
            f"{sentence_start(plan.board.vi)} đã rút lại {plan.short_title.vi}; hệ thống không"
            " tiếp nhận nội dung nào.",
            f"The {plan.board.en} withdrew {plan.short_title.en}: nothing is accepted.",
            rule="campaign.withdrawn",
        )
        return
    if day < plan.opens:
        faults.add(
            "",
            f"{vi} tiếp nhận từ ngày {day_vi(plan.opens)}. Vui lòng gửi từ ngày này trở đi.",
            f"{en} opens on {day_en(plan.opens)}: send it from that day on.",
            rule="campaign.open",
        )
    if day > plan.closes:
        faults.add(
            "",
            f"{vi} đã kết thúc tiếp nhận (hết ngày {day_vi(plan.closes)}). Cần hỗ trợ, liên hệ"
            f" {plan.board.vi}.",
            f"{en} closed at the end of {day_en(plan.closes)}: turn to the {plan.board.en}.",
            rule="campaign.open",
        )


def check_day_of_act(
    faults: Faults, plan: Plan, day: date | None, today: date, *, pointer: str, rule: str
) -> None:
    """What counts by the day of the act was done in the campaign, and not in the future."""
    if day is not None and day > today:
        faults.add(
            pointer,
            f"Ngày {day_vi(day)} chưa đến. Chỉ gửi sau khi đã hoàn thành.",
            f"{day_en(day)} is in the future: send it once it was done.",
            rule=rule,
        )
    if day is not None and day < plan.opens:
        faults.add(
            pointer,
            f"Ngày {day_vi(day)} trước ngày bắt đầu đợt thi đua ({day_vi(plan.opens)}). Kiểm tra"
            " lại ngày.",
            f"{day_en(day)} is before the campaign opened ({day_en(plan.opens)}): check it.",
            rule=rule,
        )


def check_unit(
    faults: Faults, campaign: Campaign, code: str, day: date, pointer: str = "/unit"
) -> Unit | None:
    """The unit if the campaign knows it and it exists on that day; else a fault and None."""
    unit = campaign.units.get(code)
    if unit is None:
        faults.add(
            pointer,
            f"Không tìm thấy đơn vị có mã “{code}”. Kiểm tra lại mã, kể cả các chữ số 0 ở đầu.",
            f"The campaign has no unit with the code “{code}”: check it, zeros in front included.",
            rule="units.known",
        )
        return None
    if (now := campaign.units.get(code, day)) is not None:
        return now
    if (ended := ended_out(campaign.units, code, day)) is not None:
        vi, en = ended.sentence.vi, ended.sentence.en
        if ended.successor is not None:
            vi, en = f"{vi} Gửi bằng mã của đơn vị này.", f"{en} Send with that unit's code."
    else:
        since = unit.valid_from or day
        above = campaign.units.get(unit.parent) if unit.parent else None
        through = f" ({above.name_in_text})" if above else ""
        vi = (
            f"{unit.name} hoạt động từ ngày {day_vi(since)}. Trước ngày này, vui lòng gửi qua đơn"
            f" vị cấp trên{through}."
        )
        en = (
            f"{unit.name} exists only from {day_en(since)}: until then send through the unit"
            f" above{through}."
        )
    faults.add(pointer, vi, en, rule="units.existing")
    return None


def check_entry_level(
    faults: Faults, campaign: Campaign, unit: Unit, day: date, levels: Collection[str]
) -> None:
    """Essays and proposals come from some levels; others go through the unit above.

    Source: the notice asks the upper level for entries; an entry goes through the unit where the
    exemplar lives or works, which marks it first (rules of the city contest).
    """
    plan = campaign.plan
    city = plan.city
    if unit.level in levels:
        return
    above = campaign.units.on(day).ancestors(unit.code)
    through = next((u for u in above if u.level in levels), None)
    may = listed(plan.level_title(level) for level in levels)
    vi = through.name_in_text if through else f"đơn vị thuộc {may.vi}"
    en = f"{through.name} ({through.code})" if through else f"a unit of these levels: {may.en}"
    faults.add(
        "/unit",
        f"{unit.name} không gửi trực tiếp lên {city.vi}; vui lòng gửi qua {vi}.",
        f"{unit.name} does not send to {city.en} itself: send through {en}.",
        rule="essays.level",
    )

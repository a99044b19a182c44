"""What a figure must be to be accepted: one of the plan's catalogue, for a period of it, within its
range. Pure."""

from datetime import date
from decimal import Decimal

from services.chassis.problems import Faults
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.figure_catalogue import FigurePlan, is_whole
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.units import Unit, UnitTree
from services.contracts.wording import number_en, number_vi
from services.submissions.figures.schemas import FigureIn
from services.submissions.wording import sentence_start


def check_figure(
    faults: Faults, campaign: Campaign, body: FigureIn, unit: Unit | None, day: date
) -> None:
    """Name, unit, period and numbers by the catalogue; a plan without one takes any.

    `unit`: as it is on `day`, the day of receipt; None where that is a fault already.
    """
    plan, tree = campaign.plan, campaign.units
    figure = plan.figures.get(body.name)
    if figure is None:
        if not plan.takes_any_figure:
            _unknown_name(faults, plan, body.name)
        return
    _check_unit(faults, figure, unit, tree, day)
    _check_period(faults, plan, figure, body.period)
    _check_number(faults, figure, body.value, "/value")
    if body.target is not None:
        _check_number(faults, figure, body.target, "/target")


def _unknown_name(faults: Faults, plan: Plan, name: str) -> None:
    if not plan.figures:
        faults.add(
            "/name",
            f"{sentence_start(plan.short_title.vi)} không yêu cầu báo cáo số liệu nào. Không gửi số"
            " liệu này.",
            f"No figures are reported in {plan.short_title.en}: send none.",
            rule="figures.known",
        )
        return
    vi, en = did_you_mean(name, plan.figures)
    faults.add(
        "/name",
        f"Đợt thi đua không có số liệu “{name}”: {vi}.",
        f"The campaign has no figure “{name}”: {en}.",
        rule="figures.known",
    )


def _check_unit(
    faults: Faults, figure: FigurePlan, unit: Unit | None, tree: UnitTree, day: date
) -> None:
    to = figure.applies_to
    if to is None or unit is None or tree.is_ever_meant(to, unit.code, day):
        return
    faults.add(
        "/unit",
        f"“{figure.title.vi}” không báo cáo cho {unit.name_in_text}. Kiểm tra lại đơn vị.",
        f"“{figure.title.en}” is not reported of {unit.name}: check the unit.",
        rule="figures.unit",
    )


def _check_period(faults: Faults, plan: Plan, figure: FigurePlan, period: str) -> None:
    known = figure.known_periods(plan.opens, plan.closes)
    if known is None or period in known:
        return
    vi, en = did_you_mean(period, known)
    faults.add(
        "/period",
        f"“{figure.title.vi}” không báo cáo cho kỳ “{period}”: {vi}.",
        f"“{figure.title.en}” is not reported for “{period}”: {en}.",
        rule="figures.period",
    )


def _check_number(faults: Faults, figure: FigurePlan, value: Decimal, pointer: str) -> None:
    if figure.kind == "whole" and not is_whole(value):
        faults.add(
            pointer,
            f"“{figure.title.vi}” là số nguyên, không nhận {number_vi(value)}. Nhập số nguyên.",
            f"“{figure.title.en}” is a whole number, not {number_en(value)}: enter one without"
            " decimals.",
            rule="figures.whole",
        )
    low, high = figure.min, figure.max
    if (low is not None and value < low) or (high is not None and value > high):
        allowed_vi, allowed_en = _range(low, high)
        faults.add(
            pointer,
            f"“{figure.title.vi}” {allowed_vi}, không nhận {number_vi(value)}. Kiểm tra lại số.",
            f"“{figure.title.en}” is {allowed_en}, not {number_en(value)}: check the number.",
            rule="figures.range",
        )


def _range(low: Decimal | None, high: Decimal | None) -> tuple[str, str]:
    if high is None:
        assert low is not None  # noqa: S101  # one of the two was passed
        return f"từ {number_vi(low)} trở lên", f"{number_en(low)} or more"
    if low is None:
        return f"không quá {number_vi(high)}", f"{number_en(high)} or less"
    return (
        f"từ {number_vi(low)} đến {number_vi(high)}",
        f"from {number_en(low)} to {number_en(high)}",
    )

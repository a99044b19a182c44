"""Who may report a figure of a unit, as the plan's catalogue says. Pure."""

from datetime import date

from services.chassis.http.auth import Principal
from services.chassis.problems import FORBIDDEN, Refusal
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.figure_catalogue import REPORTERS, FigurePlan
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.rights import acts_for, may_see_unit
from services.contracts.campaign.units import UnitTree
from services.contracts.wording import Bilingual


def require_reporter(
    caller: Principal, name: str, unit: str, campaign: Campaign, day: date
) -> None:
    """Refuse (403) unless the caller may report this figure of this unit on that local day.

    A name that the catalogue has not is open to whoever may report some figure of the unit: they
    learn which names there are.
    """
    plan, tree = campaign.plan, campaign.units
    figure = plan.figures.get(name)
    if figure is not None:
        words = set(figure.reported_by)
    else:
        words = {*REPORTERS} if plan.takes_any_figure else set()
        words.update(word for known in plan.figures.values() for word in known.reported_by)
    if any(_is(word, caller, unit, tree, day) for word in words):
        return
    who = reporters(figure, plan, tree) if figure is not None else None
    vi = "Tài khoản không có quyền báo cáo số liệu này của đơn vị."
    en = "The account may not report this figure of the unit."
    if who is not None:
        vi, en = f"{vi} Sử dụng tài khoản của: {who.vi}.", f"{en} It is reported by: {who.en}."
    raise Refusal(FORBIDDEN, detail=(vi, en))


def reporters(figure: FigurePlan, plan: Plan, tree: UnitTree) -> Bilingual:
    """Who reports a figure, in words."""
    titles = {
        "unit": Bilingual("đơn vị", "the unit itself"),
        "above": Bilingual("đơn vị cấp trên", "a unit above it"),
        "board": plan.board,
    }
    names = [titles.get(word) or _name(word, tree) for word in figure.reported_by]
    return Bilingual("; ".join(one.vi for one in names), "; ".join(one.en for one in names))


def _name(code: str, tree: UnitTree) -> Bilingual:
    unit = tree.get(code)
    return Bilingual(code, code) if unit is None else Bilingual(unit.name_in_text, unit.name)


def _is(word: str, caller: Principal, unit: str, tree: UnitTree, day: date) -> bool:
    """Whether the caller is the reporter that a word of the plan means."""
    if word == "board":
        return caller.has("board")
    own = acts_for(caller.unit, tree, day)
    if own is None or not caller.has("unit", "district"):
        return False
    if word == "unit":
        return own == acts_for(unit, tree, day)
    if word == "above":
        roles = caller.roles & {"district"}
        return own != acts_for(unit, tree, day) and may_see_unit(
            roles, caller.unit, unit, tree, day
        )
    return own == acts_for(word, tree, day)

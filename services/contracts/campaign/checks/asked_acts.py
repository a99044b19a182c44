"""Checks of what an option asks for: acts that can be counted, marks, figures and targets."""

from collections.abc import Iterator
from datetime import date

from services.contracts.campaign.asked_acts import (
    ESSAY_SUBMITTED,
    FIGURE_REPORTED,
    PROPOSED,
    AskedAct,
)
from services.contracts.campaign.checks.audience import (
    Days,
    in_short,
    unknown_units,
    unknown_words,
)
from services.contracts.campaign.document import Document, Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.figure_catalogue import FigurePlan
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.periodic import PeriodicObligation
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.report_kinds import REPORT_SUBMITTED
from services.contracts.campaign.units_file import UnitRows
from services.contracts.events.obligations import FULFILLING

Obligations = FilePart[tuple[ObligationPlan, ...]]
Figures = FilePart[dict[str, FigurePlan]]
_Found = Iterator[tuple[Path, str, str]]
"""The key in a part, and what is wrong with it."""

CONFERENCE = "conference-reported"
_COUNTED = (ESSAY_SUBMITTED, PROPOSED, REPORT_SUBMITTED)
"""Events of which a unit can make several."""


def parts_of(planned: ObligationPlan | PeriodicObligation) -> Iterator[tuple[Path, AskedAct]]:
    """All parts of all options, each with its place in the obligation."""
    for which, option in enumerate(planned.options):
        yield ("options", which), option
        for at, part in enumerate(option.also):
            yield ("options", which, "also", at), part


def check_asked_acts(
    obligations: Obligations | None, units: UnitRows | None
) -> Iterator[FileProblem]:
    """Each part asks for something that a unit can do, and says how much in one way."""
    if obligations is None:
        return
    for at, planned in enumerate(obligations.value):
        for place, part in parts_of(planned):
            if part.by not in FULFILLING:
                continue  # a misspelt event is a problem of its own
            for key, vi, en in (
                *_forms(part),
                *_how_many(part),
                *_mark(part),
                *_targets(part),
            ):
                yield obligations.problem((at, *place, *key), vi, en)
            if units is not None:
                yield from _known_units(obligations, (at, *place), part, units)


def check_figures_asked(
    plan: Document,
    figures: Figures | None,
    obligations: Obligations | None,
    days: Days | None,
    units: UnitRows | None,
) -> Iterator[FileProblem]:
    """A part by a figure names one of the catalogue, and a period of it. `days`: the first and the
    last of the campaign."""
    if obligations is None or (figures is None and plan.at("figures") is not None):
        return
    if figures is not None and figures.document.is_incomplete():
        return  # a figure that could not be read would look unknown
    known = figures.value if figures else {}
    for at, planned in enumerate(obligations.value):
        for place, part in parts_of(planned):
            for key, vi, en in (
                *_figure(part, known, days),
                *_reported_of(part, known, planned, units),
            ):
                yield obligations.problem((at, *place, *key), vi, en)


def _reported_of(
    part: AskedAct, known: dict[str, FigurePlan], planned: ObligationPlan, units: UnitRows | None
) -> _Found:
    """The figure is reported of all units that owe it."""
    figure = known.get(part.figure or "")
    if figure is None or figure.applies_to is None or units is None:
        return
    owing = [row.unit for row in units.rows if planned.applies_to(row.unit)]
    if others := [unit for unit in owing if not figure.applies_to.includes(unit)]:
        vi, en = in_short(others, owing)
        yield (
            ("figure",),
            f"{vi} phải thực hiện nhưng {part.figure} không báo cáo cho các đơn vị này; sửa"
            " applies_to của số liệu, hoặc đơn vị phải thực hiện",
            f"{en} owe it and {part.figure} is not reported of them: correct applies_to of the"
            " figure, or whom the obligation is for",
        )


def _figure(part: AskedAct, known: dict[str, FigurePlan], days: tuple[date, date] | None) -> _Found:
    if part.by != FIGURE_REPORTED:
        for key in ("figure", "reaches"):
            if getattr(part, key) is not None:
                yield (
                    (key,),
                    f"chỉ dùng với by: {FIGURE_REPORTED}; bỏ khóa này",
                    f"goes with by: {FIGURE_REPORTED} only: remove it",
                )
        return
    vi, en = did_you_mean(part.figure or "", known)
    if part.figure is None:
        yield (), f"thiếu figure: mã số liệu; {vi}", f"the key figure is missing; {en}"
    elif part.figure not in known:
        yield (
            ("figure",),
            f"không có số liệu “{part.figure}” trong figures; {vi}",
            f"there is no figure “{part.figure}”; {en}",
        )
    elif days and part.period is not None:
        periods = known[part.figure].known_periods(*days)
        if periods is not None and part.period not in periods:
            vi, en = did_you_mean(part.period, periods)
            yield (
                ("period",),
                f"{part.figure} không báo cáo cho kỳ “{part.period}”; {vi}",
                f"{part.figure} is not reported for “{part.period}”; {en}",
            )


def _forms(part: AskedAct) -> _Found:
    if not part.forms or part.by == ESSAY_SUBMITTED:
        return  # those of essays are their contest's: `checks/contests.py`
    if part.by != CONFERENCE:
        yield (
            ("forms",),
            f"{part.by} không có hình thức; bỏ khóa forms",
            f"{part.by} has no form held or written; remove the key forms",
        )
        return
    for at, form in enumerate(part.forms):
        if form not in ("held", "written"):
            yield (
                ("forms", at),
                f"{part.by} không có hình thức “{form}”; chọn trong: held, written",
                f"{part.by} has no form “{form}”; choose among: held, written",
            )


def _how_many(part: AskedAct) -> _Found:
    many: list[tuple[Path, int]] = [(("at_least",), part.at_least)]
    many += [
        (("targets", at, "at_least"), target.at_least)
        for at, target in enumerate(part.targets)
        if target.at_least is not None
    ]
    once = part.by not in _COUNTED or (part.by == REPORT_SUBMITTED and part.period is not None)
    for key, number in many:
        if number > 1 and once:
            yield (
                key,
                f"mỗi đơn vị chỉ có một “{part.by}” như vậy; bỏ khóa này hoặc ghi 1",
                f"a unit has one such “{part.by}” only: remove it, or write 1",
            )


def _mark(part: AskedAct) -> _Found:
    if part.mark is not None and part.by != ESSAY_SUBMITTED:
        yield (
            ("mark",),
            f"chỉ dùng với by: {ESSAY_SUBMITTED}; bỏ khóa này",
            f"goes with by: {ESSAY_SUBMITTED} only: remove it",
        )


def _targets(part: AskedAct) -> _Found:
    right, wrong = "at_least", "reaches"
    if part.by == FIGURE_REPORTED:
        right, wrong = wrong, right
    seen: set[str] = set()
    for at, target in enumerate(part.targets):
        if getattr(target, wrong) is not None:
            yield (
                ("targets", at, wrong),
                f"với by: {part.by} thì dùng {right}",
                f"with by: {part.by} say {right} instead",
            )
        for key in ("kinds", "units"):
            for which, word in enumerate(getattr(target, key)):
                if word in seen:
                    yield (
                        ("targets", at, key, which),
                        f"{word} đã có mức riêng ở trên; giữ một",
                        f"{word} has a target above already: keep one of them",
                    )
                seen.add(word)


def _known_units(
    obligations: Obligations, place: Path, part: AskedAct, units: UnitRows
) -> Iterator[FileProblem]:
    for at, target in enumerate(part.targets):
        path = (*place, "targets", at)
        yield from unknown_words(obligations, (*path, "kinds"), target.kinds, units.kinds)
        yield from unknown_units(obligations, (*path, "units"), target.units, units)

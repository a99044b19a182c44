"""By which page a unit does what it owes: the obligation's options lead there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.contracts.campaign.asked_acts import AskedAct
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.unit import Unit

_FIXED = {
    "conference-reported": "/bao-cao/hoi-nghi",
    "contest-reported": "/bao-cao/tong-ket-cuoc-thi",
    "ceremony-reported": "/bao-cao/trao-giai",
    "essay-submitted": "/bai-du-thi/moi",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A page by which a part of an obligation is done."""

    event: str
    path: str
    """Behind the campaign's."""
    act: AskedAct


@dataclass(frozen=True, slots=True)
class AskedForm:
    """A form in which something may be reported: held or written; empty: there are none."""

    form: str
    last_day: date | None
    """By the plan, whatever a later document moved."""
    needs_document: bool


def ways_of(plan: Plan, obligation: str) -> list[Way]:
    """The pages, each once; none for an obligation that the plan has no more."""
    found = {way.path: way for way in reversed(list(_all(plan, obligation)))}
    return list(reversed(found.values()))


def _all(plan: Plan, obligation: str) -> Iterator[Way]:
    for planned in plan.obligations:
        if planned.id != obligation:
            continue
        for option in planned.options:
            for act in option.parts:
                if path := _path(plan, act):
                    yield Way(act.by, path, act)


def _path(plan: Plan, act: AskedAct) -> str | None:
    if act.figure:
        figure = plan.figures.get(act.figure)
        if figure is None or "unit" not in figure.reported_by:
            return None
        return f"/so-lieu/{act.figure}/{act.period}" if act.period else f"/so-lieu#{act.figure}"
    period = f"?ky={act.period}" if act.period else ""
    if act.report:
        return f"/bao-cao/loai/{act.report}/gui{period}"
    return _FIXED.get(act.by)


def forms_asked(plan: Plan, unit: Unit, event: str) -> list[AskedForm]:
    """In which forms the plan asks a report of units like this, and until when each is in time."""
    return [
        AskedForm(form, option.last_day, option.city_document_required)
        for planned in plan.obligations_of(unit)
        for option in planned.options
        for act in option.parts
        if act.by == event
        for form in (act.forms or ("",))
    ]

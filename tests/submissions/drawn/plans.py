"""Plans and what is done under them, drawn: what is asked, of whom, and acts and orders in any
order. A day is a number: 0 is the first of the campaign."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

UNITS = {"A1": "department", "A2": "department", "B1": "quan", "B2": "quan"}
LASTS = 24
"""Days of a campaign."""
DUE = st.integers(1, 14)

FIGURE, TALLY, REPORT = "fund", "tally", "note"


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody does: what, on which day, who, and a number that it is about."""

    day: int
    verb: str
    unit: str
    number: int
    scope: frozenset[str] | None
    """Of an order: whom it concerns; None: all."""
    until: int
    """Of an order: the new last day."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan, and what is done under it."""

    obligations: tuple[dict[str, Any], ...]
    """As plan.yaml has them, but for days, which are numbers."""
    returned: str
    contest_ends: int
    acts: tuple[Act, ...]


def _option(day: int, *, included: bool = True, **keys: Any) -> dict[str, Any]:
    return {"counted_by": "received", "due": {"date": day, "included": included}, **keys}


@st.composite
def _conference(draw: st.DrawFn) -> list[dict[str, Any]]:
    grace = draw(st.sampled_from([0, 3]))
    held = {"by": "conference-reported", "forms": ["held"], "counted_by": "held-on"}
    written = {"by": "conference-reported", "forms": ["written"]}
    return [
        _option(draw(DUE), **held, reporting_grace_days=grace),
        _option(draw(DUE), included=draw(st.booleans()), **written),
    ]


@st.composite
def _essays(draw: st.DrawFn) -> list[dict[str, Any]]:
    forms = draw(st.sampled_from([[], ["press"], ["written"]]))
    asked: dict[str, Any] = {"by": "essay-submitted", "forms": forms}
    asked["at_least"] = draw(st.integers(1, 3))
    if draw(st.booleans()):
        asked["targets"] = [
            {"kinds": ["department"], "at_least": draw(st.integers(1, 3))},
            {"units": ["B1"], "at_least": draw(st.integers(1, 3))},
        ]
    return [_option(draw(DUE), **asked)]


@st.composite
def _figure(draw: st.DrawFn) -> list[dict[str, Any]]:
    asked: dict[str, Any] = {"by": "figure-reported", "figure": FIGURE, "period": "P"}
    if draw(st.booleans()):
        asked["reaches"] = "50"
    if draw(st.booleans()):
        asked["also"] = [{"by": "essay-submitted", "forms": ["press"]}]
    return [_option(draw(DUE), **asked)]


@st.composite
def _report(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [_option(draw(DUE), by="report-submitted", report=REPORT)]


@st.composite
def _proposals(draw: st.DrawFn) -> list[dict[str, Any]]:
    many = draw(st.integers(1, 2))
    essays = _option(draw(DUE), by="essay-submitted", at_least=3)
    proposed = _option(draw(DUE), by="commendation-proposed", at_least=many)
    return draw(st.sampled_from([[proposed], [proposed, essays]]))


@st.composite
def _tally(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A figure of the month and of the quarter: `every`, each with its own day."""
    option = _option(0, by="figure-reported", figure=TALLY)
    option["due"] = {"own_days": [draw(DUE), draw(DUE)]}
    if draw(st.booleans()):
        option["reaches"] = "50"
    return [option]


SHAPES = {
    "conference": _conference(),
    "essays": _essays(),
    "figure": _figure(),
    "report": _report(),
    "proposals": _proposals(),
    "tally": _tally(),
}
"""What an obligation may ask: its options."""

WORK = {
    "conference": ["held", "written"],
    "essays": ["essay", "essay", "press", "withdraw"],
    "figure": ["figure", "press", "withdraw"],
    "report": ["report", "return", "report"],
    "proposals": ["propose", "essay"],
    "tally": ["tally"],
}
"""What units do about each."""

ORDERS = ["move", "move", "move-contest", "waive", "take-back", "take-back", "tick"]

_AUDIENCES: list[dict[str, Any]] = [
    {"levels": ["upper"]},
    {"levels": ["upper"], "except": {"units": ["A2"]}},
    {"kinds": ["quan"], "units": ["A1"]},
    {"kinds": ["department", "quan"], "except": {"kinds": ["department"]}},
]


@st.composite
def drawn_plans(draw: st.DrawFn) -> Drawn:
    """A plan with one to three obligations, and 10 to 30 acts about them."""
    shapes = draw(st.lists(st.sampled_from(sorted(SHAPES)), min_size=1, max_size=3, unique=True))
    obligations = []
    for shape in shapes:
        name = shape[0].upper()
        options = draw(SHAPES[shape])
        for number, option in enumerate(options, start=1):
            option["id"] = f"{name}{number}"
        audience = draw(st.sampled_from(_AUDIENCES))
        obligations.append({"id": f"{name}1", **audience, "options": options})
    some = st.frozensets(st.sampled_from(sorted(UNITS)), min_size=1)
    verbs = [*ORDERS, *(verb for shape in shapes for verb in WORK[shape] * 2)]
    acts = draw(
        st.lists(
            st.builds(
                Act,
                day=st.integers(0, LASTS - 1),
                verb=st.sampled_from(verbs),
                unit=st.sampled_from(sorted(UNITS)),
                number=st.integers(0, 5),
                scope=st.one_of(st.none(), some),
                until=st.integers(1, LASTS - 1),
            ),
            min_size=10,
            max_size=30,
        )
    )
    return Drawn(
        tuple(obligations),
        draw(st.sampled_from(["first", "last"])),
        draw(DUE),
        tuple(sorted(acts, key=lambda act: act.day)),
    )

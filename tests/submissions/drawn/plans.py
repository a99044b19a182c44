"""Plans and what is done under them, drawn: what is asked, of whom, and acts and orders in any
order. A day is a number: 0 is the first of the campaign."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

UNITS = {"A1": "department", "A2": "department", "B1": "quan", "B2": "quan"}
LASTS = 24
"""Days of a campaign."""
DUE = st.integers(1, 14)

FIGURE, TALLY = "fund", "tally"
REPORT, RESULTS = "note", "results"
ESSAYS, PRESS = "essays", "press"


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
    contests: dict[str, int]
    """Their ends. Of two the second takes press works, by the day of the act."""
    returned: str
    acts: tuple[Act, ...]


Options = list[dict[str, Any]]
"""Of an obligation, without ids."""


def _option(day: int, *, included: bool = True, **keys: Any) -> dict[str, Any]:
    return {"counted_by": "received", "due": {"date": day, "included": included}, **keys}


def _conference(draw: st.DrawFn, _two: bool) -> Options:
    grace = draw(st.sampled_from([0, 3]))
    held = {"by": "conference-reported", "forms": ["held"], "counted_by": "held-on"}
    written = {"by": "conference-reported", "forms": ["written"]}
    return [
        _option(draw(DUE), **held, reporting_grace_days=grace),
        _option(draw(DUE), included=draw(st.booleans()), **written),
    ]


def _essays(draw: st.DrawFn, two: bool) -> Options:
    asked: dict[str, Any] = {"by": "essay-submitted", "at_least": draw(st.integers(1, 3))}
    if not two:
        asked["forms"] = draw(st.sampled_from([[], ["press"], ["written"]]))
    elif draw(st.booleans()):
        grace = draw(st.sampled_from([0, 3]))
        asked |= {"contest": PRESS, "counted_by": "act", "reporting_grace_days": grace}
    else:
        asked["contest"] = ESSAYS
    if draw(st.booleans()):
        asked["targets"] = [
            {"kinds": ["department"], "at_least": draw(st.integers(1, 3))},
            {"units": ["B1"], "at_least": draw(st.integers(1, 3))},
        ]
    return [_option(draw(DUE), **asked)]


def _received(two: bool) -> dict[str, Any]:
    """Essays that count by the day of receipt."""
    return {"by": "essay-submitted", **({"contest": ESSAYS} if two else {})}


def _figure(draw: st.DrawFn, two: bool) -> Options:
    asked: dict[str, Any] = {"by": "figure-reported", "figure": FIGURE, "period": "P"}
    if draw(st.booleans()):
        asked["reaches"] = "50"
    if draw(st.booleans()):
        asked["also"] = [_received(two)]
    return [_option(draw(DUE), **asked)]


def _report(draw: st.DrawFn, _two: bool) -> Options:
    return [_option(draw(DUE), by="report-submitted", report=REPORT)]


def _proposals(draw: st.DrawFn, two: bool) -> Options:
    many = draw(st.integers(1, 2))
    essays = _option(draw(DUE), **_received(two), at_least=3)
    proposed = _option(draw(DUE), by="commendation-proposed", at_least=many)
    return [proposed, essays] if draw(st.booleans()) else [proposed]


def _tally(draw: st.DrawFn, _two: bool) -> Options:
    """A figure of the month and of the quarter: `every`, each with its own day."""
    option = _option(0, by="figure-reported", figure=TALLY)
    option["due"] = {"own_days": [draw(DUE), draw(DUE)]}
    if draw(st.booleans()):
        option["reaches"] = "50"
    return [option]


SHAPES = {
    "conference": _conference,
    "essays": _essays,
    "figure": _figure,
    "report": _report,
    "proposals": _proposals,
    "tally": _tally,
}
"""What an obligation may ask. Their first letters are the ids of obligations."""

WORK = {
    "conference": ["held", "written"],
    "essays": ["essay", "essay", "press", "press", "withdraw"],
    "figure": ["figure", "figure", "essay", "withdraw"],
    "report": ["report", "return", "report"],
    "proposals": ["propose", "propose", "essay"],
    "tally": ["tally", "tally"],
    "after": ["results", "results", "return-results"],
}
"""What units do about each."""

ORDERS = ["move", "move", "move-contest", "waive", "take-back", "take-back", "tick"]

_AUDIENCES: list[dict[str, Any]] = [
    {"levels": ["upper"]},
    {"levels": ["upper"], "except": {"units": ["A2"]}},
    {"kinds": ["quan"], "units": ["A1"]},
    {"kinds": ["department", "quan"], "except": {"kinds": ["department"]}},
]


AWAITED = ["conference", "essays", "report"]
"""What a last day may depend on, and what is taken back."""


@st.composite
def drawn_plans(draw: st.DrawFn, *, after: bool = False) -> Drawn:
    """A plan with one to four obligations, and 10 to 30 acts about them.

    `after`: with two, of which one is due some days after the other was fulfilled.
    """
    two = draw(st.booleans())
    many = st.lists(st.sampled_from(sorted(SHAPES)), min_size=1, max_size=3, unique=True)
    one = st.sampled_from(AWAITED).map(lambda shape: [shape])
    shapes = draw(one if after else many)
    obligations = []
    for shape in shapes:
        options = SHAPES[shape](draw, two)
        obligations.append(_named(shape[0].upper(), draw(st.sampled_from(_AUDIENCES)), options))
    if after or (shapes[0] != "tally" and draw(st.booleans())):
        obligations.append(_after(draw, obligations[0]))
        shapes.append("after")
    some = st.frozensets(st.sampled_from(sorted(UNITS)), min_size=1)
    orders = ["move", "waive", "take-back", "tick", "tick"] if after else ORDERS
    verbs = [*orders, *(verb for shape in shapes for verb in WORK[shape] * 2)]
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
        {name: draw(DUE) for name in ([ESSAYS, PRESS] if two else [ESSAYS])},
        draw(st.sampled_from(["first", "last"])),
        tuple(sorted(acts, key=lambda act: act.day)),
    )


def _named(letter: str, audience: dict[str, Any], options: Options) -> dict[str, Any]:
    named = [{"id": f"{letter}{at}", **one} for at, one in enumerate(options, start=1)]
    return {"id": f"{letter}1", **audience, "options": named}


def _after(draw: st.DrawFn, other: dict[str, Any]) -> dict[str, Any]:
    """A report some days after another obligation, of the units that owe that one."""
    audience = {key: other[key] for key in ("levels", "kinds", "units", "except") if key in other}
    option = _option(0, by="report-submitted", report=RESULTS)
    option["due"] = {"days": draw(st.integers(1, 6)), "after": other["id"]}
    return _named("A", audience, [option])

"""Plans and what is done under them, drawn: what is asked, of whom, and acts and orders in any
order. A day is a number: 0 is the first of the campaign."""

from dataclasses import dataclass
from random import Random
from typing import Any

UNITS = {"A1": "department", "A2": "department", "B1": "quan", "B2": "quan"}
LASTS = 24
"""Days of a campaign."""

FIGURE, TALLY = "fund", "tally"
REPORT, RESULTS = "note", "results"
ESSAYS, PRESS = "essays", "press"
WORKS = "works"
"""How many essays a unit sent: what conditions ask."""


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


def _conference(chance: Random, _two: bool) -> Options:
    grace = chance.choice([0, 3])
    held = {"by": "conference-reported", "forms": ["held"], "counted_by": "held-on"}
    written = {"by": "conference-reported", "forms": ["written"]}
    return [
        _option(_due(chance), **held, reporting_grace_days=grace),
        _option(_due(chance), included=_maybe(chance), **written),
    ]


def _essays(chance: Random, two: bool) -> Options:
    asked: dict[str, Any] = {"by": "essay-submitted", "at_least": chance.randint(1, 3)}
    if not two:
        asked["forms"] = chance.choice([[], ["press"], ["written"]])
    elif _maybe(chance):
        grace = chance.choice([0, 3])
        asked |= {"contest": PRESS, "counted_by": "act", "reporting_grace_days": grace}
    else:
        asked["contest"] = ESSAYS
    if _maybe(chance):
        asked["targets"] = [
            {"kinds": ["department"], "at_least": chance.randint(1, 3)},
            {"units": ["B1"], "at_least": chance.randint(1, 3)},
        ]
    return [_option(_due(chance), **asked)]


def _received(two: bool) -> dict[str, Any]:
    """Essays that count by the day of receipt."""
    return {"by": "essay-submitted", **({"contest": ESSAYS} if two else {})}


def _figure(chance: Random, two: bool) -> Options:
    asked: dict[str, Any] = {"by": "figure-reported", "figure": FIGURE, "period": "P"}
    if _maybe(chance):
        asked["reaches"] = "50"
    if _maybe(chance):
        asked["also"] = [_received(two)]
    return [_option(_due(chance), **asked)]


def _report(chance: Random, _two: bool) -> Options:
    return [_option(_due(chance), by="report-submitted", report=REPORT)]


def _proposals(chance: Random, two: bool) -> Options:
    many = chance.randint(1, 2)
    essays = _option(_due(chance), **_received(two), at_least=3)
    proposed = _option(_due(chance), by="commendation-proposed", at_least=many)
    return [proposed, essays] if _maybe(chance) else [proposed]


def _tally(chance: Random, _two: bool) -> Options:
    """A figure of the month and of the quarter: `every`, each with its own day."""
    option = _option(0, by="figure-reported", figure=TALLY)
    option["due"] = {"own_days": [_due(chance), _due(chance)]}
    if _maybe(chance):
        option["reaches"] = "50"
    return [option]


def _monthly(chance: Random, two: bool) -> Options:
    """Essays of one of the contests, or proposals: `every`, in the period in which they are."""
    option = _option(0, by="commendation-proposed")
    if _maybe(chance):
        option |= _received(two)
        if two and _maybe(chance):
            option |= {"contest": PRESS, "counted_by": "act", "reporting_grace_days": 2}
    option["at_least"] = chance.randint(1, 2)
    option["due"] = {"own_days": [_due(chance), _due(chance)]}
    return [option]


SHAPES = {
    "conference": _conference,
    "essays": _essays,
    "figure": _figure,
    "report": _report,
    "proposals": _proposals,
    "tally": _tally,
    "monthly": _monthly,
}
"""What an obligation may ask. Their first letters are the ids of obligations."""

WORK = {
    "conference": ["held", "written"],
    "essays": ["essay", "essay", "press", "press", "withdraw"],
    "figure": ["figure", "figure", "essay", "withdraw"],
    "report": ["report", "return", "report"],
    "proposals": ["propose", "propose", "essay"],
    "tally": ["tally", "tally"],
    "monthly": ["essay", "press", "propose", "withdraw"],
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


def drawn_plan(seed: int, *, after: bool = False) -> Drawn:
    """A plan with one to four obligations, and 15 to 40 acts about them.

    `after`: with two, of which one is due some days after the other was fulfilled.
    By a seed: Hypothesis begins with the simplest examples, of which few say anything here.
    """
    chance = Random(seed)  # noqa: S311 - an example, no secret
    two = _maybe(chance)
    shapes = chance.sample(sorted(SHAPES), chance.randint(1, 3))
    if after:
        shapes = [chance.choice(AWAITED)]
    obligations = []
    returned = chance.choice(["first", "last"])
    for shape in shapes:
        options = SHAPES[shape](chance, two)
        for option in options:
            _with_span(chance, option)
        obligations.append(_named(shape[0].upper(), chance.choice(_AUDIENCES), options))
    if _maybe(chance) and not after:
        shapes += _with_condition(chance, obligations)
    if after or (shapes[0] not in ("tally", "monthly") and _maybe(chance)):
        obligations.append(_after(chance, obligations[0]))
        shapes.append("after")
        if returned == "last" and _maybe(chance):
            few = {"measure": WORKS, "less_than": str(chance.randint(1, 2))}
            obligations[-1]["only_if"] = {"on": chance.randint(0, 12), "when": few}
            shapes.append("essays")
    orders = ["move", "waive", "take-back", "tick", "tick"] if after else ORDERS
    verbs = [*orders, *(verb for shape in shapes for verb in WORK[shape] * 2)]
    acts = [_act(chance, chance.choice(verbs)) for _ in range(chance.randint(15, 40))]
    return Drawn(
        tuple(obligations),
        {name: _due(chance) for name in ([ESSAYS, PRESS] if two else [ESSAYS])},
        returned,
        tuple(sorted(acts, key=lambda act: act.day)),
    )


def _with_condition(chance: Random, obligations: Options) -> list[str]:
    """Gives what essays do not fulfil a condition; what is to be done besides."""
    given = False
    for each in obligations:
        options = each["options"]
        parts = [part for one in options for part in [one, *one.get("also", [])]]
        if "own_days" in options[0]["due"] or "essay-submitted" in {one["by"] for one in parts}:
            continue
        if each["options"][0]["by"] != "report-submitted":
            given = True
            few = {"measure": WORKS, "less_than": str(chance.randint(1, 2))}
            last = min(one["due"]["date"] for one in options) - 1
            each["only_if"] = {"on": chance.randint(0, last), "when": few}
    return ["essays"] if given else []


def _act(chance: Random, verb: str) -> Act:
    some = frozenset(chance.sample(sorted(UNITS), chance.randint(1, len(UNITS))))
    return Act(
        day=chance.randint(0, LASTS - 1),
        verb=verb,
        unit=chance.choice(sorted(UNITS)),
        number=chance.randint(0, 5),
        scope=some if _maybe(chance) else None,
        until=chance.randint(1, LASTS - 1),
    )


def _due(chance: Random) -> int:
    return chance.randint(1, 14)


def _maybe(chance: Random) -> bool:
    return chance.random() < 1 / 2


def _with_span(chance: Random, option: dict[str, Any]) -> None:
    """Lets it begin on a day, and end for what is late."""
    due = option["due"]
    last = due.get("date", 0) - (not due.get("included", True))
    if last > 0 and chance.random() < 1 / 3:
        due["from"] = chance.randint(0, last)
    if last > 0 and chance.random() < 1 / 4:
        due["late_until"] = chance.randint(last, last + 5)


def _named(letter: str, audience: dict[str, Any], options: Options) -> dict[str, Any]:
    named = [{"id": f"{letter}{at}", **one} for at, one in enumerate(options, start=1)]
    return {"id": f"{letter}1", **audience, "options": named}


def _after(chance: Random, other: dict[str, Any]) -> dict[str, Any]:
    """A report some days after another obligation, of the units that owe that one."""
    audience = {key: other[key] for key in ("levels", "kinds", "units", "except") if key in other}
    option = _option(0, by="report-submitted", report=RESULTS)
    option["due"] = {"days": chance.randint(1, 6), "after": other["id"]}
    return _named("A", audience, [option])

"""Drawn criteria: one strategy a kind, each drawing only what the kind itself finds no fault with.

Maxima, floors and ceilings are whole, and so multiples of every step that is rounded to; the rungs
between them come in quarters.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.scoring.drawn.chance import one
from tests.scoring.drawn.conditions import OPERANDS, conditions
from tests.scoring.drawn.measures import DUTIES, NUMBERS

Fields = dict[str, Any]
NO_VALUE = ("0", "1", "-1", "not-assigned")
QUARTER = Decimal("0.25")
_MEASURE = st.sampled_from(NUMBERS)
_AMONG = one(st.none(), conditions(1), often=2)
_TARGETS = OPERANDS.filter(lambda target: target != "0")


@cache
def _up_to(maximum: int, lowest: int = 0) -> st.SearchStrategy[str]:
    """Points in quarters."""
    return st.integers(4 * lowest, 4 * maximum).map(lambda quarters: str(quarters * QUARTER))


@st.composite
def late_ladder(draw: st.DrawFn, maximum: int) -> Fields:
    days = sorted(draw(st.sets(st.integers(0, 10), min_size=1, max_size=3)))
    lower = draw(st.lists(_up_to(maximum), min_size=len(days), max_size=len(days)))
    points = [str(maximum), *sorted(lower, key=Decimal, reverse=True)]
    return {
        "measure": draw(st.sampled_from(DUTIES)),
        "steps": [{"up_to": d, "points": p} for d, p in zip(days, points, strict=False)],
        "otherwise": points[-1],
        "missed": "-1",
        "open": draw(_up_to(maximum)),
        "waived": draw(st.sampled_from(["not-assigned", "full"])),
    }


@st.composite
def ladder(draw: st.DrawFn, maximum: int) -> Fields:
    """Rungs that cover every number once: each end is open on one side and closed on the other."""
    at = sorted(draw(st.sets(st.sampled_from([0, 1, 2, 3, 50, 95]), min_size=1, max_size=3)))
    closed = [draw(st.booleans()) for _ in at]
    rungs: list[Fields] = [{} for _ in range(len(at) + 1)]
    for place, (end, upwards) in enumerate(zip(at, closed, strict=True)):
        rungs[place]["below" if upwards else "at_most"] = str(end)
        rungs[place + 1]["at_least" if upwards else "above"] = str(end)
    for rung in rungs:
        rung["points"] = draw(_up_to(maximum, -1))
    rungs[draw(st.integers(0, len(at)))]["points"] = str(maximum)
    return {
        "measure": draw(_MEASURE),
        "steps": rungs,
        "no_value": draw(st.sampled_from(NO_VALUE)),
    }


@st.composite
def first_rung(draw: st.DrawFn, maximum: int) -> Fields:
    whens = draw(st.lists(conditions(), min_size=1, max_size=3))
    points = [str(maximum), *(draw(_up_to(maximum)) for _ in whens[1:])]
    return {
        "rungs": [{"when": w, "points": p} for w, p in zip(whens, points, strict=True)],
        "otherwise": draw(_up_to(maximum, -1)),
    }


@st.composite
def yes_no(draw: st.DrawFn, maximum: int) -> Fields:
    return {"when": draw(conditions()), "otherwise": draw(_up_to(maximum, -1))}


@st.composite
def linear(draw: st.DrawFn, maximum: int) -> Fields:  # noqa: ARG001
    target = draw(_TARGETS)
    no_value = draw(st.sampled_from(NO_VALUE))
    return {"measure": draw(_MEASURE), "target": target, "no_value": no_value}


@st.composite
def leader(draw: st.DrawFn, maximum: int) -> Fields:  # noqa: ARG001
    among = draw(_AMONG)
    return {
        "measure": draw(_MEASURE),
        "best": draw(st.sampled_from(["highest", "lowest"])),
        "no_value": draw(st.sampled_from(["0", "not-assigned"])),
        **({"among": among} if among else {}),
    }


@st.composite
def target_leader(draw: st.DrawFn, maximum: int) -> Fields:  # noqa: ARG001
    return {
        "measure": draw(_MEASURE),
        "target": draw(_MEASURE),
        "at_target": draw(st.sampled_from(["0", "0.5", "0.7", "1"])),
        "zero_target": draw(st.sampled_from(["none", "target"])),
    }


@st.composite
def count(draw: st.DrawFn, maximum: int) -> Fields:
    each = draw(st.sampled_from(["0.01", "0.25", "1", "3"]))
    return {"measure": draw(_MEASURE), "each": each, "cap": str(maximum)}


_OF_UNIT = st.fixed_dictionaries({"measure": _MEASURE, "times": st.sampled_from(["1", "0.5"])})
_SCALES = one(
    st.fixed_dictionaries(
        {
            "base": st.sampled_from(["-1", "0", "2"]),
            "step": st.sampled_from(["0.3", "1", "10"]),
        }
    ),
    st.fixed_dictionaries(
        {
            "base": one(st.sampled_from(["3", "7"]), _OF_UNIT),
            "base_coefficient": one(st.sampled_from(["1", "1.2"]), _OF_UNIT),
            "step_percent": st.sampled_from(["5", "33.3"]),
        }
    ),
)
"""Where steps begin, and how wide they are."""


@st.composite
def steps(draw: st.DrawFn, maximum: int) -> Fields:  # noqa: ARG001
    below = draw(st.sampled_from([{}, {"floor": "-1"}, {"floor": "-2", "each_below": "0.5"}]))
    return {
        "measure": draw(_MEASURE),
        "each": draw(st.sampled_from(["0.25", "1"])),
        "start": draw(st.sampled_from(["0", "0.5"])),
        "coefficient": draw(one(st.sampled_from(["1", "1.5"]), _OF_UNIT, often=3)),
        "no_value": draw(st.sampled_from(NO_VALUE)),
        **draw(_SCALES),
        **below,
    }


@cache
def _weights(least: int) -> st.SearchStrategy[list[Fields]]:
    weight = st.fixed_dictionaries(
        {"measure": _MEASURE, "each": st.sampled_from(["0.25", "1", "2"])}
    )
    return st.lists(weight, min_size=least, max_size=2)


@st.composite
def bonus_penalty(draw: st.DrawFn, maximum: int) -> Fields:
    return {
        "plus": draw(_weights(1)),
        "minus": draw(_weights(0)),
        "floor": str(draw(st.integers(-5, 0))),
        "ceiling": str(maximum),
    }


@st.composite
def base_plus_minus(draw: st.DrawFn, maximum: int) -> Fields:
    ends = {}
    if draw(st.booleans()):
        ends["floor"] = str(maximum - draw(st.integers(0, 5)))
    if draw(st.booleans()):
        ends["ceiling"] = str(maximum + draw(st.integers(0, 5)))
    return {
        "base": str(maximum),
        "plus": draw(_weights(0)),
        "minus": draw(_weights(1)),
        **ends,
    }


@st.composite
def entered(draw: st.DrawFn, maximum: int) -> Fields:
    stages = draw(st.permutations(["self", "cluster", "final"]))
    fields: Fields = {
        "stages": stages[: draw(st.integers(1, 3))],
        "minimum": draw(st.sampled_from(["0", "-2"])),
        "no_value": draw(st.sampled_from(NO_VALUE)),
    }
    if draw(st.booleans()):
        return fields
    scored_by = draw(_PANELS[draw(st.sampled_from(sorted(_PANELS)))](maximum))
    if scored_by.get("marks") == "sum":
        fields["minimum"] = "0"
    with_stages = draw(st.sampled_from([["scorers"], ["final", "scorers"], ["scorers", "self"]]))
    return {**fields, "stages": with_stages, "scored_by": {**scored_by, "scored_too": "by-all"}}


_SCORERS = ["S1", "S2", "C1", "X1"]
_PANELS: Mapping[str, Callable[[int], st.SearchStrategy[Fields]]] = {
    "one": lambda _: st.just({"unit": "S1"}),
    "mean": lambda _: st.fixed_dictionaries(
        {"units": st.just(_SCORERS[:3]), "at_least": st.integers(1, 3)}
    ),
    "trimmed": lambda _: st.fixed_dictionaries(
        {
            "units": st.just(_SCORERS),
            "marks": st.just("trimmed-mean"),
            "at_least": st.integers(3, 4),
        }
    ),
    "sum": lambda maximum: st.just(
        {
            "units": _SCORERS[:2],
            "marks": "sum",
            "maxima": dict.fromkeys(_SCORERS[:2], str(Decimal(maximum) / 2)),
        }
    ),
    "shares": lambda _: st.sampled_from(["0.3", "0.5"]).map(
        lambda share: {
            "units": _SCORERS[:2],
            "marks": "shares",
            "shares": {"S1": share, "S2": str(1 - Decimal(share))},
        }
    ),
}
"""Who scores beside the stages, and what their marks make."""


KINDS: Mapping[str, Callable[[int], st.SearchStrategy[Fields]]] = {
    "late-ladder": late_ladder,
    "ladder": ladder,
    "first-rung": first_rung,
    "yes-no": yes_no,
    "linear": linear,
    "leader": leader,
    "target-leader": target_leader,
    "count": count,
    "steps": steps,
    "bonus-penalty": bonus_penalty,
    "base-plus-minus": base_plus_minus,
    "entered": entered,
}
"""By the kind's name: what a criterion of that maximum says beside what all say."""

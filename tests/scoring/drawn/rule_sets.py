"""Drawn rule sets: tables of groups of drawn criteria, with all that a table can say."""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

from hypothesis import strategies as st

from services.contracts.rules import RuleSet
from tests.scoring.drawn.chance import one
from tests.scoring.drawn.conditions import conditions
from tests.scoring.drawn.criteria import KINDS
from tests.scoring.drawn.measures import MEASURES
from tests.scoring.drawn.units import CODES, HALF_YEAR
from tests.scoring.sample_rules import criterion, group

TEXT = {"vi": "Mẫu", "en": "Sample"}
ROUNDINGS = st.fixed_dictionaries(
    {
        "to": st.sampled_from(["0.01", "0.25", "0.5", "1"]),
        "mode": st.sampled_from(["half-up", "half-even", "down"]),
    }
)


_TOO_FEW = st.sampled_from([None, {"percent": "33.3"}, {"points": "1"}])
"""Of the points of a group, or nothing is asked of them."""
_ROUNDED_OR_NOT = st.none() | ROUNDINGS
_STRIKES = st.lists(conditions(1), max_size=2)
_UNITS = st.lists(st.sampled_from(CODES), unique=True, min_size=1, max_size=3)
_ASSIGNMENTS: st.SearchStrategy[dict[str, Any] | None] = one(
    st.none(),
    _UNITS.map(lambda units: {"except_units": units}),
    _UNITS.map(lambda units: {"units": units}),
    conditions(1).map(lambda when: {"when": when}),
    often=7,
)
"""Mostly to everybody."""
_TO_GROUPS = one(_ASSIGNMENTS, conditions(1).map(lambda when: {"when": when}), often=2)

Kinds = Iterator[str]
"""The kinds of the criteria to come: in turn, so that most rule sets have most kinds."""


@st.composite
def _criterion(draw: st.DrawFn, kind: str, id_: str, *, first: bool) -> dict[str, Any]:
    maximum = draw(st.integers(1, 10))
    published = draw(KINDS[kind](maximum))
    if not first and draw(st.integers(0, 2)) == 0:
        published["bonus"] = True
    if (to := draw(_ASSIGNMENTS)) is not None:
        published["assigned_to"] = to
    if draw(st.integers(0, 4)) == 0:
        published["rounding"] = draw(ROUNDINGS)
    return criterion(kind, id_, str(maximum), **published)


@st.composite
def _group(
    draw: st.DrawFn, kinds: Kinds, id_: str, *, optional: bool, above: int = 0
) -> dict[str, Any]:
    """Criteria, and sometimes groups in it; `above` is how many groups it is in."""
    count = draw(st.integers(1, 3)) if above == 0 else draw(st.integers(1, 2))
    criteria = [draw(_criterion(next(kinds), f"{id_}.{n + 1}", first=n == 0)) for n in range(count)]
    inner = draw(st.integers(0, 5)) < 2 - above
    groups = [
        draw(_group(kinds, f"{id_}.{name}", optional=name == "b", above=above + 1))
        for name in ("a", "b")[: draw(st.integers(1, 2)) if inner else 0]
    ]
    items = [*criteria, *groups]
    together = sum(int(each["maximum"]) for each in items if optional or not each.get("bonus"))
    published: dict[str, Any] = {"bonus": True} if optional else {}
    if groups:
        published["groups"] = groups
    maximum = together
    if together > 1 and draw(st.booleans()):
        maximum = draw(st.integers(1, together))
        published["cap"] = str(maximum)
    if (to := draw(_TO_GROUPS)) is not None:
        published["assigned_to"] = to
    return group(*criteria, id_=id_, maximum=str(maximum), **published)


@st.composite
def _table(draw: st.DrawFn, kinds: Kinds, level: str, name: str) -> dict[str, Any]:
    count = draw(st.integers(1, 2))
    groups = [draw(_group(kinds, f"{'I' * (n + 1)}", optional=False)) for n in range(count)]
    if draw(st.booleans()):
        groups.append(draw(_group(kinds, "X", optional=True)))
    maximum = sum(int(each["maximum"]) for each in groups if not each.get("bonus"))
    published: dict[str, Any] = {}
    if draw(st.integers(0, 2)) == 0:
        published["cap"] = str(maximum)
    if draw(st.booleans()):
        published["levels"] = [
            {"level": "a", "title": TEXT, "from": str(maximum * 0.75)},
            {"level": "b", "title": TEXT, "from": str(maximum * 0.5)},
            {"level": "c", "title": TEXT},
        ]
        published["level_rounding"] = draw(_ROUNDED_OR_NOT)
        published["knock_outs"] = [
            {"id": f"K{n}", "title": TEXT, "legal_source": "Mẫu", "when": when, "level": "c"}
            for n, when in enumerate(draw(_STRIKES))
        ]
        if below := draw(_TOO_FEW):
            ids = {"of": [groups[0]["id"]]}
            knock_out = {"id": "KP", "title": TEXT, "legal_source": "Mẫu", "level": "b"}
            published["knock_outs"].append(knock_out | {"points_below": ids | below})
        published["knocked_out"] = draw(st.sampled_from(["keep-rank", "rank-last"]))
    return {
        "id": name,
        "title": TEXT,
        "applies_to": {"levels": [level]},
        "maximum": str(maximum),
        "groups": groups,
        **published,
    }


@st.composite
def _tables(draw: st.DrawFn, kinds: Kinds, level: str) -> list[dict[str, Any]]:
    """One for the whole year, or another one from a day inside it."""
    first = draw(_table(kinds, level, level))
    if draw(st.integers(0, 2)):
        return [first]
    second = draw(_table(kinds, level, f"{level}-2"))
    return [{**first, "valid_to": HALF_YEAR}, {**second, "valid_from": HALF_YEAR}]


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    """A rule set for both levels of units that are scored."""
    kinds = cycle(KINDS)
    for _ in range(draw(st.integers(0, len(KINDS) - 1))):
        next(kinds)
    tables = [*draw(_tables(kinds, "upper")), *draw(_tables(kinds, "commune"))]
    return RuleSet.model_validate(
        {
            "rule_set": "drawn",
            "sample": True,
            "title": TEXT,
            "campaign": "hanoi-2020",
            "ties": draw(st.sampled_from(["shared", "dense"])),
            "tie_break": draw(st.sampled_from([(), ("I",), ("I.1", "X")])),
            "not_assigned": draw(st.sampled_from(["rescale", "as-is"])),
            "rounding": draw(ROUNDINGS),
            "line_rounding": draw(_ROUNDED_OR_NOT),
            "flag_candidates": {"each_cluster": draw(st.integers(0, 2))},
            "measures": draw(MEASURES),
            "tables": tables,
        }
    )

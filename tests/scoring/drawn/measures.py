"""Drawn measures: what the drawn facts can be counted by.

Their names are always the same, so that the strategies that read them are made once.
"""

from typing import Any

from hypothesis import strategies as st

from tests.scoring.drawn.chance import one

FIGURES = ("documents", "meetings")
OBLIGATIONS = ("D1", "D2")
MARKS = ("80", "0", "33.333333", "49.99", "50", "95", "95.01", "100")
"""Of essays."""

_OVER_FACTS = ("n1", "n2", "n3")
NUMBERS = (*_OVER_FACTS, "share", "all", "met")
"""Names of measures that are numbers."""
DUTIES = tuple(one.lower() for one in OBLIGATIONS)
"""Names of days-late measures."""

_DAYS = ("2020-03-01", "2020-05-20", "2020-07-01")
_PERIODS = one(
    st.just({}),
    st.fixed_dictionaries(
        {}, optional={"from_day": st.sampled_from(_DAYS[:2]), "before_day": st.just(_DAYS[2])}
    ),
    often=3,
)
_GONE = {"unless": "essay-withdrawn"}
_IN_TIME = [{"field": "late", "is": False}]
_ESSAYS: tuple[dict[str, Any], ...] = (
    {"kind": "count", "of": "essay-submitted", **_GONE},
    {"kind": "count", "of": "essay-submitted", "where": _IN_TIME},
    {"kind": "sum", "of": "essay-submitted", "field": "days_late", **_GONE},
    {"kind": "count", "of": "essay-withdrawn"},
    {"kind": "sum", "of": "essay-judged", "field": "mark", **_GONE},
    {"kind": "latest", "of": "essay-judged", "field": "mark", **_GONE},
    {"kind": "mean", "of": "essay-judged", "field": "mark", **_GONE},
    {"kind": "best", "of": "essay-judged", "field": "mark", **_GONE},
    {"kind": "best", "of": "essay-judged", "field": "mark", "count": 2, "give": "mean", **_GONE},
    {"kind": "mean", "of": "obligation-fulfilled", "field": "days_late"},
    {"kind": "best", "of": "obligation-fulfilled", "field": "days_late"},
    *(
        {
            "kind": "count",
            "of": "essay-judged",
            "where": [{"field": "mark", "at_least": mark}],
            **_GONE,
        }
        for mark in ("50", "95")
    ),
)
_REPORTED: tuple[dict[str, Any], ...] = tuple(
    {
        "kind": kind,
        "of": "figure-reported",
        "field": field,
        "where": [{"field": "name", "is": name}],
    }
    for kind in ("latest", "sum", "mean", "best")
    for field in ("value", "target")
    for name in FIGURES
)
_REPORTED += tuple({**one, "whole": True} for one in _REPORTED[::3])


def _in_some_period(some: tuple[dict[str, Any], ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(st.sampled_from(some), _PERIODS).map(lambda two: {**two[0], **two[1]})


_SOME = st.lists(st.sampled_from(_OVER_FACTS), min_size=1, max_size=2)
_SHARES = st.fixed_dictionaries(
    {
        "kind": st.just("share"),
        "part": st.sampled_from(_OVER_FACTS),
        "whole": st.sampled_from(_OVER_FACTS),
    },
    optional={"at_most": st.just("100"), "at_least": st.sampled_from(["0", "33.3"])},
)
_TOTALS = st.fixed_dictionaries(
    {
        "kind": st.just("total"),
        "base": st.sampled_from(["0", "2.5"]),
        "plus": _SOME,
        "minus": _SOME,
    }
)
_ASKED = (
    {"measure": "n1", "at_least": "2"},
    {"measure": "n2", "less_than": {"measure": "n3", "times": "0.5"}},
    {"not": {"measure": "d1", "is": "missed"}},
    {"any": [{"measure": "d2", "at_most": "3"}, {"measure": "share", "given": False}]},
)
_MET = st.fixed_dictionaries(
    {
        "kind": st.just("met"),
        "conditions": st.lists(st.sampled_from(_ASKED), min_size=1, max_size=3),
    }
)

MEASURES = st.fixed_dictionaries(
    {
        "n1": _in_some_period(_ESSAYS),
        "n2": _in_some_period(_REPORTED),
        "n3": _in_some_period((*_ESSAYS, *_REPORTED)),
        "share": _SHARES,
        "all": _TOTALS,
        "met": _MET,
        **{
            name: st.just({"kind": "days-late", "obligation": obligation})
            for name, obligation in zip(DUTIES, OBLIGATIONS, strict=True)
        },
    }
)
"""The `measures` of a rule set."""

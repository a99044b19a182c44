"""Drawn conditions: comparisons of measures, joined by all, any and not."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.scoring.drawn.chance import one
from tests.scoring.drawn.measures import DUTIES, NUMBERS

_BOUNDS = ("at_least", "more_than", "at_most", "less_than")
_LIMITS = ("0", "1", "2", "2.5", "50", "95")

OPERANDS = one(
    st.sampled_from(_LIMITS),
    st.fixed_dictionaries(
        {"measure": st.sampled_from(NUMBERS), "times": st.sampled_from(["1", "0.5"])}
    ),
    often=2,
)
"""A number, or so many times another measure."""

_BOUND = st.tuples(st.sampled_from(_BOUNDS), OPERANDS).map(lambda one: {one[0]: one[1]})
_OF_NUMBERS = one(
    _BOUND,
    st.sampled_from(_LIMITS).map(lambda number: {"is": number}),
    st.booleans().map(lambda given: {"given": given}),
    often=2,
)
_STATES = st.sampled_from(["fulfilled", "missed", "waived", "open"])
_OF_DUTIES = one(_BOUND, _STATES.map(lambda state: {"is": state}))
_COMPARISONS = one(
    st.tuples(st.sampled_from(NUMBERS), _OF_NUMBERS),
    st.tuples(st.sampled_from(DUTIES), _OF_DUTIES),
).map(lambda one: {"measure": one[0], **one[1]})


@cache
def conditions(depth: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """A condition that is joined at most `depth` times."""
    if depth == 0:
        return _COMPARISONS
    inner = conditions(depth - 1)
    some = st.lists(inner, min_size=1, max_size=2)
    return one(
        _COMPARISONS,
        st.fixed_dictionaries({"all": some}),
        st.fixed_dictionaries({"any": some}),
        st.fixed_dictionaries({"not": inner}),
        often=3,
    )

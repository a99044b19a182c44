"""One strategy of several, each with the chance that it is listed with.

Hypothesis' own `one_of` opens what it is given and lists the branches of all alike: a strategy with
many branches takes the place of the others, and one that is listed twice counts once.
"""

from typing import Any

from hypothesis import strategies as st


def one(*choices: st.SearchStrategy[Any], often: int = 1) -> st.SearchStrategy[Any]:
    """One of these; the first of them as if it were listed `often` times."""
    listed = [*[choices[0]] * (often - 1), *choices]
    return st.integers(0, len(listed) - 1).flatmap(lambda at: listed[at])

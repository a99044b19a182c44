"""Trees of units of which some end in the season, and others take over."""

from datetime import date

from hypothesis import strategies as st

from services.contracts.campaign import Unit, UnitTree
from tests.scoring.drawn.units import UNITS

DAYS = [date(2020, 3, 1), date(2020, 7, 1), date(2020, 10, 1)]
"""On which units end."""


@st.composite
def successions(draw: st.DrawFn) -> UnitTree:
    """The drawn units, each of which may end on one of the days, with or without a successor.

    The successor is one that exists on the day, so that chains run over days; also a unit of
    another cluster, of another table, or one that nobody scores.
    """
    ends = {code: draw(st.sampled_from([None, None, *DAYS])) for code in UNITS}
    rows: list[Unit] = []
    for code, unit in UNITS.items():
        end = ends[code]
        if end is None:
            rows.append(unit)
            continue
        there = [other for other, its in ends.items() if its is None or its > end]
        taker = draw(st.sampled_from([None, *there])) if there else None
        rows.append(unit.model_copy(update={"valid_to": end, "successor": taker}))
    return UnitTree(rows)

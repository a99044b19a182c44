"""Hypothesis draws seasons: sets of facts as submissions could say them, and bad luck with them."""

from uuid import UUID

from hypothesis import strategies as st

from services.contracts.envelope import Event
from services.contracts.events import UnitFact
from tests.scoring.facts import (
    essay,
    event,
    figure,
    fulfilled,
    judged,
    missed,
    moved,
    proposed,
    reopened,
    waived,
    withdrawn,
)

UNITS = ("SNV", "STP", "Q001", "Q009", "VPUB")
"""Units of the sample campaign: two of one cluster, two of another, one more."""

MARKS = ("0", "49.99", "50", "79.99", "80", "86.5", "90", "100", "33.333333")


@st.composite
def _essay_facts(draw: st.DrawFn, unit: str, name: str) -> list[UnitFact]:
    facts: list[UnitFact] = [essay(unit, name, late=draw(st.booleans()))]
    version = 1
    # Marks after a withdrawal don't happen; that one would not count is tested apart.
    for mark in draw(st.lists(st.sampled_from(MARKS), max_size=3)):
        version += 1
        facts.append(judged(unit, name, mark, version=version))
    if draw(st.integers(0, 3)) == 0:
        facts.append(withdrawn(unit, name, version=version + 1))
    return facts


@st.composite
def _obligation_facts(draw: st.DrawFn, unit: str, obligation: str) -> list[UnitFact]:
    facts: list[UnitFact] = []
    for make in draw(
        st.lists(st.sampled_from([missed, moved, waived, reopened, fulfilled]), max_size=3)
    ):
        version = len(facts) + 1
        if make is fulfilled:
            days = draw(st.integers(0, 12))
            facts.append(fulfilled(unit, obligation, version=version, days_late=days))
        else:
            facts.append(make(unit, obligation, version=version))
    return facts


@st.composite
def seasons(draw: st.DrawFn) -> list[Event]:
    """The events of a season, each once, in the order in which they were said."""
    facts: list[UnitFact] = []
    for unit in UNITS:
        for number in range(draw(st.integers(0, 4))):
            facts += draw(_essay_facts(unit, f"{unit}-{number}"))
        for number in range(draw(st.integers(0, 3))):
            facts.append(proposed(unit, f"proposal-{unit}-{number}"))
        for obligation in ("D2", "D5", "D6"):
            facts += draw(_obligation_facts(unit, obligation))
        for version in range(draw(st.integers(0, 2))):
            facts.append(figure(unit, "meetings-missed:2020", str(version), version=version + 1))
    return [event(fact, event_id=UUID(int=number + 1)) for number, fact in enumerate(facts)]


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Event], list[list[Event]]]:
    """A season, and how it arrives: shuffled, some of it twice, cut into batches."""
    season = draw(seasons())
    repeated = draw(st.lists(st.sampled_from(season), max_size=8)) if season else []
    arriving = draw(st.permutations([*season, *repeated]))
    size = draw(st.integers(1, 12))
    return season, [arriving[i : i + size] for i in range(0, len(arriving), size)]

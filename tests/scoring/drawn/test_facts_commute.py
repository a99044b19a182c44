"""Points are a function of the set of facts: of no order, repetition, batch or later fact."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.envelope import Event
from services.scoring.engine.digest import digest_of
from services.scoring.engine.score import score
from services.scoring.engine.tallier import tallier_of
from tests.scoring.drawn.edited import in_force
from tests.scoring.drawn.facts import MOMENTS
from tests.scoring.drawn.situations import Situation, situations, tried
from tests.scoring.drawn.units import CLUSTERS
from tests.scoring.facts import HANOI, known_events
from tests.scoring.in_memory import InMemory


@st.composite
def delivered(draw: st.DrawFn) -> tuple[Situation, list[list[Event]]]:
    """A situation, and how its facts arrive: shuffled, some of them twice, cut into batches."""
    one = draw(situations())
    repeated = [event for event in one.events if draw(st.integers(0, 3)) == 0]
    arriving = draw(st.permutations([*one.events, *repeated]))
    size = draw(st.sampled_from([1, 1, 2, 5, 20]))
    return one, [arriving[i : i + size] for i in range(0, len(arriving), size)]


@tried
@given(delivered())
def test_neither_order_nor_repetition_of_facts_changes_a_line(
    delivery: tuple[Situation, list[list[Event]]],
) -> None:
    one, batches = delivery
    arrived = one.scored(known_events(event for batch in batches for event in batch))
    assert arrived == one.scored()
    assert digest_of(arrived) == digest_of(one.scored())


@tried
@given(delivered())
def test_running_tallies_come_to_the_truth_by_any_order_and_in_any_batches(
    delivery: tuple[Situation, list[list[Event]]],
) -> None:
    one, batches = delivery
    running = InMemory(one.rules, CLUSTERS)
    for batch in batches:
        running.take(batch)
    truth = tallier_of(one.rules).tallies(one.facts)
    assert {unit: tally for unit, tally in running.tallies.items() if tally} == {
        unit: tally for unit, tally in truth.items() if tally
    }
    assert running.results() == one.scored()


@st.composite
def moments_of(draw: st.DrawFn) -> tuple[Situation, datetime]:
    """A situation, and a moment: that of a fact, or any."""
    one = draw(situations())
    own = [moment for moment, _ in one.season]
    return one, draw(st.sampled_from(own) | MOMENTS if own else MOMENTS)


@tried
@given(moments_of())
def test_as_of_a_moment_counts_what_had_happened_by_the_tables_then_in_force(
    case: tuple[Situation, datetime],
) -> None:
    one, moment = case
    by_then = known_events(event for happened, event in one.season if happened <= moment)
    then = in_force(one.rules, moment.astimezone(HANOI).date())
    assert score(one.facts, CLUSTERS, one.rules, as_of=moment) == score(by_then, CLUSTERS, then)

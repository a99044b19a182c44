"""What is the latest of several things, through corrections that speak of other moments."""

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.envelope import Event
from services.contracts.rules import RuleSet
from services.measuring.tally import Tallier
from tests.scoring.drawn.rule_sets import TEXT
from tests.scoring.drawn.situations import tried
from tests.scoring.drawn.units import CLUSTERS
from tests.scoring.facts import at, event, judged, known_events, withdrawn
from tests.scoring.in_memory import InMemory
from tests.scoring.sample_rules import criterion, group

RULES = RuleSet.model_validate(
    {
        "rule_set": "latest",
        "sample": True,
        "title": TEXT,
        "campaign": "hanoi-2020",
        "measures": {
            "mark": {
                "kind": "latest",
                "of": "essay-judged",
                "field": "mark",
                "unless": "essay-withdrawn",
            }
        },
        "tables": [
            {
                "id": "upper",
                "title": TEXT,
                "applies_to": {"levels": ["upper"]},
                "maximum": "10",
                "groups": [group(criterion("linear", measure="mark", target="5"), maximum="10")],
            }
        ],
    }
)
_MARKS = st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.integers(0, 5))
"""Essay, version, day: few of each, so that they meet."""


def _mark_or_withdrawal(number: int, essay: str, version: int, day: int, *, gone: bool) -> Event:
    moment: datetime = at("5-1") + timedelta(days=day)
    fact = (
        withdrawn("N1", essay).model_copy(update={"withdrawn_at": moment})
        if gone
        else judged("N1", essay, str(number), version=version).model_copy(
            update={"judged_at": moment}
        )
    )
    return event(fact, event_id=UUID(int=number))


@st.composite
def arrivals(draw: st.DrawFn) -> list[Event]:
    """A few marks of two essays, some of which are withdrawn, one after the other."""
    marks = draw(st.lists(_MARKS, min_size=3, max_size=8))
    return [
        _mark_or_withdrawal(number, *mark, gone=draw(st.integers(0, 9)) == 9)
        for number, mark in enumerate(marks, start=1)
    ]


@tried
@given(arrivals())
def test_it_is_the_same_as_if_all_facts_were_looked_at(arriving: list[Event]) -> None:
    running = InMemory(RULES, CLUSTERS)
    for count, one in enumerate(arriving, start=1):
        running.take([one])
        truth = Tallier(RULES.measured, RULES.zone).tallies(known_events(arriving[:count]))
        assert running.tallies.get("N1", {}) == truth.get("N1", {})

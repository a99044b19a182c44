"""A drawn rule set with a season of facts, and how the promises are tried on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from services.contracts.campaign import RuleSet
from services.contracts.envelope import Event
from services.scoring.engine.records import KnownFact
from services.scoring.engine.results import Results
from services.scoring.engine.score import score
from tests.scoring.drawn.facts import seasons
from tests.scoring.drawn.rule_sets import rule_sets
from tests.scoring.drawn.units import CLUSTERS
from tests.scoring.said import known_events

tried = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
"""Sized so that the folder takes half a minute on two cores."""


@dataclass(frozen=True)
class Situation:
    """A rule set, and facts with the moment of each."""

    rules: RuleSet
    season: list[tuple[datetime, Event]]

    @property
    def events(self) -> list[Event]:
        """As they arrive."""
        return [one for _, one in self.season]

    @property
    def facts(self) -> list[KnownFact]:
        """As the engine gets them."""
        return known_events(self.events)

    def scored(self, facts: Sequence[KnownFact] | None = None) -> Results:
        """The standings: of these facts, or of all."""
        return score(self.facts if facts is None else facts, CLUSTERS, self.rules)


@st.composite
def situations(draw: st.DrawFn, most: int = 30) -> Situation:
    """Any rule set, and at most so many facts about its units."""
    rules = draw(rule_sets())
    return Situation(rules, draw(seasons(rules, most)))

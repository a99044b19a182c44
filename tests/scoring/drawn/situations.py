"""A drawn rule set with a season of facts, and how the promises are tried on them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from services.contracts.envelope import Event
from services.contracts.events import UnitFact
from services.contracts.rules import RuleSet
from services.measuring.records import KnownFact
from services.scoring.engine.results import Results
from services.scoring.engine.score import score
from tests.scoring.drawn.facts import seasons
from tests.scoring.drawn.rule_sets import rule_sets
from tests.scoring.drawn.units import CLUSTERS
from tests.scoring.facts import known_events

tried = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
"""Sized so that the folder takes half a minute of processor: other situations at every run."""


_TEXTS = ("title", "legal_source")
_TELLING = (
    *("version", "late", "days_late", "mark", "name", "value", "target"),
    *("obligation", "criterion", "stage", "points"),
)


def _without_texts(content: Any) -> Any:
    if isinstance(content, dict):
        return {k: _without_texts(v) for k, v in content.items() if k not in _TEXTS}
    return [_without_texts(one) for one in content] if isinstance(content, list) else content


def _telling(fact: KnownFact) -> dict[str, object]:
    return {name: fact.fields[name] for name in _TELLING if fact.fields.get(name) is not None}


@dataclass(frozen=True, repr=False)
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

    def __repr__(self) -> str:
        """Short enough to be read where a promise is broken: the rules as data, a fact a line."""
        rules = self.rules.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        published = "".join(
            f"\n  {moment:%m-%d} {fact.event} {fact.unit} {fact.record} {_telling(fact)}"
            for (moment, _), fact in zip(self.season, self.facts, strict=True)
        )
        return f"{json.dumps(_without_texts(rules))}{published}"

    def scored(self, facts: Sequence[KnownFact] | None = None) -> Results:
        """The standings: of these facts, or of all."""
        return score(self.facts if facts is None else facts, CLUSTERS, self.rules)


def unit_of(event: Event) -> str:
    """The unit that a drawn event is about."""
    assert isinstance(event.data, UnitFact)
    return event.data.unit


@st.composite
def situations(draw: st.DrawFn, most: int = 60) -> Situation:
    """Any rule set, and at most so many facts about its units."""
    rules = draw(rule_sets())
    return Situation(rules, draw(seasons(rules, most)))


@st.composite
def by_days(draw: st.DrawFn, most: int = 60) -> Situation:
    """The same where each table counts the work of its days; mostly there are two for a unit."""
    one = draw(situations(most))
    return Situation(each_counts_its_days(one.rules), one.season)


def each_counts_its_days(rules: RuleSet) -> RuleSet:
    """A rule set of which each table counts the work of its days."""
    content = rules.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return RuleSet.model_validate({**content, "each_table_counts": "work-of-its-days"})

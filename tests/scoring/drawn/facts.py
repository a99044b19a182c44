"""Drawn facts: submissions, corrections, withdrawals, waivers, figures, scores that people enter.

Versions and moments are drawn apart from each other: a correction may speak of an earlier moment,
two facts may claim one version, a withdrawal may be all that is known of an essay.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import strategies as st

from services.contracts.envelope import Event
from services.contracts.events import ScoreEntered, UnitFact
from services.contracts.rules import RuleSet
from services.contracts.rules.criteria import Entered
from tests.scoring.drawn.chance import one
from tests.scoring.drawn.measures import FIGURES, MARKS, OBLIGATIONS
from tests.scoring.drawn.units import CODES
from tests.scoring.facts import (
    CAMPAIGN,
    at,
    essay,
    event,
    figure,
    fulfilled,
    judged,
    missed,
    moved,
    reopened,
    thing,
    waived,
    withdrawn,
)

NUMBERS = ("1", "2", "3", "0", "-2", "49.99", "50", "95", "95.01", "33.333333")
MOMENTS = st.integers(0, 364).map(lambda days: at("1-1") + timedelta(days=days))
_VERSIONS = st.integers(1, 3)
_UNITS = one(st.sampled_from(["N1", "N2"]), st.sampled_from(CODES))
"""Two of them have most to say, so that their facts meet in one record and one measure."""
_MARKS = st.sampled_from(MARKS)


def _essay(published: Any, unit: str, number: int, **fields: Any) -> UnitFact:
    """What is said of one of a unit's essays."""
    fact: UnitFact = published(unit, f"{unit}-{number}", **fields)
    return fact


def _figure(unit: str, name: str, period: str, version: int, numbers: Sequence[str]) -> UnitFact:
    fact = figure(unit, f"{name}:{period}", numbers[0], version=version)
    return fact.model_copy(update={"target": Decimal(numbers[1])}) if numbers[1:] else fact


class DrawnEntry(NamedTuple):
    """A score entry before it is known which criteria of the rule set take some."""

    number: int
    unit: str
    version: int
    points: str

    def on(self, criteria: Sequence[tuple[str, str, str | None]]) -> UnitFact:
        """The entry, on one of these criteria and stages, by a scorer where it is one's mark."""
        criterion, stage, scorer = criteria[self.number % len(criteria)]
        return ScoreEntered(
            campaign=CAMPAIGN,
            unit=self.unit,
            version=self.version,
            entry_id=thing(f"{self.unit}-{criterion}-{stage}-{scorer}"),
            criterion=criterion,
            stage=stage if scorer is None else "cluster",
            scorer=scorer,
            points=self.points,
            reason="Mẫu",
            evidence="Văn bản mẫu",
            entered_at=at("12-1"),
        )


_NUMBER = st.integers(0, 2)
_DUTY = {"obligation": st.sampled_from(OBLIGATIONS), "version": _VERSIONS}
_FIGURES = st.builds(
    _figure,
    _UNITS,
    st.sampled_from(FIGURES),
    st.sampled_from(["2020-H1", "2020-H2"]),
    _VERSIONS,
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=2),
)
_FACTS = one(
    _FIGURES,
    st.builds(_essay, st.just(essay), _UNITS, _NUMBER, late=st.booleans()),
    st.builds(_essay, st.just(judged), _UNITS, _NUMBER, mark=_MARKS, version=_VERSIONS),
    st.builds(_essay, st.just(withdrawn), _UNITS, _NUMBER),
    st.builds(fulfilled, _UNITS, days_late=st.integers(0, 12), **_DUTY),
    st.builds(missed, _UNITS, **_DUTY),
    st.builds(moved, _UNITS, **_DUTY),
    st.builds(waived, _UNITS, **_DUTY),
    st.builds(reopened, _UNITS, **_DUTY),
    st.builds(DrawnEntry, st.integers(0, 11), _UNITS, _VERSIONS, st.sampled_from(NUMBERS)),
    often=4,
)


@cache
def _drawn(count: int) -> st.SearchStrategy[list[tuple[UnitFact | DrawnEntry, datetime]]]:
    return st.lists(st.tuples(_FACTS, MOMENTS), min_size=count, max_size=count)


def _entered_of(rules: RuleSet) -> list[tuple[str, str, str | None]]:
    """Criteria that people score, with each stage and scorer."""
    found: set[tuple[str, str, str | None]] = {
        (criterion.id, stage, scorer)
        for table in rules.tables
        for criterion in table.criteria
        if isinstance(criterion, Entered)
        for stage in criterion.stages
        for scorer in (
            criterion.scored_by.codes if stage == "scorers" and criterion.scored_by else (None,)
        )
    }
    return sorted(found, key=str) or [("none", "final", None)]


def _happened(fact: UnitFact, moment: datetime, *, simulated: bool) -> UnitFact:
    return fact.model_copy(update={fact.moment_field: moment, "simulated": simulated})


@st.composite
def seasons(draw: st.DrawFn, rules: RuleSet, most: int = 60) -> list[tuple[datetime, Event]]:
    """Facts that the measures of a rule set can count, each once, with the moment of each."""
    simulated, criteria = draw(st.booleans()), _entered_of(rules)
    season = []
    count = draw(st.sampled_from([most, most // 2, most // 4, 1]))
    for number, (published, moment) in enumerate(draw(_drawn(count)), start=1):
        fact = published.on(criteria) if isinstance(published, DrawnEntry) else published
        happened = _happened(fact, moment, simulated=simulated)
        season.append((moment, event(happened, event_id=UUID(int=number))))
    return season

"""The facts that scoring takes."""

from services.contracts.events import FACTS, ScoreEntered, UnitFact
from services.contracts.topics import topic_of

TAKES: tuple[type[UnitFact], ...] = (
    *(
        fact
        for fact in FACTS
        if issubclass(fact, UnitFact) and fact.sheet.publisher == "submissions"
    ),
    ScoreEntered,
)
"""Every fact about a unit, so that a rule set may count any of them without a new release."""


def topics(prefix: str) -> list[str]:
    """The topics that scoring reads."""
    return [topic_of(prefix, fact) for fact in TAKES]

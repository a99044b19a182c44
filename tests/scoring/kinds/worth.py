"""What one criterion gives one unit, over figures, an obligation or a mark that a test says."""

from typing import Any

from services.contracts.campaign import Unit
from services.contracts.events import UnitFact
from services.contracts.rules import RuleSet
from services.scoring.engine.criteria import formula, law
from services.scoring.engine.results import Line
from services.scoring.engine.score import score
from services.scoring.engine.texts import FormulaNames
from tests.scoring.facts import figure, known
from tests.scoring.sample_rules import criterion, group, unit

ID = "I.1"
"""The criterion under test."""


def _latest(figure: str, field: str = "value") -> dict[str, Any]:
    where = [{"field": "name", "is": figure}]
    return {"kind": "latest", "of": "figure-reported", "field": field, "where": where}


MEASURES: dict[str, Any] = {
    "a": _latest("a"),
    "b": _latest("b"),
    "goal": _latest("a", "target"),
    "report": {"kind": "days-late", "obligation": "D6"},
}
_TITLE = {"vi": "Mẫu", "en": "Sample"}


def a(value: str, unit: str = "A", *, target: str | None = None) -> UnitFact:
    """Figure a of a unit, which the measure `a` reads; its target is the measure `goal`."""
    return figure(unit, "a:2020", value, target=target)


def b(value: str, unit: str = "A") -> UnitFact:
    """Figure b of a unit, which the measure `b` reads."""
    return figure(unit, "b:2020", value)


def rule_set(**fields: Any) -> RuleSet:
    """Two tables, for the levels upper and commune, each with this criterion only, worth 10."""
    only = criterion(fields.pop("kind"), ID, **{"maximum": "10", **fields})
    table = {"title": _TITLE, "maximum": "10", "groups": [group(only, maximum=only["maximum"])]}
    return RuleSet.model_validate(
        {
            "rule_set": "kinds",
            "sample": True,
            "title": _TITLE,
            "campaign": "hanoi-2020",
            "measures": MEASURES,
            "tables": [
                {**table, "id": level, "applies_to": {"levels": [level]}}
                for level in ("upper", "commune")
            ],
        }
    )


UNITS: tuple[Unit, ...] = (unit("A"), unit("B"), unit("C"), unit("X", level="commune"))
"""One cluster; X is scored by another table."""


def worth(*facts: UnitFact, of: str = "A", **fields: Any) -> Line:
    """The line of one unit; its rule and its formula can be said in both languages."""
    rules = rule_set(**fields)
    points = score(known(*facts), {"c": UNITS}, rules).unit(of)
    assert points is not None
    only = points.lines[0]
    rule = rules.tables[0].criteria[0]
    names = FormulaNames(rules)
    assert law(rule, names).vi
    assert law(rule, names).en
    assert formula(rule, only.inputs, only.points, names).vi
    return only


def nothing(line: Line) -> bool:
    """Whether the criterion is not assigned: neither points nor maximum."""
    return (line.assigned, line.points, line.maximum) == (False, 0, 0)

"""Small rule sets, so that a test shows all the numbers that it is about."""

from typing import Any

from services.contracts.campaign import Unit
from services.contracts.rules import RuleSet

MEASURES: dict[str, Any] = {
    "essays": {"kind": "count", "of": "essay-submitted", "unless": "essay-withdrawn"},
    "in_time": {
        "kind": "count",
        "of": "essay-submitted",
        "unless": "essay-withdrawn",
        "where": [{"field": "late", "is": False}],
    },
    "good": {
        "kind": "count",
        "of": "essay-judged",
        "unless": "essay-withdrawn",
        "where": [{"field": "mark", "at_least": "80"}],
    },
    "weak": {
        "kind": "count",
        "of": "essay-judged",
        "unless": "essay-withdrawn",
        "where": [{"field": "mark", "less_than": "50"}],
    },
    "marks": {
        "kind": "sum",
        "of": "essay-judged",
        "field": "mark",
        "unless": "essay-withdrawn",
    },
    "withdrawn": {"kind": "count", "of": "essay-withdrawn"},
    "over_the_bus": {
        "kind": "sum",
        "of": "figure-reported",
        "field": "value",
        "where": [{"field": "name", "is": "documents-over-the-bus"}],
    },
    "report": {"kind": "days-late", "obligation": "D6"},
}


def criterion(kind: str, id_: str = "I.1", maximum: str = "10", **fields: Any) -> dict[str, Any]:
    """A criterion with the texts that no number depends on."""
    return {
        "id": id_,
        "title": {"vi": "Tiêu chí", "en": "Criterion"},
        "legal_source": "Mẫu",
        "kind": kind,
        "maximum": maximum,
        **fields,
    }


LADDER: dict[str, Any] = {
    "measure": "report",
    "steps": [
        {"up_to": 0, "points": "10"},
        {"up_to": 2, "points": "7.5"},
        {"up_to": 5, "points": "5"},
    ],
    "otherwise": "1",
    "missed": "0",
    "open": "0.25",
    "waived": "not-assigned",
}


def group(*criteria: dict[str, Any], id_: str = "I", maximum: str, **fields: Any) -> dict[str, Any]:
    """A group of criteria."""
    return {
        "id": id_,
        "title": {"vi": "Nhóm", "en": "Group"},
        "maximum": maximum,
        **({"criteria": list(criteria)} if criteria else {}),
        **fields,
    }


def rules(
    *groups: dict[str, Any], maximum: str = "10", to: str = "0.01", mode: str = "half-up"
) -> RuleSet:
    """One table for the level `upper`, with three bands: A from 9, B from 5, C from -100."""
    title = {"vi": "Mẫu", "en": "Sample"}
    return RuleSet.model_validate(
        {
            "rule_set": "small",
            "sample": True,
            "title": title,
            "campaign": "hanoi-2020",
            "ties": "shared",
            "rounding": {"to": to, "mode": mode},
            "measures": MEASURES,
            "tables": [
                {
                    "id": "upper",
                    "title": title,
                    "applies_to": {"levels": ["upper"]},
                    "maximum": maximum,
                    "groups": list(groups),
                    "levels": [
                        {"level": "a", "title": title, "from": "9"},
                        {"level": "b", "title": title, "from": "5"},
                        {"level": "c", "title": title, "from": "-100"},
                    ],
                }
            ],
        }
    )


def unit(code: str, level: str = "upper") -> Unit:
    """A unit of one cluster."""
    return Unit(code=code, name=f"Đơn vị {code}", kind="quan", level=level, cluster="c")

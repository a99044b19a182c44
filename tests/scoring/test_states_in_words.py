"""How an obligation stands, said in each language's own words where points are explained."""

from typing import Any

import pytest

from services.contracts.events import UnitFact
from services.contracts.wording import Bilingual
from services.scoring.engine.criteria import formula
from services.scoring.engine.texts import FormulaNames
from tests.scoring.facts import fulfilled, missed, waived
from tests.scoring.kinds.worth import rule_set, worth

WHEN = {"any": [{"measure": "report", "at_most": "5"}, {"measure": "a", "given": True}]}
KINDS: dict[str, dict[str, Any]] = {
    "yes-no": {"kind": "yes-no", "when": WHEN},
    "first-rung": {
        "kind": "first-rung",
        "rungs": [{"when": WHEN, "points": "10"}],
        "otherwise": "0",
    },
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("facts", "vi", "en"),
    [
        (
            [fulfilled("A", "D6", days_late=2)],
            "đã hoàn thành, chậm 2 ngày",
            "fulfilled 2 days late",
        ),
        ([fulfilled("A", "D6", days_late=1)], "đã hoàn thành, chậm 1 ngày", "fulfilled 1 day late"),
        ([fulfilled("A", "D6", days_late=0)], "đã hoàn thành", "fulfilled"),
        ([missed("A", "D6")], "quá hạn", "missed"),
        ([waived("A", "D6")], "được miễn", "waived"),
        ([], "chưa đến hạn", "open"),
    ],
)
def test_a_state_is_written_in_the_language_of_its_sentence(
    kind: str, facts: list[UnitFact], vi: str, en: str
) -> None:
    text = formula_of(facts, **KINDS[kind])
    assert text.vi.startswith(f"report = {vi}, a = —: ")
    assert text.en.startswith(f"report = {en}, a = —: ")


def formula_of(facts: list[UnitFact], **fields: Any) -> Bilingual:
    line = worth(*facts, **fields)
    (only,) = rule_set(**fields).tables[0].criteria
    return formula(only, line.inputs, line.points, FormulaNames(rule_set(**fields)))

"""Promises about scoring's own papers: events and answers are those that the documents name."""

import re
from pathlib import Path

from services.contracts.events import FACTS
from services.scoring.app import PUBLISHERS
from services.scoring.score_entries.versions import ALREADY_ENTERED, ENTRY_CHANGED

DECIDED = Path("docs/scoring.md")
RULES = Path("services/scoring/score_entries/rules.py")


def test_it_publishes_every_fact_whose_sheet_names_it() -> None:
    assert {fact for fact in FACTS if fact.sheet.publisher == "scoring"} == set(PUBLISHERS)


def test_every_rule_of_a_score_entry_and_no_other_stands_in_the_table_of_decided_answers() -> None:
    used = set(re.findall(r'rule="([a-z.-]+)"', RULES.read_text()))
    assert len(used) == 9
    table = DECIDED.read_text()
    assert set(re.findall(r"^\| `([a-z-]+\.[a-z-]+)` \|", table, re.MULTILINE)) == used
    for problem in (ALREADY_ENTERED, ENTRY_CHANGED):
        assert f"| `{problem.slug}` |" in table

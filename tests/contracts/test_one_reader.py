"""Promise: services/contracts/reading.py alone reads days, moments and numbers from text."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
READER = "services/contracts/reading.py"
NO_TEXT_FROM_OUTSIDE = {
    "services/contracts/campaign/measuring/proving/measure_values.py": "bounds of our own models",
    "services/contracts/wording.py": "a decimal or a whole number, to be written",
    "services/measuring/best.py": "a tally, and a number that we wrote ourselves",
    "services/measuring/values.py": "days late, a whole number",
    "services/measuring/contributions.py": "fields of facts, which were read when they came",
    "services/portal/rendering.py": "numbers that the services answer",
    "services/scoring/engine/criteria/marks.py": "how many marks there are",
    "services/measuring/exact.py": "the numbers of a fraction",
    "services/measuring/measures.py": "a tally, a decimal or a whole number",
    "services/scoring/engine/rounding.py": "a whole number of steps",
    "services/scoring/engine/texts.py": "a number that we wrote ourselves",
    "services/scoring/rebuilding/rebuild.py": "seconds that we measured",
    "services/scoring/tallies/queries.py": "a sum of our own, which may be long",
    "services/submissions/statistics/statistics.py": "a count",
}
"""Who makes decimals of something else, and of what."""


def _readings(path: Path) -> set[str]:
    """The calls in a file that read a day, a moment or a number from a value."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name in {"fromisoformat", "strptime"}:
            found.add(name)
        if name == "Decimal" and not all(isinstance(arg, ast.Constant) for arg in node.args):
            found.add(name)
    return found


def _elsewhere() -> dict[str, set[str]]:
    files = {str(path.relative_to(ROOT)): path for path in (ROOT / "services").rglob("*.py")}
    return {
        name: found for name, path in files.items() if name != READER and (found := _readings(path))
    }


def test_no_other_file_reads_days_moments_or_numbers() -> None:
    elsewhere = _elsewhere()
    unknown = {name: what for name, what in elsewhere.items() if name not in NO_TEXT_FROM_OUTSIDE}
    assert not unknown, f"call {READER} instead: {unknown}"
    assert {one for name in NO_TEXT_FROM_OUTSIDE for one in elsewhere.get(name, ())} == {"Decimal"}
    assert set(elsewhere) == set(NO_TEXT_FROM_OUTSIDE), "an exception that nobody needs any more"


def test_the_scan_sees_what_it_looks_for() -> None:
    assert _readings(ROOT / READER) == {"fromisoformat", "Decimal"}

"""Promise: the name in code that docs/glossary.md gives for a concept is one that the code has."""

import re

import pytest

from tests.words.collected import ROOT

_ROWS = [
    [cell.strip() for cell in line.strip("|\n").split(" | ")]
    for line in (ROOT / "docs/glossary.md").read_text().splitlines()
    if line.startswith("| ")
][1:]
_CODE = "\n".join(
    path.read_text()
    for folder in ("services", "infra/campaigns")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".yaml", ".json"}
)
NAMES = sorted({name for row in _ROWS for name in re.findall(r"`([^`]+)`", row[2])})


def test_there_are_rows_in_three_columns() -> None:
    assert len(_ROWS) > 75
    assert {len(row) for row in _ROWS} == {3}


@pytest.mark.parametrize("name", NAMES)
def test_the_code_has_the_name(name: str) -> None:
    spelled = re.escape(name).replace("_", "[-_]")
    assert re.search(rf"(?<![A-Za-z]){spelled}(?![A-Za-z])", _CODE), f"no code says {name}"

"""Promises: code has each name of docs/glossary.md, and the list of decisions has each page."""

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


def test_every_decision_is_in_the_list_under_its_title() -> None:
    folder = ROOT / "docs/decisions"
    listed = re.findall(
        r"^- \[(\d{4})\]\((.+\.md)\) (.+)$", (folder / "README.md").read_text(), re.M
    )
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    titles = [path.read_text().splitlines()[0] for path in pages]
    assert [name for _, name, _ in listed] == [path.name for path in pages]
    assert [f"# {number} {title}" for number, _, title in listed] == titles

"""What documents and code point to is there."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = {".py", ".md", ".yaml", ".yml", ".toml", ".sh"}
DECISION = re.compile(r"docs/decisions/(\d{4}-[a-z0-9-]+\.md)")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines()]


def test_every_decision_that_is_cited_exists() -> None:
    missing = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in committed()
        if path.suffix in READ and path.exists()
        for name in DECISION.findall(path.read_text())
        if not (ROOT / "docs" / "decisions" / name).exists()
    }
    assert not missing


@pytest.mark.parametrize(
    "page", [path for path in committed() if path.suffix == ".md"], ids=lambda path: path.name
)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    dead = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert not dead

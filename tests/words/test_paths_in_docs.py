"""Promise: each file and folder that a page names is there, whatever was renamed since."""

import re
from collections.abc import Iterator

from tests.words.collected import ROOT

_PAGES = [path for pattern in ("*.md", "docs/**/*.md") for path in sorted(ROOT.glob(pattern))]
_FOLDERS = ("docs", "infra", "services", "tests")
_THERE = {
    f"/{path.relative_to(ROOT)}"
    for start in (ROOT.glob("*"), *((ROOT / folder).rglob("*") for folder in _FOLDERS))
    for path in start
}
_PATH = re.compile(
    r"(?:services|tests|infra|docs)/[\w./-]+|[\w./-]+(?:/|\.(?:py|md|ya?ml|json|txt))"
)
_PLACEHOLDER = re.compile(r"(?<![A-Z])(SERVICE|FEATURE|FILE|KIND|NAME)(?![A-Z])")
"""In recipes: what a change chooses."""
NOT_OURS = {
    ".local/": "made by `make demo`",
    ".local/chaos/broken.txt": "written by `make chaos` where a promise is broken",
    ".venv/": "made by `make setup`",
    "/openapi.json": "a path of HTTP",
    "ruamel.yaml": "a package",
    "lan-2/rules.yaml": "deleted from another copy",
    "sua-doi/plan.yaml": "somebody's copy of a campaign, which the manual has changed",
    "sua-doi/rules.yaml": "the same",
    "units.txt": "what Excel calls Unicode text, in somebody's campaign",
}


def named(text: str) -> Iterator[str]:
    """The paths between backticks, a test's without its function."""
    for quoted in re.findall(r"`([^`\s]+)`", text):
        path = quoted.partition("::")[0]
        if _PATH.fullmatch(path) and not _PLACEHOLDER.search(path) and path not in NOT_OURS:
            yield path


def is_there(path: str) -> bool:
    """Whether there is such a file or folder; pages leave out what comes before it."""
    return any(known.endswith("/" + path.strip("/")) for known in _THERE)


def test_a_path_that_is_gone_is_found() -> None:
    text = "`http/gone.py`, `services/gone`, `services/SERVICE/app.py`, `/openapi.json`, `12.5`"
    assert list(named(text)) == ["http/gone.py", "services/gone"]
    assert not is_there("http/gone.py")
    assert is_there("http/fields.py")
    assert is_there("services/contracts/rules/")


def test_each_path_that_a_page_names_is_there() -> None:
    wrong = [
        f"{page.relative_to(ROOT)}:{number}: {path}"
        for page in _PAGES
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        for path in named(line)
        if not is_there(path)
    ]
    assert not wrong, "renamed? Or declare it in NOT_OURS:\n" + "\n".join(wrong)

"""Plans of before a plan could have several contests: `essays` and `contest_ends`, read as one.

What was announced stays as it was written; only what it is read as has today's keys. Problems are
at the lines and under the names that the file has.
"""

from dataclasses import replace
from typing import Final

from services.contracts.campaign.document import Document, Path

FORMER_CONTEST: Final = "essays"
"""The id of the contest of such a plan."""
_TITLE: Final = {"vi": "Cuộc thi viết", "en": "essay contest"}
_KEYS: Final[dict[str, Path]] = {
    "essays": ("contests", 0),
    "contest_ends": ("contests", 0, "ends"),
}
"""Where each of the former keys is today."""


def with_contests(document: Document) -> Document:
    """The plan with `contests`; the same one where it has neither of the former keys."""
    data = document.data
    if not isinstance(data, dict) or "contests" in data or not _KEYS.keys() & data.keys():
        return document
    rules = data.get("essays", {})
    if not isinstance(rules, dict):
        return document
    contest: dict[str, object] = {"id": FORMER_CONTEST, "title": _TITLE, **rules}
    if "contest_ends" in data:
        contest["ends"] = data["contest_ends"]
    lines: dict[Path, int] = {}
    original = dict(document.original)
    for path, line in document.lines.items():
        today = (*_KEYS[str(path[0])], *path[1:]) if path and path[0] in _KEYS else path
        lines[today] = line
        original[today] = path
    first = next(key for key in _KEYS if key in data)
    for path in (("contests",), ("contests", 0)):
        lines[path] = document.line((first,))
        original[path] = (first,)
    kept = {key: value for key, value in data.items() if key not in _KEYS}
    return replace(document, data={**kept, "contests": [contest]}, lines=lines, original=original)

"""Promise: one name is one public class, so that a name found once is found."""

import ast
from collections import defaultdict

from tests.words.collected import ROOT


def test_no_two_public_classes_share_a_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "services").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert len(places) > 400
    shared = {name: where for name, where in places.items() if len(where) > 1}
    assert not shared

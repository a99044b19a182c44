"""Promise: a command that fails says why in the language asked for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PRINTED = (
    "cli/*.py",
    "chassis/broker/group_positions.py",
    "chassis/broker/topic_*.py",
    "*/settings.py",
    "scoring/rebuilding/*.py",
    "scoring/publications/verif*.py",
)
"""Below services: what raises errors that a command prints as its last line."""


def _in_one_language(source: str) -> Iterator[str]:
    """The sentences that a file raises without `speak`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for argument in node.exc.args:
                parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
                for part in parts:
                    if isinstance(part, ast.Constant) and re.search(
                        r"[a-z] [a-z]", str(part.value)
                    ):
                        yield f"{node.lineno}: {part.value}"


def test_a_sentence_in_one_language_is_found() -> None:
    assert list(_in_one_language('raise TopicError(f"did not {verb} it")')) == ["1: did not "]
    assert not list(_in_one_language('raise TopicError(speak("không được", "was not done"))'))


def test_what_commands_print_as_their_failure_is_in_the_language_that_is_spoken() -> None:
    services = Path(__file__).parents[2] / "services"
    files = [path for part in PRINTED for path in sorted(services.glob(part))]
    wrong = [
        f"{path.relative_to(services)}:{sentence}"
        for path in files
        for sentence in _in_one_language(path.read_text(encoding="utf-8"))
    ]
    assert len(files) > len(PRINTED)
    assert not wrong, "speak(vi, en):\n" + "\n".join(wrong)

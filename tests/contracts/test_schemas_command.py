"""thidua schemas: what the command tells, and with which code it ends."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.schemas import app
from services.contracts import published


def thidua_schemas(command: str, root: Path) -> Result:
    return CliRunner().invoke(app, [command, "--root", str(root)], env={"THIDUA_LANG": "en"})


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    assert thidua_schemas("write", tmp_path).exit_code == 0
    return tmp_path


def test_write_makes_a_tree_that_check_finds_well(tree: Path) -> None:
    assert thidua_schemas("check", tree).exit_code == 0
    second = thidua_schemas("write", tree)
    assert second.exit_code == 0
    assert "0 files written" in second.stdout


def test_check_ends_with_1_and_names_the_file_and_the_remedy(tree: Path) -> None:
    (tree / published.CATALOGUE).write_text("# Mine\n")
    found = thidua_schemas("check", tree)
    assert found.exit_code == 1
    assert "docs/events.md is not what the models say: run `make schemas`" in found.stdout


def test_release_freezes_once_and_refuses_an_outdated_tree(tree: Path) -> None:
    first = thidua_schemas("release", tree)
    assert first.exit_code == 0
    assert "Frozen: essay-submitted.v1.json" in first.stdout
    assert "Nothing changed" in thidua_schemas("release", tree).stdout
    (tree / published.ASYNCAPI).unlink()
    outdated = thidua_schemas("release", tree)
    assert outdated.exit_code == 1
    assert "is missing" in outdated.stdout


def test_write_says_too_when_a_released_promise_is_broken(tree: Path) -> None:
    thidua_schemas("release", tree)
    index = tree / published.RELEASED / published.INDEX
    digests = json.loads(index.read_text())
    index.write_text(json.dumps({**digests, "essay-sung.v1.json": ["0" * 64]}))
    broken = thidua_schemas("write", tree)
    assert broken.exit_code == 1
    assert "essay-sung.v1.json was released" in broken.stdout

"""Editors complete and check plan.yaml and rules.yaml by schemas that say what the models say."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from services.contracts.campaign.yaml_file import read_yaml
from services.contracts.editor.schema import FILES, editor_schema
from services.contracts.editor.words import BOTH_WORDS, PLAN_WORDS, RULES_WORDS
from services.contracts.published import EDITORS
from tests.contracts.campaign.planting import EVERY_KIND, HANOI, ROOT, Planted

TABLES = ROOT / "tests" / "scoring" / "tables"
SOUND = [
    ("plan", HANOI / "plan.yaml"),
    ("rules", HANOI / "rules.yaml"),
    ("rules", EVERY_KIND),
    *(("rules", path) for path in sorted(TABLES.glob("*/rules.yaml"))),
]


@cache
def _validator(file: str) -> Draft202012Validator:
    text = (ROOT / EDITORS / f"{file}.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text), format_checker=FormatChecker())


def _faults(file: str, raw: bytes) -> list[str]:
    document, problems = read_yaml(f"{file}.yaml", raw)
    assert document is not None, problems
    return [error.json_path for error in _validator(file).iter_errors(document.data)]


@pytest.mark.parametrize("file", FILES)
def test_the_committed_schema_is_what_the_models_say_and_a_schema(file: str) -> None:
    committed = json.loads((ROOT / EDITORS / f"{file}.schema.json").read_text(encoding="utf-8"))
    assert committed == editor_schema(file), "run `make schemas`"
    Draft202012Validator.check_schema(committed)


@pytest.mark.parametrize(("file", "path"), SOUND, ids=lambda it: str(it).removeprefix(str(ROOT)))
def test_a_sound_file_is_valid(file: str, path: Any) -> None:
    assert _faults(file, path.read_bytes()) == []


MISTAKES = [
    ("plan", "    ends: {date", "    end: {date"),
    ("plan", "included: true", "included: maybe"),
    ("plan", "opens: 2019-12-17", "opens: 17/12/2019"),
    ("plan", "max_words: 2000", "max_words: many"),
    ("plan", "levels: [commune]", "levels: [commune]\n    except: {}"),
    ("rules", 'each: "5"', "each: 5"),
    ("rules", 'each: "5"', 'each: "2,5"'),
    ("rules", "kind: steps", "kind: step"),
    ("rules", "kind: steps\n", "\n"),
    ("rules", '            coefficient: "1.2"', '            coeficient: "1.2"'),
    ("rules", '            otherwise: "0"\n', ""),
    ("rules", "ties: dense", "ties: densely"),
    ("rules", "valid_to: 2020-07-01", "valid_to: 2020-13-01"),
    ("rules", "among: {measure: prizes,", "among: {mesure: prizes,"),
    ("rules", 'among: {measure: prizes, at_least: "1"}', "among: {measure: prizes}"),
    ("rules", "not: {measure", "nott: {measure"),
    ("rules", "when: {measure: report, is: missed}", "when: {measure: report, is: late}"),
    ("rules", "{field: target, given: true}", '{field: target, given: true, at_least: "1"}'),
    ("rules", "{field: target, given: true}", "{field: target}"),
    ("rules", "kind: share, part: sent,", "kind: share, parts: sent,"),
    ("rules", "  over_the_bus: {", "  Over-the-bus: {"),
    ("rules", "applies_to: {levels: [upper]}", "applies_to: {}"),
    ("rules", "no_value: not-assigned", "no_value: not-asigned"),
    ("rules", "[final, cluster, self]", "[final, cluster, me]"),
]


@pytest.mark.parametrize(("file", "old", "new"), MISTAKES)
def test_a_mistake_is_seen_while_it_is_typed(
    every_kind: Planted, file: str, old: str, new: str
) -> None:
    every_kind.plant(f"{file}.yaml", old, new)
    assert _faults(file, (every_kind.directory / f"{file}.yaml").read_bytes()) != []
    assert [p for p in every_kind.problems() if p.file == f"{file}.yaml"], "the loader takes it"


def test_an_editor_also_sees_a_key_that_was_left_empty(every_kind: Planted) -> None:
    every_kind.plant("rules.yaml", '    cap: "110"\n', "    cap:\n")
    assert _faults("rules", (every_kind.directory / "rules.yaml").read_bytes()) != []


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)


@pytest.mark.parametrize("file", FILES)
def test_every_key_is_described_in_both_languages_and_none_takes_null(file: str) -> None:
    schema = editor_schema(file)
    for part in (schema, *schema["$defs"].values()):
        for key, value in part["properties"].items():
            assert len(value["description"].splitlines()) == 2, key
    assert not [node for node in _nodes(schema) if node.get("type") in ("null", "number")]


def test_each_kind_is_one_branch_by_its_name() -> None:
    schema = editor_schema("rules")
    items = schema["$defs"]["Group"]["properties"]["criteria"]["items"]["oneOf"]
    names = {schema["$defs"][one["$ref"].rsplit("/", 1)[-1]]["title"] for one in items}
    assert len(items) == len(names) == 12
    assert {"late-ladder", "first-rung", "entered"} <= names


def test_no_word_is_for_a_key_that_there_is_not() -> None:
    keys: dict[str, set[str]] = {}
    for file in FILES:
        schema = editor_schema(file)
        keys[file] = set(schema["properties"])
        for name, part in schema["$defs"].items():
            for key in part["properties"]:
                keys[file] |= {key, f"{name}.{key}"}
    assert set(PLAN_WORDS) <= keys["plan"]
    assert set(RULES_WORDS) <= keys["rules"]
    assert set(BOTH_WORDS) <= keys["plan"] & keys["rules"]
    assert not set(BOTH_WORDS) & (set(PLAN_WORDS) | set(RULES_WORDS))


def test_levels_of_units_and_of_achievement_are_told_apart() -> None:
    plan, rules = editor_schema("plan"), editor_schema("rules")
    assert plan["properties"]["levels"]["description"].startswith("Cấp đơn vị\n")
    parts = {name: part["properties"].get("levels") for name, part in rules["$defs"].items()}
    vi = {name: key["description"].splitlines()[0] for name, key in parts.items() if key}
    assert vi == {
        "Assignment": "Cấp đơn vị",
        "Audience": "Cấp đơn vị",
        "NamedUnits": "Cấp đơn vị",
        "FlagCandidates": "Mức xếp loại được đề nghị",
        "Table": "Các mức xếp loại",
    }


@pytest.mark.parametrize("file", FILES)
def test_the_shipped_file_names_its_schema_by_a_path_that_is_there(file: str) -> None:
    first = (HANOI / f"{file}.yaml").read_text(encoding="utf-8").splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named is not None
    assert (HANOI / named[1]).resolve() == (ROOT / EDITORS / f"{file}.schema.json").resolve()

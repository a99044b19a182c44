"""The published documents are what the models say, and no release breaks an older reader."""

import hashlib
import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import ValidationError

from services.contracts import published
from services.contracts.compatibility import broken_promises
from services.contracts.events import FACTS, EssaySubmitted, Fact
from services.contracts.examples import example_data, example_message
from services.contracts.schema import JsonSchema, headers_schema, published_schema
from services.contracts.topics import topic_of

ROOT = Path(__file__).parents[2]
EVENTS = pytest.mark.parametrize("fact_type", FACTS, ids=lambda fact: fact.event)
RELEASES = published.released_schemas(ROOT)
TODAY = {published.schema_file(fact): fact for fact in FACTS}


def validate(schema: JsonSchema, document: object) -> None:
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(document)


def test_the_tree_holds_what_the_models_say() -> None:
    assert not published.outdated(ROOT), "the models changed: run `make schemas`"


def test_two_runs_write_the_same_bytes() -> None:
    assert published.documents() == published.documents()


def test_today_s_models_keep_every_released_promise() -> None:
    problems = published.broken_releases(ROOT)
    assert not problems, "\n".join(problems)


def test_something_was_released() -> None:
    index = json.loads((ROOT / published.RELEASED / published.INDEX).read_text())
    assert set(index) >= set(TODAY), "new events: run `thidua schemas release`"


@pytest.mark.parametrize(("file", "released"), RELEASES, ids=[f.name for f, _ in RELEASES])
def test_last_year_s_reader_reads_today_s_examples_and_today_s_reader_last_year_s(
    file: Path, released: JsonSchema
) -> None:
    event, major, *_ = file.name.split(".")
    fact_type = TODAY[f"{event}.{major}.json"]
    judge = Draft202012Validator(released, format_checker=FormatChecker())
    faults = [fault.message for fault in judge.iter_errors(example_data(fact_type))]
    for example in released["examples"]:
        try:
            fact_type.model_validate_json(json.dumps(example), strict=True)
        except ValidationError as error:
            faults.append(str(error))
    assert not faults, f"{faults}: {published.UNDO_OR_VERSION}"


# A released schema and what someone might do to it.


def released() -> JsonSchema:
    return published_schema(EssaySubmitted)


def removed(schema: JsonSchema) -> None:
    del schema["properties"]["words"]


def renamed(schema: JsonSchema) -> None:
    schema["properties"]["length"] = schema["properties"].pop("words")


def made_mandatory(schema: JsonSchema) -> None:
    schema["required"].append("words")


def made_optional(schema: JsonSchema) -> None:
    schema["required"].remove("late")


def removed_inside(schema: JsonSchema) -> None:
    del schema["$defs"]["ExemplarName"]["properties"]["name"]
    schema["$defs"]["ExemplarName"]["required"].remove("name")


def made_mandatory_inside(schema: JsonSchema) -> None:
    schema["$defs"]["ExemplarName"]["properties"]["post"] = {"type": "string"}
    schema["$defs"]["ExemplarName"]["required"].append("post")


def given_another_type(schema: JsonSchema) -> None:
    schema["properties"]["late"]["type"] = "string"


def given_another_word(schema: JsonSchema) -> None:
    schema["properties"]["form"]["enum"].append("sung")


def without_a_word(schema: JsonSchema) -> None:
    schema["properties"]["form"]["enum"].remove("press")


def loosened(schema: JsonSchema) -> None:
    schema["properties"]["title"]["maxLength"] = 1000


def no_longer_null(schema: JsonSchema) -> None:
    schema["properties"]["words"] = {"type": "integer", "minimum": 1, "default": None}


def another_default(schema: JsonSchema) -> None:
    schema["properties"]["simulated"]["default"] = True


BREAKING = [
    (removed, "/words was removed or renamed"),
    (renamed, "/words was removed or renamed"),
    (made_mandatory, "/words became mandatory"),
    (made_optional, "/late is no longer mandatory"),
    (removed_inside, "/exemplar/name was removed or renamed"),
    (made_mandatory_inside, "/exemplar/post became mandatory"),
    (given_another_type, "/late changed its type"),
    (given_another_word, "/form changed its enum"),
    (without_a_word, "/form changed its enum"),
    (loosened, "/title changed its maxLength"),
    (no_longer_null, "/words changed its anyOf"),
    (another_default, "/simulated changed its default"),
]


@pytest.mark.parametrize(("change", "fault"), BREAKING, ids=[c.__name__ for c, _ in BREAKING])
def test_a_change_that_breaks_a_reader_is_found(change: Any, fault: str) -> None:
    today = released()
    change(today)
    assert any(fault in broken for broken in broken_promises(released(), today))


def new_optional_field(schema: JsonSchema) -> None:
    schema["properties"]["pages"] = {"anyOf": [{"type": "integer"}, {"type": "null"}]}


def new_optional_field_inside(schema: JsonSchema) -> None:
    schema["$defs"]["ExemplarName"]["properties"]["post"] = {"type": "string"}


def better_words(schema: JsonSchema) -> None:
    schema["description"] = "…"
    schema["properties"]["title"]["description"] = "…"
    schema["properties"]["title"]["x-personal-data"] = False
    schema["examples"] = []


def another_order(schema: JsonSchema) -> None:
    schema["required"].reverse()
    schema["properties"]["form"]["enum"].reverse()
    schema["properties"] = dict(reversed(schema["properties"].items()))


@pytest.mark.parametrize(
    "change", [new_optional_field, new_optional_field_inside, better_words, another_order]
)
def test_a_change_that_every_reader_survives_is_let_through(change: Any) -> None:
    today = released()
    change(today)
    assert today != released() or change is another_order
    assert broken_promises(released(), today) == []


# The commands on a tree of their own.


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    published.write_all(tmp_path)
    return tmp_path


def test_what_was_written_is_clean_and_written_once(tree: Path) -> None:
    assert published.check_all(tree) == []
    assert published.write_all(tree) == []


def test_a_missing_an_edited_and_a_stale_file_are_found_and_mended(tree: Path) -> None:
    schemas = tree / published.SCHEMAS
    (schemas / "essay-submitted.v1.json").unlink()
    (schemas / "essay-sung.v1.json").write_text("{}")
    (tree / published.CATALOGUE).write_text("# Mine\n")
    problems = published.check_all(tree)
    assert len(problems) == 3
    assert all("make schemas" in problem for problem in problems)
    assert len(published.write_all(tree)) == 3
    assert published.check_all(tree) == []


def test_a_release_is_promised_and_the_same_is_not_released_twice(tree: Path) -> None:
    assert len(published.release(tree)) == len(FACTS)
    assert published.release(tree) == []
    assert not list((tree / published.RELEASED).glob("*.v*.json")), "today's files are the copies"


def test_an_outdated_tree_is_not_released(tree: Path) -> None:
    (tree / published.ASYNCAPI).write_text("{}")
    with pytest.raises(ValueError, match="make schemas"):
        published.release(tree)


def released_once(tree: Path, name: str, change: Callable[[JsonSchema], object]) -> None:
    """As if an event had been released otherwise, long ago: today's models say it no more."""
    file = tree / published.SCHEMAS / name
    schema = json.loads(file.read_text())
    change(schema)
    file.write_text(json.dumps(schema))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    index = tree / published.RELEASED / published.INDEX
    index.parent.mkdir()
    index.write_text(json.dumps({name: [digest]}))


def test_a_released_schema_is_kept_when_today_s_begins_to_differ(tree: Path) -> None:
    def fewer_fields(schema: JsonSchema) -> None:
        del schema["properties"]["prize"]

    released_once(tree, "essay-judged.v1.json", fewer_fields)
    kept = published.RELEASED / "essay-judged.v1.1.json"
    assert kept in published.write_all(tree)
    assert published.check_all(tree) == []
    (tree / kept).unlink()
    assert any("is nowhere" in problem for problem in published.check_all(tree))


def test_a_broken_promise_is_reported_with_its_file_and_its_remedy(tree: Path) -> None:
    """As if `prize` had been mandatory and `jury` a field, in a release of long ago."""

    def more_promised(schema: JsonSchema) -> None:
        schema["required"].append("prize")
        schema["properties"]["jury"] = {"type": "string"}

    released_once(tree, "essay-judged.v1.json", more_promised)
    published.write_all(tree)
    problems = published.check_all(tree)
    assert [problem.split(": ")[1].split(" ")[0] for problem in problems] == ["/prize", "/jury"]
    for problem in problems:
        assert "released/essay-judged.v1.1.json" in problem
        assert "make schemas" in problem


def test_an_example_that_is_no_longer_read_is_reported(tree: Path) -> None:
    def a_float(schema: JsonSchema) -> None:
        schema["examples"][0]["mark"] = 86.5

    released_once(tree, "essay-judged.v1.json", a_float)
    published.write_all(tree)
    problems = published.check_all(tree)
    assert problems
    assert all("its example is no longer read: /mark" in problem for problem in problems)


def test_an_event_that_was_released_can_t_be_dropped(tree: Path) -> None:
    file = tree / published.SCHEMAS / "essay-sung.v1.json"
    file.write_text("{}")
    released_once(tree, file.name, lambda _: None)
    published.write_all(tree)
    assert any("the event is gone" in problem for problem in published.check_all(tree))


# The schemas themselves.


@EVENTS
def test_a_schema_is_valid_json_schema_under_the_name_that_messages_carry(
    fact_type: type[Fact],
) -> None:
    schema = published_schema(fact_type)
    Draft202012Validator.check_schema(schema)
    headers = dict(example_message(fact_type).headers)
    assert schema["$id"] == headers["ce_dataschema"].decode()
    assert schema["$id"].endswith(published.schema_file(fact_type))
    assert topic_of("thidua", fact_type) + ".json" == f"thidua.{published.schema_file(fact_type)}"


@EVENTS
def test_the_examples_and_their_headers_are_valid(fact_type: type[Fact]) -> None:
    schema = published_schema(fact_type)
    for example in schema["examples"]:
        validate(schema, example)
        validate(schema, {name: example[name] for name in schema["required"]})
    message = example_message(fact_type)
    validate(headers_schema(fact_type), {name: value.decode() for name, value in message.headers})


@EVENTS
def test_no_field_is_a_json_float(fact_type: type[Fact]) -> None:
    """Decimals are strings: a JSON number would become a binary float in most readers."""
    assert '"type": "number"' not in json.dumps(published_schema(fact_type))


@EVENTS
def test_a_schema_permits_fields_that_it_does_not_know(fact_type: type[Fact]) -> None:
    schema = published_schema(fact_type)
    validate(schema, example_data(fact_type) | {"new_field": 1})
    assert '"additionalProperties": false' not in json.dumps(schema)


def test_a_schema_refuses_what_its_model_refuses() -> None:
    schema = published_schema(EssaySubmitted)
    faults: list[JsonSchema] = [{"late": "yes"}, {"unit": "q 1"}, {"title": " "}, {"exemplar": {}}]
    for wrong in faults:
        document = deepcopy(example_data(EssaySubmitted)) | wrong
        assert not Draft202012Validator(schema).is_valid(document), wrong

"""The AsyncAPI document: valid by the standard's own schema, complete, and true to the models."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from pydantic import BaseModel

from services.contracts import asyncapi, envelope
from services.contracts.asyncapi import asyncapi_document
from services.contracts.events import FACTS, ConferenceReported, EssaySubmitted, Fact
from services.contracts.schema import PERSONAL_DATA
from services.contracts.topics import topic_of

STANDARD = Path(__file__).parent / "vendor" / "asyncapi-3.0.0.json"
DOCUMENT = asyncapi_document()
EVENTS = pytest.mark.parametrize("fact_type", FACTS, ids=lambda fact: fact.event)


@pytest.fixture(scope="module")
def judge() -> Draft7Validator:
    return Draft7Validator(json.loads(STANDARD.read_text(encoding="utf-8")))


def at(pointer: str) -> Any:
    node: Any = DOCUMENT
    for part in pointer.removeprefix("#/").split("/"):
        node = node[part]
    return node


def refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


def test_it_is_valid_by_the_schema_of_asyncapi_3(judge: Draft7Validator) -> None:
    faults = [f"{list(f.absolute_path)}: {f.message}" for f in judge.iter_errors(DOCUMENT)]
    assert not faults


def unknown_action(document: dict[str, Any]) -> None:
    document["operations"]["publish-essay-submitted.v1"]["action"] = "say"


def no_title(document: dict[str, Any]) -> None:
    del document["info"]["title"]


def wrong_binding(document: dict[str, Any]) -> None:
    document["channels"]["essay-submitted.v1"]["bindings"]["kafka"]["partitions"] = "six"


def wrong_payload(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["EssaySubmitted"]["type"] = "essay"


@pytest.mark.parametrize("spoil", [unknown_action, no_title, wrong_binding, wrong_payload])
def test_the_judge_would_refuse_a_wrong_one(judge: Draft7Validator, spoil: Any) -> None:
    document = deepcopy(DOCUMENT)
    spoil(document)
    assert not judge.is_valid(document)


def test_every_reference_leads_somewhere() -> None:
    for ref in refs(DOCUMENT):
        assert at(ref)


def test_it_has_all_events_and_no_other() -> None:
    names = [fact.versioned() for fact in FACTS]
    assert list(DOCUMENT["channels"]) == names
    assert list(DOCUMENT["components"]["messages"]) == names
    assert [operation["messages"] for operation in DOCUMENT["operations"].values()] == [
        [{"$ref": f"#/channels/{name}/messages/{name}"}] for name in names
    ]


@EVENTS
def test_a_channel_is_the_topic_and_its_publisher_sends_on_it(fact_type: type[Fact]) -> None:
    channel = DOCUMENT["channels"][fact_type.versioned()]
    prefix = at(channel["parameters"]["prefix"]["$ref"])["default"]
    assert channel["address"].format(prefix=prefix) == topic_of("thidua", fact_type)
    operation = DOCUMENT["operations"][f"publish-{fact_type.versioned()}"]
    assert operation["action"] == "send"
    assert operation["tags"] == [{"name": fact_type.sheet.publisher}]


@EVENTS
def test_a_message_shows_its_fact_sheet_its_key_and_whether_it_is_personal(
    fact_type: type[Fact],
) -> None:
    message = DOCUMENT["components"]["messages"][fact_type.versioned()]
    for text in (fact_type.sheet.when, fact_type.sheet.content, fact_type.sheet.never):
        assert text in message["description"]
    assert message["name"] == fact_type.ce_type()
    assert message["bindings"]["kafka"]["key"]["type"] == "string"
    assert message[PERSONAL_DATA] is fact_type.sheet.personal
    assert at(message["payload"]["$ref"])[PERSONAL_DATA] is fact_type.sheet.personal


@EVENTS
def test_the_examples_are_valid_by_the_document_s_own_schemas(fact_type: type[Fact]) -> None:
    message = DOCUMENT["components"]["messages"][fact_type.versioned()]
    components = {"components": DOCUMENT["components"]}
    for example in message["examples"]:
        Draft7Validator({**message["headers"], **components}).validate(example["headers"])
        Draft7Validator({"allOf": [message["payload"]], **components}).validate(example["payload"])


def test_two_models_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would overwrite each other in the document."""

    class CommuneSummary(BaseModel):
        other: str

    class Impostor(EssaySubmitted):
        """Refers to another model of a name that is taken."""

        communes: CommuneSummary | None = None

    monkeypatch.setattr(asyncapi, "FACTS", (ConferenceReported, Impostor))
    with pytest.raises(ValueError, match="CommuneSummary"):
        asyncapi_document()


def test_a_new_major_version_stands_beside_the_old_one(
    monkeypatch: pytest.MonkeyPatch, judge: Draft7Validator
) -> None:
    class EssaySubmittedV2(EssaySubmitted):
        """An entry arrived, told otherwise."""

        major = 2

    first = envelope._KINDS[EssaySubmitted.ce_type()]
    monkeypatch.setitem(envelope._KINDS, EssaySubmittedV2.ce_type(), first)
    monkeypatch.setattr(asyncapi, "FACTS", (*FACTS, EssaySubmittedV2))
    document = asyncapi_document()
    assert judge.is_valid(document)
    assert len(document["channels"]) == len(document["operations"]) == len(FACTS) + 1

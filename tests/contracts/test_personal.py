"""What may be shown of an event: nothing that may name a person, or that the contract lacks."""

import json

import pytest
from pydantic import BaseModel, Field

from services.contracts.events import FACTS, EssaySubmitted, Fact
from services.contracts.personal import WITHHELD, personal_fields, showable
from services.contracts.schema import PERSONAL_DATA


def example(fact: type[Fact]) -> dict[str, object]:
    data: dict[str, object] = json.loads(fact.model_validate(fact.sheet.example).model_dump_json())
    return data


@pytest.mark.parametrize("fact", [one for one in FACTS if one.sheet.personal], ids=str)
def test_no_marked_text_is_shown(fact: type[Fact]) -> None:
    shown = json.dumps(showable(fact.ce_type(), example(fact)), ensure_ascii=False)
    marked = [
        name
        for name, field in fact.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get(PERSONAL_DATA)
    ]
    for name in marked:
        value = example(fact).get(name)
        if isinstance(value, str):
            assert value not in shown
    assert WITHHELD in shown


def test_what_the_contract_does_not_know_is_not_shown() -> None:
    data = example(EssaySubmitted) | {"phone": "0912345678", "unit": {"name": "Somebody"}}
    shown = json.dumps(showable(EssaySubmitted.ce_type(), data), ensure_ascii=False)
    for secret in ("0912345678", "phone", "Somebody"):
        assert secret not in shown
    assert showable("nobody.knows.v1", data) == WITHHELD
    assert showable(EssaySubmitted.ce_type(), [data]) == WITHHELD


class Person(BaseModel):
    name: str = Field(json_schema_extra={PERSONAL_DATA: True})
    district: str


class Group(BaseModel):
    head: Person | None
    members: list[Person]
    title: str


def test_what_is_left_out_is_found_in_optional_models_and_in_lists() -> None:
    someone = Person(name="Người mô phỏng 1", district="Q009")
    group = Group(head=someone, members=[someone, someone], title="Tổ mô phỏng")
    kept = group.model_dump(exclude=dict(personal_fields(Group)))
    without = {"district": "Q009"}
    assert kept == {"head": without, "members": [without, without], "title": "Tổ mô phỏng"}

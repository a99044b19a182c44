"""Clusters, levels, figures, measures, bodies and units have words for sentences."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from services.contracts import titles
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.units import Unit
from services.contracts.events import FACTS
from services.contracts.wording import Bilingual
from tests.contracts.campaign.planting import Planted


def test_each_cluster_and_level_of_2020_has_a_title_and_each_measure(planted: Planted) -> None:
    assert planted.warnings() == []


def test_what_has_no_title_is_called_by_its_name(hanoi: Campaign) -> None:
    plan = hanoi.plan
    assert plan.cluster_title("urban-districts").vi == "Cụm thi đua các quận"
    assert plan.cluster_title("communes-of-Q009").vi == "Cụm thi đua phường của quận Thanh Xuân"
    assert plan.level_title("commune") == Bilingual("cấp cơ sở", "the grass-roots level")
    assert plan.cluster_title("no-such") == Bilingual("no-such", "no-such")


@pytest.mark.parametrize(
    ("file", "old", "new", "without"),
    [
        ("plan.yaml", "  enterprises: {vi", "  # enterprises: {vi", "clusters: without a title: e"),
        ("plan.yaml", "  commune: {vi", "  # commune: {vi", "levels: without a title: commune"),
        ("rules.yaml", '    title: {vi: "số bài yếu"', '    # title: {vi: "số bài yếu"', "weak_e"),
    ],
)
def test_a_title_that_is_missing_is_asked_for_and_the_campaign_can_be_used(
    planted: Planted, file: str, old: str, new: str, without: str
) -> None:
    planted.plant(file, old, new)
    assert planted.problems() == []
    (warning,) = planted.warnings()
    assert warning.file == file
    assert without in warning.en


def test_a_title_of_a_cluster_that_no_unit_has_is_an_error(planted: Planted) -> None:
    line = planted.plant("plan.yaml", "  enterprises: {vi", "  enterprise: {vi")
    (problem,) = planted.problems()
    assert (problem.line, "did you mean “enterprises”?" in problem.en) == (line, True)


@pytest.mark.parametrize(
    ("name", "in_text"),
    [
        ("Quận Thanh Xuân", "quận Thanh Xuân"),
        ("Thị xã Sơn Tây", "thị xã Sơn Tây"),
        ("Thành phố Hà Nội", "thành phố Hà Nội"),
        ("Quận 1", "Quận 1"),
        ("Sở Tư pháp", "Sở Tư pháp"),
        ("Thành Đoàn Hà Nội", "Thành Đoàn Hà Nội"),
    ],
)
def test_the_common_noun_of_a_unit_is_small_inside_a_sentence(name: str, in_text: str) -> None:
    assert Unit(code="Q009", name=name, kind="quan", level="upper").name_in_text == in_text


def test_a_unit_named_after_a_person_keeps_its_capital(hanoi: Campaign) -> None:
    assert hanoi.units["Q007"].name_in_text == "Quận Hai Bà Trưng"
    assert hanoi.units["Q009"].name_in_text == "quận Thanh Xuân"


KNOWN = [set(known) for known in vars(titles).values() if isinstance(known, Mapping)]


def choices(model: type[BaseModel]) -> Iterator[tuple[str, set[str]]]:
    """Each field that takes one of a few words, at any depth, with the words."""

    def inside(name: str, kind: Any) -> Iterator[tuple[str, set[str]]]:
        if get_origin(kind) is Literal:
            yield name, set(get_args(kind))
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from ((f"{name}.{field}", words) for field, words in choices(kind))
        else:
            for part in get_args(kind):
                yield from inside(name, part)

    for name, field in model.model_fields.items():
        yield from inside(name, field.annotation)


CHOICES = {(fact.event, name): words for fact in FACTS for name, words in choices(fact)}


@pytest.mark.parametrize("place", sorted(CHOICES), ids=" ".join)
def test_each_value_of_a_field_has_a_title(place: tuple[str, str]) -> None:
    assert CHOICES[place] in KNOWN, "give its values words in services/contracts/titles.py"


def test_fields_at_any_depth_are_looked_at() -> None:
    assert ("essay-submitted", "exemplar.kind") in CHOICES


def test_each_service_that_publishes_has_a_title() -> None:
    """A refusal to publish names whose facts are missing."""
    assert set(titles.SERVICES) == {fact.sheet.publisher for fact in FACTS}

"""docs/rule-sets.md: every rule in it loads, and every worked example comes out as it says."""

import re
from decimal import Decimal
from typing import get_args

import pytest

from services.contracts.campaign.measuring.conditions import BOUNDS, STATES
from services.contracts.rules import Criterion, Measure
from tests.scoring.manual import MANUAL, ROOT, Block, Part, parts, results, shown

TEXT = MANUAL.read_text(encoding="utf-8")
PARTS = parts(TEXT)
EXAMPLES = [
    pytest.param(part, example, id=f"{part.name} ({at})")
    for part in PARTS
    for at, example in enumerate(part.examples, start=1)
]


def _kinds(union: object) -> set[str]:
    models = get_args(get_args(union)[0])
    return {get_args(model.model_fields["kind"].annotation)[0] for model in models}


@pytest.mark.parametrize(("part", "example"), EXAMPLES)
def test_a_worked_example_comes_out_as_the_manual_says(part: Part, example: Block) -> None:
    found = results(part, example)
    for code, expected in example["expected"].items():
        points = found.unit(code)
        if expected is None:
            assert points is None, f"{code} is scored"
            continue
        assert points is not None, f"no table scores {code}"
        for key, value in expected.items():
            got = shown(points, key)
            wanted = Decimal(value) if isinstance(got, Decimal) else value
            assert got == wanted, f"{code}, {key}: {got} instead of {wanted}"


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_no_rule_stands_there_without_an_example(part: Part) -> None:
    assert part.examples


@pytest.mark.parametrize("kind", sorted(_kinds(Criterion)))
def test_every_kind_of_criterion_has_its_page(kind: str) -> None:
    page = re.search(rf"^### `{kind}`.*?(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert page is not None, f"no page of {kind}"
    for row in ("**Căn cứ**", "**Source**", "**Công thức**", "**Formula**"):
        assert row in page[0]
    assert any(f"`{kind}`" in part.heading for part in PARTS)


@pytest.mark.parametrize("kind", sorted(_kinds(Measure)))
def test_every_kind_of_measure_is_in_an_example(kind: str) -> None:
    assert any(
        measure["kind"] == kind
        for part in PARTS
        for measure in part.rules.get("measures", {}).values()
    )


def test_every_word_of_conditions_is_explained() -> None:
    words = {*BOUNDS, *STATES, "is", "given", "all", "any", "not", "times"}
    assert {word for word in words if f"`{word}" not in TEXT} == set()


def test_every_file_that_it_points_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", TEXT)
    assert links
    assert [link for link in links if not (MANUAL.parent / link).exists()] == []
    assert (ROOT / "infra" / "campaigns" / "hanoi-2020" / "rules.yaml").exists()


def test_every_section_that_it_points_to_is_there() -> None:
    headings = re.findall(r"^#{2,3} (.+)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
    links = re.findall(r"\]\(#([^)]+)\)", TEXT)
    assert len(links) > len(_kinds(Criterion))
    assert set(links) - anchors == set()


def test_every_block_is_read() -> None:
    assert TEXT.count("```yaml") == len([part for part in PARTS if part.rules]) + len(EXAMPLES)
    tried = TEXT.count("```csv") + TEXT.count("```text")  # by test_points_of_figures.py
    assert TEXT.count("```") == 2 * (TEXT.count("```yaml") + tried)


def test_those_who_need_it_are_sent_to_it() -> None:
    for file in ("README.md", "docs/campaigns.md"):
        assert "rule-sets.md" in (ROOT / file).read_text(encoding="utf-8")

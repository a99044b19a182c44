"""Promise: every text of the pages has its English, and what is made of sources is up to date."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.contracts.events import FACTS, UnitFact
from services.portal.language import CATALOGUE
from services.portal.rendering import STATIC, TEMPLATES, sort_key, without_marks
from services.portal.wording import FACT_TITLES
from tests.support.absent import not_tried

ROOT = Path(__file__).parents[2]
SCSS = ROOT / "infra" / "portal"


def in_templates() -> set[str]:
    """All texts that the templates have translated."""
    found = extract_from_dir(
        TEMPLATES, [("**.html", "jinja2.ext:babel_extract")], {"**.html": {"trimmed": "true"}}
    )
    return {str(text) for _, _, text, _, _ in found}


def test_every_text_has_its_english_and_nothing_else_is_in_the_catalogue() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = {str(one.id): one for one in read_po(file, locale="en") if one.id}
    assert catalogue.keys() == in_templates()
    assert [text for text, one in catalogue.items() if not one.string or one.fuzzy] == []
    holes = re.compile(r"%\((\w+)\)s")
    assert [
        text
        for text, one in catalogue.items()
        if set(holes.findall(text)) != set(holes.findall(str(one.string)))
    ] == []


def test_every_fact_about_a_unit_has_a_title() -> None:
    counted = {fact.event for fact in FACTS if issubclass(fact, UnitFact)}
    not_shown = {"points-recomputed", "points-published"}
    assert counted - not_shown == FACT_TITLES.keys() - not_shown


def test_a_search_needs_no_marks_and_names_sort_as_in_vietnamese() -> None:
    assert without_marks("Phường Ngọc Hà") == "phuong ngoc ha"
    assert without_marks("Đống Đa") == "dong da"
    names = ["Đống Đa", "Ba Đình", "Dương Nội", "Ấp Mới", "An Khánh", "Êm", "En"]
    assert sorted(names, key=sort_key) == [
        "An Khánh",
        "Ấp Mới",
        "Ba Đình",
        "Dương Nội",
        "Đống Đa",
        "En",
        "Êm",
    ]
    names = ["Hai Bà Trưng", "Hà Đông", "Ba Vì", "Bà Triệu", "Hạ Bằng", "Hoài Đức", "Hòa Xá"]
    assert sorted(names, key=sort_key) == [
        "Ba Vì",
        "Bà Triệu",
        "Hà Đông",
        "Hạ Bằng",
        "Hai Bà Trưng",
        "Hòa Xá",
        "Hoài Đức",
    ]


@pytest.mark.parametrize("file", ["css/thidua.css"])
def test_the_style_is_that_of_its_sources(file: str, tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        not_tried("npm", "install Node: the style is compiled from infra/portal/scss with it")
    shutil.copy(SCSS / "package.json", tmp_path)
    shutil.copy(SCSS / "package-lock.json", tmp_path)
    subprocess.run([npm, "ci", "--silent"], cwd=tmp_path, check=True, timeout=200)
    made = tmp_path / "made.css"
    subprocess.run(
        [
            tmp_path / "node_modules" / ".bin" / "sass",
            "--load-path=node_modules/govuk-frontend/dist",
            "--style=compressed",
            "--no-source-map",
            SCSS / "scss" / "thidua.scss",
            made,
        ],
        cwd=tmp_path,
        check=True,
    )
    assert made.read_text() == (STATIC / file).read_text()

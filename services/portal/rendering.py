"""Templates, and what they may call: numbers, days and texts in the language of the page."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from starlette.responses import HTMLResponse

from services.contracts.reading import read_day, read_moment
from services.contracts.titles import ESSAY_FORMS, ROLES
from services.contracts.wording import (
    day_en,
    day_vi,
    in_columns_en,
    in_columns_vi,
    number_en,
    number_vi,
)
from services.portal.language import Language, in_language, text_of, translations
from services.portal.menu import menu_of
from services.portal.wording import fact_title

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

BIDI = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C],
    "\N{REPLACEMENT CHARACTER}",
)
"""Marks that turn the direction of what follows, the page's own words included."""


@cache
def environment(language: Language) -> Environment:
    """The templates in a language."""
    made = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(TEMPLATES),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        finalize=_plain,
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    vietnamese = language == "vi"
    made.filters.update(
        day=lambda value: _day(value, language),
        moment=lambda value: _moment(value, language),
        number=lambda value: (number_vi if vietnamese else number_en)(Decimal(value)),
        points=lambda value: (in_columns_vi if vietnamese else in_columns_en)(Decimal(value)),
        text=lambda texts: text_of(texts, language),
        capital=_capital,
    )
    made.globals.update(
        language=language,
        to=lambda path: in_language(path, language),
        role_title=lambda role: text_of(ROLES.get(role), language) or role,
        form_title=lambda form: _capital(text_of(ESSAY_FORMS.get(form), language) or form),
        fact_title=lambda event_type: text_of(fact_title(event_type), language),
        menu=lambda session, scope, path: menu_of(session, scope, path, language),
    )
    return made


def render(
    template: str, language: Language, context: Mapping[str, Any], status: int = 200
) -> HTMLResponse:
    """A page."""
    html = environment(language).get_template(template).render(context)
    return HTMLResponse(html, status)


def sort_key(text: str) -> list[tuple[list[str], list[int]]]:
    """Sorts as a Vietnamese dictionary does: syllable by syllable, each by its letters (Đ after D)
    and then by its tone: Hà Đông stands before Hai Bà Trưng."""
    return [_syllable(each) for each in unicodedata.normalize("NFC", text.lower()).split()]


def without_marks(text: str) -> str:
    """For a search without tone marks: `ngoc ha` finds Ngọc Hà."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _plain(value: object) -> object:
    return value.translate(BIDI) if type(value) is str else value


def _day(value: date | str | None, language: Language) -> str:
    if value is None:
        return ""
    day = read_day(value) if isinstance(value, str) else value
    return day_vi(day) if language == "vi" else day_en(day)


def _moment(value: datetime | str, language: Language) -> str:
    at = read_moment(value) if isinstance(value, str) else value
    local = at.astimezone(ZONE)
    if language == "vi":
        return f"{local:%H:%M} ngày {day_vi(local.date())}"
    return f"{local:%H:%M} on {day_en(local.date())}"


_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""None, huyền, hỏi, ngã, sắc, nặng: their order in dictionaries."""
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTERS = {letter: f"{at:03}" for at, letter in enumerate(_ALPHABET)}


def _syllable(text: str) -> tuple[list[str], list[int]]:
    letters, tones = [], []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in parts[1:] if mark in _TONES), "")
        bare = unicodedata.normalize("NFC", parts.replace(tone, ""))
        letters.append(_LETTERS.get(bare, bare))
        tones.append(_TONES.index(tone))
    return letters, tones


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

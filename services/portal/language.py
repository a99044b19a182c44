"""The language of a page: its address says it, `/en/…` for English, else Vietnamese.

The templates are written in Vietnamese, and the English is a catalogue beside them
(translations/en/LC_MESSAGES/portal.po).
"""

import gettext
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.types import ASGIApp, Receive, Scope, Send

from services.contracts.wording import Bilingual

Language = Literal["vi", "en"]
ENGLISH: Final = "/en"
CATALOGUE = Path(__file__).parent / "translations" / "en" / "LC_MESSAGES" / "portal.po"


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """The texts of the pages in a language."""
    if language == "vi":
        return gettext.NullTranslations()
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def in_language(path: str, language: Language) -> str:
    """The address of a page in a language."""
    if language == "vi":
        return path
    return ENGLISH if path == "/" else ENGLISH + path


def text_of(texts: Bilingual | Mapping[str, str] | None, language: Language) -> str:
    """Of a text in both languages the one that is read; the services answer it as an object."""
    if not texts:
        return ""
    if isinstance(texts, Bilingual):
        return texts.vi if language == "vi" else texts.en
    return texts[language]


class LanguageOfPath:
    """ASGI middleware: takes the language off the path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "http":
            path: str = scope["path"]
            language: Language = "vi"
            if path == ENGLISH or path.startswith(ENGLISH + "/"):
                language, path = "en", path.removeprefix(ENGLISH) or "/"
            # In place: whoever stands further out finds in it the route that was taken.
            scope["path"], scope["raw_path"] = path, path.encode()
            scope["state"] = {**scope.get("state", {}), "language": language}
        await self._app(scope, receive, send)

"""Advice on quotes that a word processor left in titles: unbalanced, mixed, or around the whole.

“Người tốt, việc tốt” inside a title is right as it is. What YAML needs around a text are straight
quotes: curly ones around the whole of it are letters of the title.
"""

from collections.abc import Iterator

from services.contracts.campaign.document import Document, Path
from services.contracts.campaign.explain import problem
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows
from services.contracts.reading import Sentence

_PAIRS = {"“": "”", "‘": "’", "«": "»"}
_CLOSING = {closing: opening for opening, closing in _PAIRS.items()}
_LOW = "„‟‚"
"""Opening quotes of other languages, which a word processor sets where it takes it for those."""


def check_titles_quotes(document: Document | None) -> Iterator[FileProblem]:
    """Every title of a YAML file: a text under `vi` or `en`."""
    if document is not None:
        for path, text in _titles(document.data, ()):
            if wrong := wrong_quotes(text):
                yield problem(document, path, *wrong, warning=True)


def check_names_quotes(file: str, units: UnitRows | None) -> Iterator[FileProblem]:
    """Every name in units.csv."""
    for row in units.rows if units is not None else ():
        for column in ("name", "name_in_text"):
            text = row.unit.name if column == "name" else row.unit.written_in_text
            if text is not None and (wrong := wrong_quotes(text)):
                vi, en = wrong
                yield FileProblem(
                    file=file,
                    line=row.line,
                    vi=f"{column}: {vi}",
                    en=f"{column}: {en}",
                    warning=True,
                )


def _titles(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for key, inside in value.items():
            if key in {"vi", "en"} and isinstance(inside, str):
                yield (*path, key), inside
            else:
                yield from _titles(inside, (*path, key))
    elif isinstance(value, list):
        for at, inside in enumerate(value):
            yield from _titles(inside, (*path, at))


def wrong_quotes(text: str) -> Sentence | None:
    """What is wrong with the quotes of a text; None where nothing is."""
    curly = [letter for letter in text if letter in "“”„‟«»"]
    around = text[:1] in "“”„" and text[-1:] in "“”" and len(curly) == 2 and len(text) > 1  # noqa: PLR2004  # one before, one behind
    if around:
        return (
            f"dấu nháy cong bao cả tên và sẽ hiện cùng tên: {text}; bỏ đi, hoặc thay bằng dấu "
            'nháy thẳng "',
            f"curly quotes stand around the whole title and are shown with it: {text}; remove "
            'them, or take straight ones "',
        )
    if curly and '"' in text:
        return (
            f'có cả nháy cong và nháy thẳng: {text}; dùng một loại, “…” hoặc "…"',
            f'has curly and straight quotes: {text}; use one sort, “…” or "…"',
        )
    if not _balanced(text) or text.count('"') % 2:
        return (
            f"dấu nháy không đủ cặp: {text}; mở bằng “ và đóng bằng ”, hoặc bỏ đi",
            f"quotes do not come in pairs: {text}; open with “ and close with ”, or remove them",
        )
    return None


def _balanced(text: str) -> bool:
    """Whether each quote is closed by its own; an apostrophe inside a word is none."""
    opened: list[str] = []
    for at, letter in enumerate(text):
        if letter in _LOW:
            return False
        if letter in _PAIRS:
            opened.append(letter)
        elif letter in _CLOSING:
            if opened and opened[-1] == _CLOSING[letter]:
                opened.pop()
            elif letter != "’" or not text[at - 1 : at].isalnum():
                return False
    return not opened

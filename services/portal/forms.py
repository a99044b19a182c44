"""Forms and the services' bodies: a field is named by its JSON Pointer, so that a fault finds it.

`/author/phone` is the field `author.phone`. Nothing is checked twice: what the service refuses is
shown at its field.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from starlette.requests import Request

from services.contracts.reading import UnreadableError, read_local_figure
from services.contracts.wording import plain
from services.portal.language import Language

_MOST_FIELDS = 500
_DAY = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})")


async def posted(request: Request) -> dict[str, str]:
    """The texts of a form, by the names of its fields; of a name that comes twice the last one."""
    if not hasattr(request.state, "posted"):  # a body can be read once
        form = await request.form(max_fields=_MOST_FIELDS, max_files=0)
        request.state.posted = {
            name: value for name, value in form.items() if isinstance(value, str)
        }
    values: dict[str, str] = request.state.posted
    return values


def name_of(pointer: str) -> str:
    """The field's name in HTML."""
    return pointer.lstrip("/").replace("/", ".")


def body_of(
    values: Mapping[str, str], fields: Sequence[str], *, whole: Sequence[str] = ()
) -> dict[str, Any]:
    """The JSON body of a form: fields that were left empty are absent. `whole`: whole numbers,
    where the text is one; another text goes on as it is, and the service says what is wrong."""
    body: dict[str, Any] = {}
    for pointer in fields:
        text = values.get(name_of(pointer), "").strip()
        if not text:
            continue
        value: Any = text
        if pointer in whole and re.fullmatch(r"[0-9]{1,9}", text):
            value = int(text)
        *parents, last = pointer.lstrip("/").split("/")
        at = body
        for parent in parents:
            at = at.setdefault(parent, {})
        at[last] = value
    return body


def day_typed(text: str) -> str:
    """A day as offices write it, 05/06/2020, for the services: 2020-06-05.

    What can't be read goes on as it was typed: the service says what is wrong with it.
    """
    text = text.strip()
    if found := _DAY.fullmatch(text):
        day, month, year = map(int, found.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return text
    return text


def figure_typed(text: str) -> str:
    """A number as offices write it, 1.234,5, for the services: 1234.5.

    What can't be read, or may mean a thousand, goes on as it was typed.
    """
    text = text.strip()
    try:
        return text if "%" in text else plain(read_local_figure(text))
    except UnreadableError:
        return text


class Form:
    """What was typed, and what was refused of it."""

    def __init__(
        self,
        fields: Sequence[str],
        values: Mapping[str, str],
        problem: Mapping[str, Any] | None = None,
        language: Language = "vi",
    ) -> None:
        """`problem`: the service's document."""
        self._fields = fields
        self._values = values
        self._errors: dict[str, list[str]] = {}
        self.summary: list[dict[str, str]] = []
        """What is wrong, in the order of the fields, each with a link to its own."""
        found = []
        for fault in (problem or {}).get("faults", ()):
            pointer, text = str(fault.get("pointer", "")), str(fault[language])
            field = self._nearest(pointer)
            entry = {"text": text, "href": f"#{self.id(field)}"} if field else {"text": text}
            found.append((fields.index(field) if field else -1, entry))
            if field:
                self._errors.setdefault(field, []).append(text)
        if problem is not None and not found:
            found = [(-1, {"text": _detail(problem, language)})]
        self.summary = [entry for _, entry in sorted(found, key=lambda one: one[0])]

    def _nearest(self, pointer: str) -> str:
        """The closest field that the page has: /prizes/0/name, /prizes/0, /prizes."""
        while pointer and pointer not in self._fields:
            pointer = pointer.rpartition("/")[0]
        return pointer

    @staticmethod
    def name(pointer: str) -> str:
        """The field's name."""
        return name_of(pointer)

    @staticmethod
    def id(pointer: str) -> str:
        """The field's id on the page."""
        return "f-" + re.sub(r"[^A-Za-z0-9]+", "-", pointer.strip("/"))

    def value(self, pointer: str) -> str:
        """What was typed."""
        return self._values.get(name_of(pointer), "")

    def error(self, pointer: str) -> dict[str, str] | None:
        """What is wrong with it."""
        found = self._errors.get(pointer)
        return {"text": " ".join(found)} if found else None


def _detail(problem: Mapping[str, Any], language: Language) -> str:
    english = language == "en"
    for key in ("detail_en", "title_en") if english else ("detail", "title"):
        if text := problem.get(key):
            return str(text)
    return str(problem.get("title", ""))

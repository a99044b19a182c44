"""Somebody with a browser that runs no script: follows redirects, keeps cookies, fills in forms.

Every page that it opens is held to the laws of `laws.py`.
"""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Self

import httpx

from tests.portal.laws import broken_laws


@dataclass(frozen=True)
class Page:
    """What was answered."""

    status: int
    url: str
    html: str
    headers: httpx.Headers

    @property
    def path(self) -> str:
        """Path and query of its address."""
        return httpx.URL(self.url).raw_path.decode()

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of its last form."""
        found = _Forms()
        found.feed(self.html)
        return found.hidden


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.hidden = {}
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[str(given["name"])] = given.get("value") or ""


class Visitor:
    """A browser without scripts, for one person."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = httpx.AsyncClient(
            base_url=base, follow_redirects=True, trust_env=False, timeout=60
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def open(self, path: str) -> Page:
        """A page."""
        return self._seen(await self.http.get(path))

    async def send(self, path: str, fields: dict[str, str], *, origin: str | None = None) -> Page:
        """A form of this site, or as `origin` sends it."""
        headers = {"Origin": origin or self.base}
        return self._seen(await self.http.post(path, data=fields, headers=headers))

    async def sign_in(self, role: str, unit: str = "", *, path: str = "/dang-nhap") -> Page:
        """Log in at the local issuer, as its page asks."""
        asked = self._answer(await self.http.get(path))
        fields = {**asked.hidden, "role": role, "unit": unit}
        return self._seen(await self.http.post(asked.url, data=fields))

    def _seen(self, answer: httpx.Response) -> Page:
        page = self._answer(answer)
        if page.url.startswith(self.base):
            assert (page.url, broken_laws(page.html)) == (page.url, [])
        return page

    @staticmethod
    def _answer(answer: httpx.Response) -> Page:
        kind: Any = answer.headers.get("content-type", "")
        assert kind.startswith("text/html"), (answer.url, answer.status_code, kind)
        return Page(answer.status_code, str(answer.url), answer.text, answer.headers)

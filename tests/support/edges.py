"""The edges of what a service takes: every parameter of every route at the ends of its type, and
every field of every body as something else.

None may be answered 5xx, and no Vietnamese sentence may have English in it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from infra.local.issuer import Issuer

FOREIGN = ["", "x", "\x01", "٣"]
"""What no type but a text takes."""
WHOLE_NUMBERS = [*FOREIGN, "1e3", "1_000", "+1", " 1", "1.0", "true"]
BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
BEYOND = [sign * 2**bits for bits in (31, 63, 64) for sign in (1, -1)]
"""Whole numbers outside the columns of a database, and outside every schema."""
TEXTS = ["", " ", "x" * 3000, "\u200b", "\u202e", "\ud7ff", "%", "'", "\\", "\x01", "\U0010ffff"]
TEXTS += ["0", "-1", str(2**64), "true", "2020-02-30"]
IDS = ["00000000-0000-0000-0000-000000000000", uuid4().hex, "urn:uuid:" + str(uuid4()), *FOREIGN]
DAYS = ["2020-02-30", "0001-01-01", "9999-12-31", "1593475200", "20200630", "44013", *FOREIGN]
MOMENTS = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1593475200", "2020-06-30"]
MOMENTS += ["2020-06-30T00:00:00Z", *FOREIGN]
TRUTHS = ["yes", "1", "on", "TRUE", *FOREIGN]

VALUES: list[Any] = [
    None, True, 5, -1, 0, 2**31, 2**63, 10**30, 1.5, 1e308, "", "x", "5", "1.000", "no", [], [1],
    {}, {"a": 1}, "\u200b", "\u202ex", "x" * 5000, "2020-02-30", "1597190400", "0001-01-01",
    "9999-12-31T23:59:59-14:00",
]  # fmt: skip

NOT_UTF8 = {
    "UTF-16": '{"a": "\\u0000"}'.encode("utf-16"),
    "UTF-32": '{"a": "\\u0000"}'.encode("utf-32"),
    "Latin-1": '{"a": "é"}'.encode("latin-1"),
    "a surrogate as bytes": b'{"a": "\xed\xa0\x80"}',
    "a surrogate as an escape": b'{"a": "\\ud800"}',
}


@dataclass
class _Edges:
    client: httpx.AsyncClient
    issuer: Issuer
    document: dict[str, Any]
    failures: list[str] = field(default_factory=list)

    async def operation(self, method: str, path: str, operation: dict[str, Any]) -> None:
        roles = [role for role in operation["x-roles"] if role != "public"]
        headers = {"Authorization": f"Bearer {self.issuer.mint(roles, 'SNV')}"} if roles else {}
        for one in operation.get("parameters", []):
            if one["in"] in {"path", "query"}:
                self.bounded(f"{method} {path} {one['name']}", one["schema"])
                for text in self.texts(one["schema"]):
                    await self.call(method, _address(path, one, text), headers, b"{}")
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            self.bounded(f"{method} {path}", schema)
            address = re.sub(r"\{[^}]+\}", str(uuid4()), path)
            for what, body in NOT_UTF8.items():
                await self.call(method, address, headers, body, what, status=400)
            kind = "application/json; charset=iso-8859-1"
            await self.call(method, address, headers, b"{}", kind, kind=kind, status=415)
            for place, body in self.bodies(schema):
                await self.call(method, address, headers, json.dumps(body).encode(), place)

    def texts(self, schema: dict[str, Any]) -> list[str]:
        """The edges of a parameter's type, and some that are of no such type."""
        schema = self.resolved(schema)
        match schema.get("type"), schema.get("format"):
            case "integer", _:
                ends = [schema[bound] for bound in BOUNDS if bound in schema]
                close = [end + more for end in ends for more in (-1, 0, 1)]
                return [*map(str, [*close, *BEYOND]), *WHOLE_NUMBERS]
            case "boolean", _:
                return TRUTHS
            case _, "uuid":
                return IDS
            case _, "date":
                return DAYS
            case _, "date-time":
                return MOMENTS
        return TEXTS

    def bodies(self, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """Something else than an object; then each value in every field at once.

        A refusal names all faults together, so one request looks at all fields. A field that may
        come alone comes alone too: then the others' faults do not keep it from being used.
        """
        yield from (("", value) for value in VALUES)
        schema = self.resolved(schema)
        fields = schema.get("properties", {})
        inner = {name: self.resolved(of).get("properties", {}) for name, of in fields.items()}
        for value in VALUES if fields else ():
            yield "every field", dict.fromkeys(fields, value)
            if any(inner.values()):
                nested = {name: dict.fromkeys(names, value) for name, names in inner.items()}
                yield "every inner field", {name: of for name, of in nested.items() if of}
        for name in fields:
            if set(schema.get("required", ())) <= {name}:
                yield from ((name, {name: value}) for value in VALUES)

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[-1]
            return self.resolved(self.document["components"]["schemas"][name])
        for choice in schema.get("anyOf", ()):
            if choice.get("type") != "null":
                return self.resolved(choice)
        return schema

    def bounded(self, where: str, schema: dict[str, Any], depth: int = 0) -> None:
        """A database has bounds, so a schema has: of whole numbers and of the form of days."""
        if "$ref" in schema and depth < 8:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        bounds = [set(ends) & set(schema) for ends in (BOUNDS[:2], BOUNDS[2:])]
        if schema.get("type") == "integer" and not all(bounds):
            self.failures.append(f"{where}: a whole number without minimum and maximum")
        if schema.get("format") in {"date", "date-time"} and "pattern" not in schema:
            self.failures.append(f"{where}: use Day or Moment of services.chassis.http.fields")
        inner = [
            *schema.get("properties", {}).items(),
            *(("", one) for one in schema.get("anyOf", ())),
            *([("items", schema["items"])] if "items" in schema else []),
        ]
        for name, one in inner:
            self.bounded(f"{where}/{name}".rstrip("/"), one, depth + 1)

    async def call(
        self,
        method: str,
        address: str,
        headers: dict[str, str],
        body: bytes,
        what: str = "",
        *,
        kind: str = "application/json",
        status: int | None = None,
    ) -> None:
        content = None if method == "GET" else body
        more = {} if method == "GET" else {"Content-Type": kind}
        if method == "POST":
            more["Idempotency-Key"] = str(uuid4())
        answer = await self.client.request(
            method, address, headers={**headers, **more}, content=content
        )
        where = f"{method} {address[:120]} {what} {body[:80]!r}"
        if answer.status_code >= 500 or (status and answer.status_code != status):
            self.failures.append(f"{where}: {answer.status_code}")
        for fault in answer.json().get("faults", ()) if answer.status_code == 422 else ():
            if english := english_in(fault["vi"], fault["en"]):
                self.failures.append(f"{where}: {english} in {fault['vi']!r}")


_NAMES = re.compile(r"\S*[./]\S+|“[^”]*”|\"[^\"]*\"|`[^`]*`|một trong: .*|có: .*|ví dụ .*")
_LATIN = {
    "json",
    "topic",
    "uuid",
    "url",
    "utf",
    "true",
    "false",
    "null",
    "api",
    "webhook",
    "email",
    "https",
}


def english_in(vi: str, en: str) -> set[str]:
    """Words that a Vietnamese sentence shares with its English, but for names and values."""
    both = [set(re.findall(r"[a-z]{3,}", _NAMES.sub("", text.lower()))) for text in (vi, en)]
    return set.intersection(*both) - _LATIN


def _address(path: str, parameter: dict[str, Any], text: str) -> str:
    if parameter["in"] == "path":
        path = path.replace(f"{{{parameter['name']}}}", quote(text, safe=""))
        return re.sub(r"\{[^}]+\}", str(uuid4()), path)
    return re.sub(r"\{[^}]+\}", str(uuid4()), path) + f"?{parameter['name']}={quote(text, safe='')}"


async def check_edges(client: httpx.AsyncClient, issuer: Issuer, document: dict[str, Any]) -> None:
    """Fail with the list of all calls that were answered 5xx, or taken for something else."""
    edges = _Edges(client, issuer, document)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            await edges.operation(method.upper(), path, operation)
    assert not edges.failures, "\n".join(edges.failures[:60])

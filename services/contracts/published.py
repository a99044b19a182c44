"""What is generated from the models and kept in the tree: written, checked, released.

The only file of the contracts' documents that touches the disk. `root` is the repository's.
"""

import hashlib
import json
from pathlib import Path

from pydantic import ValidationError

from services.contracts.asyncapi import asyncapi_document
from services.contracts.catalogue import catalogue
from services.contracts.compatibility import broken_promises
from services.contracts.editor.schema import FILES, editor_schema
from services.contracts.events import FACTS, Fact
from services.contracts.schema import JsonSchema, published_schema, to_text

SCHEMAS = Path("services/contracts/schemas")
RELEASED = SCHEMAS / "released"
INDEX = "index.json"
"""Which schemas were released: the SHA-256 of each file, by its name."""
EDITORS = SCHEMAS / "campaign"
"""Of the files that people write; they change with the year and are never released."""
ASYNCAPI = Path("services/contracts/asyncapi.json")
CATALOGUE = Path("docs/events.md")

WRITE = "run `make schemas`"
UNDO_OR_VERSION = (
    "released fields are for ever: undo it, or make it a new event version (major = 2) beside this"
    " one; then run `make schemas`"
)


def schema_file(fact_type: type[Fact]) -> str:
    """Name of an event's schema file, e.g. essay-submitted.v1.json."""
    return f"{fact_type.versioned()}.json"


def documents() -> dict[Path, str]:
    """Every generated file: its path below the root, its text."""
    schemas = {SCHEMAS / schema_file(fact): to_text(published_schema(fact)) for fact in FACTS}
    schemas |= {EDITORS / f"{file}.schema.json": to_text(editor_schema(file)) for file in FILES}
    return {**schemas, ASYNCAPI: to_text(asyncapi_document()), CATALOGUE: catalogue()}


def write_all(root: Path) -> list[Path]:
    """Write what is missing or outdated, remove schemas of no event; returns what was touched.

    A released schema that is about to change is kept first, in the folder of releases.
    """
    touched = _keep_released(root)
    for path, text in documents().items():
        file = root / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            touched.append(path)
    for stale in _stale(root):
        (root / stale).unlink()
        touched.append(stale)
    return touched


def check_all(root: Path) -> list[str]:
    """What is outdated in the tree, and which promises to older readers are broken.

    Each problem is a sentence that names the file and the remedy; an empty list is well.
    """
    return [*outdated(root), *broken_releases(root)]


def outdated(root: Path) -> list[str]:
    """Files that are not what the models say."""
    problems = []
    for path, text in documents().items():
        file = root / path
        if not file.exists():
            problems.append(f"{path} is missing: {WRITE}")
        elif file.read_text(encoding="utf-8") != text:
            problems.append(f"{path} is not what the models say: {WRITE}")
    return problems + [f"{path} belongs to no event: {WRITE}" for path in _stale(root)]


def broken_releases(root: Path) -> list[str]:
    """Where today's models break what a released schema promised."""
    today = {schema_file(fact): fact for fact in FACTS}
    problems = [
        f"{RELEASED / INDEX}: {name} was released as {digest} and is nowhere: take it from history"
        for name, digest in _lost(root)
    ]
    for file, released in released_schemas(root):
        place = file.relative_to(root)
        fact = today.get(_event_file(file))
        if fact is None:
            what = "the event is gone, and its facts are on the topic for ever"
            problems.append(f"{place}: {what}: {UNDO_OR_VERSION}")
            continue
        for broken in broken_promises(released, published_schema(fact)):
            problems.append(f"{place}: {broken}: {UNDO_OR_VERSION}")
        problems += [f"{place}: {fault}: {UNDO_OR_VERSION}" for fault in _unread(fact, released)]
    return problems


def _unread(fact: type[Fact], released: JsonSchema) -> list[str]:
    """Why today's model does not read the examples of a released schema."""
    faults = []
    for example in released["examples"]:
        for data in (example, {name: example[name] for name in released["required"]}):
            try:
                fact.model_validate_json(json.dumps(data), strict=True)
            except ValidationError as error:
                faults += [
                    f"its example is no longer read: /{'/'.join(map(str, one['loc']))} {one['msg']}"
                    for one in error.errors()
                ]
    return faults


def released_schemas(root: Path) -> list[tuple[Path, JsonSchema]]:
    """Every schema that was ever released, each once: today's files, and those kept apart.

    A file whose digest no release names is no promise; one that a release names is never edited.
    """
    promised = {digest for digests in _index(root).values() for digest in digests}
    files = [*sorted((root / SCHEMAS).glob("*.json")), *sorted((root / RELEASED).glob("*.v*.json"))]
    return [
        (file, json.loads(file.read_text(encoding="utf-8")))
        for file in files
        if _digest(file) in promised
    ]


def release(root: Path) -> list[str]:
    """Promise today's schemas; returns the names of those that no release had yet.

    From then on they are never edited. Raises ValueError where `check_all` finds a problem.
    """
    if problems := check_all(root):
        raise ValueError("\n".join(problems))
    index, new = _index(root), []
    for fact in FACTS:
        name = schema_file(fact)
        digest = _digest(root / SCHEMAS / name)
        if digest not in index.setdefault(name, []):
            index[name].append(digest)
            new.append(name)
    if new:
        (root / RELEASED).mkdir(parents=True, exist_ok=True)
        (root / RELEASED / INDEX).write_text(to_text(dict(sorted(index.items()))), encoding="utf-8")
    return new


def _index(root: Path) -> dict[str, list[str]]:
    """The digests of the released schemas of each event, the first release first."""
    file = root / RELEASED / INDEX
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _event_file(file: Path) -> str:
    """Name of the event's schema: of essay-judged.v1.1.json, kept, it is essay-judged.v1.json."""
    event, major, *_ = file.name.split(".")
    return f"{event}.{major}.json"


def _kept_as(name: str, digests: list[str], digest: str) -> Path:
    """Where a released schema is kept once today's differs from it, numbered by its release."""
    return RELEASED / f"{name.removesuffix('.json')}.{digests.index(digest) + 1}.json"


def _keep_released(root: Path) -> list[Path]:
    """Copy each released schema that today's models no longer say."""
    texts, kept = documents(), []
    for name, digests in _index(root).items():
        file = root / SCHEMAS / name
        if not file.exists() or (digest := _digest(file)) not in digests:
            continue
        copy = _kept_as(name, digests, digest)
        if texts.get(SCHEMAS / name) != file.read_text(encoding="utf-8"):
            (root / copy).write_bytes(file.read_bytes())
            kept.append(copy)
    return kept


def _lost(root: Path) -> list[tuple[str, str]]:
    """Released schemas that are neither today's nor kept."""
    there = {
        _digest(file) for folder in (SCHEMAS, RELEASED) for file in (root / folder).glob("*.json")
    }
    return [
        (name, digest)
        for name, digests in _index(root).items()
        for digest in digests
        if digest not in there
    ]


def _stale(root: Path) -> list[Path]:
    ours = {schema_file(fact) for fact in FACTS}
    files = sorted((root / SCHEMAS).glob("*.json"))
    return [SCHEMAS / file.name for file in files if file.name not in ours]

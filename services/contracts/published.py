"""What is generated from the models and kept in the tree: written, checked, released.

The only file of the contracts' documents that touches the disk. `root` is the repository's.
"""

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
    """Write what is missing or outdated, remove schemas of no event; returns what was touched."""
    touched = []
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
    problems = []
    for file, released in released_schemas(root):
        place = file.relative_to(root)
        fact = today.get(file.name)
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
    """Every schema that was ever released, oldest release first."""
    folders = sorted((root / RELEASED).glob("[0-9]*"), key=lambda folder: int(folder.name))
    return [
        (file, json.loads(file.read_text(encoding="utf-8")))
        for folder in folders
        for file in sorted(folder.glob("*.json"))
    ]


def release(root: Path) -> Path | None:
    """Freeze today's schemas as the next release; returns its folder, None where nothing changed.

    From then on they are never edited. Raises ValueError where `check_all` finds a problem.
    """
    if problems := check_all(root):
        raise ValueError("\n".join(problems))
    schemas = {schema_file(fact): to_text(published_schema(fact)) for fact in FACTS}
    numbers = sorted(int(folder.name) for folder in (root / RELEASED).glob("[0-9]*"))
    if numbers:
        last = root / RELEASED / str(numbers[-1])
        if {file.name: file.read_text(encoding="utf-8") for file in last.glob("*.json")} == schemas:
            return None
    folder = root / RELEASED / str(numbers[-1] + 1 if numbers else 1)
    folder.mkdir(parents=True)
    for name, text in schemas.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _stale(root: Path) -> list[Path]:
    ours = {schema_file(fact) for fact in FACTS}
    files = sorted((root / SCHEMAS).glob("*.json"))
    return [SCHEMAS / file.name for file in files if file.name not in ours]

"""Checks of a table by itself: names that come once, and what each kind of criterion finds."""

from collections.abc import Iterator, Sequence

from services.contracts.campaign.document import Path
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules import (
    Criterion,
    Group,
    Table,
)
from services.contracts.wording import Bilingual

Tables = FilePart[tuple[Table, ...]]


def check_sample(
    sample: FilePart[bool] | None, title: FilePart[Bilingual] | None
) -> Iterator[FileProblem]:
    """A sample says so in its own title, in both languages, wherever its result is shown."""
    if sample is None or title is None or not sample.value:
        return
    if "minh họa" not in title.value.vi.lower() or "sample" not in title.value.en.lower():
        yield title.problem(
            (),
            "sample là true nên tên phải có chữ “minh họa” (vi) và “sample” (en)",
            "sample is true, so the title must have the words “minh họa” (vi) and “sample” (en)",
        )


def check_tables(tables: Tables | None) -> Iterator[FileProblem]:
    """All that can be judged of the tables by themselves."""
    if tables is None:
        return
    yield from once(tables, [((at, "id"), t.id) for at, t in enumerate(tables.value)])
    for at, table in enumerate(tables.value):
        # Groups and criteria share their names: `tie_break` speaks of both.
        ids: list[tuple[Path, str]] = [
            ((*path, "id"), group.id) for path, group in groups_of(at, table)
        ]
        ids += [((*path, "id"), criterion.id) for path, criterion in criteria_of(at, table)]
        yield from once(tables, ids)
        struck = enumerate(table.knock_outs)
        yield from once(tables, [((at, "knock_outs", k, "id"), one.id) for k, one in struck])
        for path, criterion in criteria_of(at, table):
            yield from _criterion(tables, path, criterion)


def criteria_of(at: int, table: Table) -> Iterator[tuple[Path, Criterion]]:
    """Each criterion of the table with that number, with its path."""
    for path, group in groups_of(at, table):
        for c, criterion in enumerate(group.criteria):
            yield (*path, "criteria", c), criterion


def groups_of(at: int, table: Table) -> Iterator[tuple[Path, Group]]:
    """Each group of the table with that number, at every depth, with its path."""
    yield from _groups_in((at,), table.groups)


def _groups_in(path: Path, groups: Sequence[Group]) -> Iterator[tuple[Path, Group]]:
    for g, group in enumerate(groups):
        inside = (*path, "groups", g)
        yield inside, group
        yield from _groups_in(inside, group.groups)


def once(tables: Tables, ids: Sequence[tuple[Path, str]]) -> Iterator[FileProblem]:
    """A problem for each name that came before."""
    seen: dict[str, Path] = {}
    for path, name in ids:
        if name in seen:
            line = tables.document.line(seen[name])
            yield tables.problem(
                path,
                f"mã {name} đã có ở dòng {line}; mỗi mã một lần",
                f"id {name} is already in line {line}; each id once",
            )
        seen.setdefault(name, path)


def _criterion(tables: Tables, path: Path, criterion: Criterion) -> Iterator[FileProblem]:
    """What the kind itself finds, where nothing of the criterion was left out."""
    if tables.document.is_incomplete(path):
        return
    for fault in criterion.faults():
        yield tables.problem((*path, *fault.path), fault.vi, fault.en)

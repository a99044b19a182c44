"""A file as plain data that still knows the line of every key and item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

Path = tuple[str | int, ...]
"""Keys and indices from the root of a file, e.g. ("obligations", 0, "options", 1, "due")."""


def spell(path: Path, labels: Mapping[Path, str] | None = None) -> str:
    """A path as people read it: obligations[D2].options[D3].due, steps[2] for the second step."""
    text = ""
    for at, part in enumerate(path):
        if isinstance(part, int):
            label = (labels or {}).get(path[: at + 1])
            text += f"[{label or part + 1}]"
        else:
            text += f".{part}" if text else part
    return text


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data (dict, list, str, int, float, bool, None) and where it stood in its file."""

    file: str
    data: object
    lines: Mapping[Path, int] = field(default_factory=dict)
    """1-based line of each key of a mapping, each item of a list."""
    labels: Mapping[Path, str] = field(default_factory=dict)
    """Ids of the items of lists that have one, by their paths in the file."""
    prefix: Path = ()
    """The path of `data` in the file, when it is a part of it."""
    original: Mapping[Path, Path] = field(default_factory=dict)
    """Paths as they are in the file, where items before them were left out."""
    incomplete: frozenset[Path] = frozenset()
    """Containers from which something faulty was left out: sums over them say nothing."""

    def line(self, path: Path = ()) -> int:
        """The line of what is at `path`, or of the nearest thing around it that has one."""
        full = self.prefix + path
        while full and full not in self.lines:
            full = full[:-1]
        return self.lines.get(full, 1)

    def name(self, path: Path = ()) -> str:
        """The path as it is in the file, spelt for people."""
        full = self.prefix + path
        for end in range(len(full), len(self.prefix), -1):
            if (found := self.original.get(full[:end])) is not None:
                return spell(found + full[end:], self.labels)  # a key that is missing has no place
        return spell(full, self.labels)

    def at(self, key: str) -> "Document | None":
        """The part under a key of the root; None where the root has no such key."""
        if not isinstance(self.data, dict) or key not in self.data:
            return None
        return replace(self, data=self.data[key], prefix=(*self.prefix, key))

    def locate(self, loc: Path) -> Path:
        """A pydantic error's place as a path in the data.

        Tags of unions and names of missing keys are no part of the data and are left out.
        """
        path: Path = ()
        current = self.data
        for part in loc:
            known = isinstance(current, dict) and part in current
            if isinstance(current, list) and isinstance(part, int):
                known = part < len(current)
            if not known:
                continue
            current = current[part]  # type: ignore[index]  # one of the two tests above held
            path = (*path, part)
        return path

    def without(self, faulty: set[Path]) -> "Document":
        """The same document less what is at these paths; what is left keeps its lines."""
        lines: dict[Path, int] = {}
        original: dict[Path, Path] = {}
        incomplete: set[Path] = set()

        def keep(value: object, old: Path, new: Path) -> object:
            full_old, full_new = self.prefix + old, self.prefix + new
            if full_old in self.lines:
                lines[full_new] = self.lines[full_old]
            original[full_new] = self.original.get(full_old, full_old)
            if full_old in self.incomplete:
                incomplete.add(full_new)
            if isinstance(value, dict):
                kept_keys = [key for key in value if (*old, key) not in faulty]
                if len(kept_keys) < len(value):
                    incomplete.add(full_new)
                return {key: keep(value[key], (*old, key), (*new, key)) for key in kept_keys}
            if isinstance(value, list):
                kept = [i for i in range(len(value)) if (*old, i) not in faulty]
                if len(kept) < len(value):
                    incomplete.add(full_new)
                return [keep(value[i], (*old, i), (*new, at)) for at, i in enumerate(kept)]
            return value

        data = keep(self.data, (), ())
        return replace(
            self, data=data, lines=lines, original=original, incomplete=frozenset(incomplete)
        )

    def repeated(self, order: Sequence[int]) -> "Document":
        """The list with the items at these places, in this order; each keeps its line and name."""
        assert isinstance(self.data, list)  # noqa: S101  # what has items
        places: dict[int, list[int]] = {}
        for new, old in enumerate(order):
            places.setdefault(old, []).append(new)
        start = len(self.prefix)

        def moved(path: Path) -> list[Path]:
            if path[:start] != self.prefix or len(path) == start:
                return [path]
            old = path[start]
            found = places.get(old, []) if isinstance(old, int) else []
            return [(*self.prefix, new, *path[start + 1 :]) for new in found]

        items = [(*self.prefix, old) for old in order]
        original = {new: at for old, at in self.original.items() for new in moved(old)}
        for new, item in enumerate(items):
            original[*self.prefix, new] = self.original.get(item, item)
        return replace(
            self,
            data=[self.data[old] for old in order],
            lines={new: line for old, line in self.lines.items() for new in moved(old)},
            original=original,
            incomplete=frozenset(new for old in self.incomplete for new in moved(old)),
        )

    def is_incomplete(self, path: Path = ()) -> bool:
        """Whether something was left out of what is at `path`, at any depth."""
        full = self.prefix + path
        return any(hole[: len(full)] == full for hole in self.incomplete)

    def lacks(self, path: Path = ()) -> bool:
        """Whether an item of the very list or mapping at `path` was left out."""
        return self.prefix + path in self.incomplete

"""Whom something is for, against the words that units.csv uses."""

from collections.abc import Collection, Iterable, Iterator

from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units import Audience
from services.contracts.campaign.units_file import UnitRows


def check_audience(
    part: FilePart[object], path: Path, audience: Audience, units: UnitRows | None
) -> Iterator[FileProblem]:
    """One of levels and kinds, not both and not neither, made of words that the units use."""
    if bool(audience.levels) == bool(audience.kinds) and not part.document.is_incomplete(path):
        yield part.problem(
            path,
            "ghi levels hoặc kinds, đúng một trong hai (cấp, hoặc loại đơn vị)",
            "say levels or kinds, exactly one of the two",
        )
    if units is not None:
        yield from unknown_words(part, (*path, "levels"), audience.levels, units.levels)
        yield from unknown_words(part, (*path, "kinds"), audience.kinds, units.kinds)


def unknown_words(
    part: FilePart[object], path: Path, words: Iterable[str], known: Collection[str]
) -> Iterator[FileProblem]:
    """A problem for each word that no unit has in that column."""
    for at, word in enumerate(words):
        if word not in known:
            vi, en = did_you_mean(word, known)
            yield part.problem(
                (*path, at),
                f"không đơn vị nào trong units.csv có “{word}”; {vi}",
                f"no unit in units.csv has “{word}”; {en}",
            )

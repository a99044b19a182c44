"""Whom something is for, against the words that units.csv uses: unknown ones, those who are taken
out and were never meant, and an audience of nobody."""

from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Final

from services.contracts.campaign.audience import Audience, NamedUnits
from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.unit import Unit
from services.contracts.campaign.units_file import UnitRows
from services.contracts.reading import Sentence

KEYS: Final = ("levels", "kinds", "clusters", "units")
"""By what units are named."""

_SHOWN = 5
"""Codes of units that a sentence names."""

Days = tuple[date, date]
"""The first and the last day of a campaign."""


def check_audience(
    part: FilePart[object],
    path: Path,
    audience: Audience,
    units: UnitRows | None,
    days: Days | None = None,
) -> Iterator[FileProblem]:
    """Somebody is meant, in words that the units use, and nobody taken out who was not meant.

    `days`: those of the campaign, where they could be read.
    """
    document = part.document
    incomplete = document.lacks(path) or any(
        document.is_incomplete((*path, key)) for key in (*KEYS, "except")
    )
    if audience.is_nobody and not document.is_incomplete(path):
        yield part.problem(
            path,
            "chưa ghi đơn vị nào; ghi levels, kinds, clusters hoặc units (cấp, loại, cụm hoặc mã"
            " đơn vị)",
            "names nobody: say levels, kinds, clusters or units, one of them or several",
        )
    excepted = audience.excepted
    if excepted is not None and excepted.is_nobody and not incomplete:
        yield part.problem(
            (*path, "except"),
            "except chưa ghi đơn vị nào; ghi levels, kinds, clusters hoặc units, hoặc bỏ khóa này",
            "except names nobody: say levels, kinds, clusters or units, or remove it",
        )
    if units is None:
        return
    # One by one: nobody is told more than some hundreds, so that others are not looked for.
    known = yield from _unknown(part, path, audience, units)
    if excepted is not None:
        known &= yield from _unknown(part, (*path, "except"), excepted, units)
    if not known or incomplete or audience.is_nobody:
        return
    meant = [row.unit for row in units.rows if audience.names(row.unit)]
    if excepted is not None:
        yield from _never_meant(part, path, excepted, meant)
    yield from _nobody(part, path, audience, meant, days)


def _unknown(
    part: FilePart[object], path: Path, named: NamedUnits, units: UnitRows
) -> Generator[FileProblem, None, bool]:
    """A problem for each word that is unknown; whether there is none."""
    known = True
    for problem in chain(
        unknown_words(part, (*path, "levels"), named.levels, units.levels),
        unknown_words(part, (*path, "kinds"), named.kinds, units.kinds),
        unknown_words(part, (*path, "clusters"), named.clusters, units.clusters),
        unknown_units(part, (*path, "units"), named.units, units),
    ):
        known = False
        yield problem
    return known


def _never_meant(
    part: FilePart[object], path: Path, excepted: NamedUnits, meant: Collection[Unit]
) -> Iterator[FileProblem]:
    """Taking out who is not in is a slip: another code was meant, or another key forgotten."""
    words: dict[str, set[str | None]] = {
        "levels": {unit.level for unit in meant},
        "kinds": {unit.kind for unit in meant},
        "clusters": {unit.cluster for unit in meant},
        "units": {unit.code for unit in meant},
    }
    for key in KEYS:
        for at, word in enumerate(getattr(excepted, key)):
            if word not in words[key]:
                yield part.problem(
                    (*path, "except", key, at),
                    f"“{word}” vốn không thuộc diện thực hiện nên không cần trừ; sửa mã, hoặc bỏ"
                    " dòng này",
                    f"“{word}” was never meant, so it needs no exception: correct the code, or"
                    " remove it",
                )


def _nobody(
    part: FilePart[object],
    path: Path,
    audience: Audience,
    meant: Collection[Unit],
    days: Days | None,
) -> Iterator[FileProblem]:
    left = [unit for unit in meant if audience.includes(unit)]
    if meant and not left:
        yield part.problem(
            (*path, "except"),
            "except trừ hết các đơn vị; bỏ bớt, hoặc bỏ cả mục này",
            "except takes out everybody: name fewer there, or remove the whole item",
        )
    elif days and left and not any(unit.begins <= days[1] and unit.ends > days[0] for unit in left):
        yield part.problem(
            path,
            f"trong thời gian của đợt ({days[0]} … {days[1]}) không có ngày nào có đơn vị này; ghi"
            " đơn vị khác",
            f"no such unit exists on any day of the campaign ({days[0]} … {days[1]}): name others",
        )


def in_short(some: Sequence[Unit], among: Iterable[Unit]) -> Sentence:
    """Which units of several these are: by level where none of the others has it, else by code."""
    codes = {unit.code for unit in some}
    levels = sorted({unit.level for unit in some})
    if not {unit.level for unit in among if unit.code not in codes} & {*levels}:
        named = ", ".join(levels)
        return f"đơn vị cấp {named}", f"units of the level {named}"
    named, more = ", ".join(sorted(codes)[:_SHOWN]), len(codes) - _SHOWN
    vi, en = (f" và {more} đơn vị nữa", f" and {more} more") if more > 0 else ("", "")
    return f"đơn vị {named}{vi}", f"the units {named}{en}"


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


def unknown_units(
    part: FilePart[object], path: Path, codes: Iterable[str], units: UnitRows
) -> Iterator[FileProblem]:
    """A problem for each code that no unit has."""
    for at, code in enumerate(codes):
        if code not in units.codes:
            vi, en = did_you_mean(code, units.codes)
            yield part.problem(
                (*path, at),
                f"units.csv không có đơn vị {code}; {vi}",
                f"units.csv has no unit {code}; {en}",
            )

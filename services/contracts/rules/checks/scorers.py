"""Checks of who scores: units that there are, to the campaign's end, and not in their own cause."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from services.contracts.campaign.checks.rows import heirs, lifetimes
from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows
from services.contracts.rules import Assignment, Group, Table
from services.contracts.rules.checks.tables import Tables, criteria_of
from services.contracts.rules.criteria import Entered, Scorers
from services.contracts.wording import day_en, day_vi


def check_scorers(
    tables: Tables | None, units: UnitRows | None, closes: FilePart[date] | None
) -> Iterator[FileProblem]:
    """Each scorer is known, it or its successor is there to the end, and none scores itself
    unless the rule set says so."""
    if tables is None or units is None:
        return
    lives = lifetimes(units.rows)
    heir = heirs(lives)
    last_day = closes.value if closes is not None else None
    for at, table in enumerate(tables.value):
        above = {placed.criterion.id: placed.groups for placed in table.placed}
        for path, criterion in criteria_of(at, table):
            if not isinstance(criterion, Entered) or criterion.scored_by is None:
                continue
            inside: Path = (*path, "scored_by")
            scorers = criterion.scored_by
            for number, code in enumerate(scorers.codes):
                place = (*inside, *scorers.place_of(number))
                if code not in units.codes:
                    vi, en = did_you_mean(code, units.codes)
                    yield tables.problem(
                        place,
                        f"units.csv không có đơn vị {code}; {vi}",
                        f"units.csv has no unit {code}; {en}",
                    )
                elif code in lives and last_day is not None:
                    ends = lives[heir[code]].ends
                    if ends <= last_day:
                        yield tables.problem(
                            place,
                            f"từ ngày {day_vi(ends)} không còn {code}, không có đơn vị tiếp nhận: "
                            "không còn đơn vị nào chấm; ghi successor trong units.csv, hoặc đơn vị "
                            "khác",
                            f"from {day_en(ends)} on there is neither {code} nor who took over: "
                            "nobody scores; give it a successor in units.csv, or name another",
                        )
            scored = _scored(table, above[criterion.id], criterion, units, heir)
            own = [code for code in dict.fromkeys(scorers.codes) if heir.get(code) in scored]
            if own:
                yield from _own_cause(tables, inside, scorers, own)


def _scored(
    table: Table,
    groups: Sequence[Group],
    criterion: Entered,
    units: UnitRows,
    heir: Mapping[str, str],
) -> Collection[str]:
    """Who gets the criterion, as far as it depends on no facts."""
    given = [*(group.assigned_to for group in groups), criterion.assigned_to]
    to = [one for one in given if one is not None]
    return {
        heir[row.unit.code]
        for row in units.rows
        if table.applies_to.includes(row.unit)
        and all(_may_be(one, row.unit.code, row.unit.level, row.unit.kind) for one in to)
    }


def _may_be(to: Assignment, code: str, level: str, kind: str) -> bool:
    return (
        (not to.units or code in to.units)
        and code not in to.except_units
        and (not to.levels or level in to.levels)
        and (not to.kinds or kind in to.kinds)
    )


def _own_cause(
    tables: Tables, inside: Path, scorers: Scorers, own: Sequence[str]
) -> Iterator[FileProblem]:
    named = ", ".join(own)
    if scorers.scored_too == "never":
        place = (*inside, *scorers.place_of(scorers.codes.index(own[0])))
        yield tables.problem(
            place,
            f"đơn vị chấm cũng được chấm tiêu chí này: {named}; bỏ ra bằng assigned_to: "
            "{except_units: […]}, hoặc ghi scored_too: by-others (đơn vị khác chấm) hay by-all "
            "(tự chấm cũng tính)",
            f"scorers that this criterion scores too: {named}; take them out with assigned_to: "
            "{except_units: […]}, or write scored_too: by-others (the others score it) or by-all "
            "(it also scores itself)",
        )
    elif scorers.scored_too == "by-others":
        left = len(set(scorers.codes)) - 1
        if scorers.marks in ("sum", "shares") or scorers.needed > left:
            yield tables.problem(
                (*inside, "scored_too"),
                f"{named} không tự chấm nên chỉ có {left} điểm, mà cần {scorers.needed}; ghi "
                f"at_least: {max(left, 1)} trở xuống với marks: mean hoặc trimmed-mean, thêm đơn "
                "vị chấm, hoặc ghi by-all",
                f"{named} does not score itself, so there are only {left} marks and "
                f"{scorers.needed} are needed; write at_least: {max(left, 1)} or less with marks: "
                "mean or trimmed-mean, name more scorers, or write by-all",
            )

"""Points of a table of figures as text: a table for each cluster, then what each column is."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from services.chassis.language import speak
from services.contracts.rules import Group, Table
from services.contracts.wording import Bilingual, number_en, number_vi
from services.scoring.engine.parts import table_and_id, within
from services.scoring.engine.results import ClusterResult, GroupPoints, Line, Subtotal, UnitPoints
from services.scoring.what_if.trial import Trial, tables_of

_CAPPED = "*"
"""Behind what a group gives where its cap took something away."""


def trial_lines(trial: Trial) -> Iterator[str]:
    """The trial as text, best first."""
    yield _spoken(trial.rules.title)
    yield ""
    for result in trial.clusters:
        if result.units:
            yield _spoken(trial.campaign.plan.cluster_title(result.cluster))
            yield from _aligned(list(_rows(result, trial)))
            yield ""
    units = [one for result in trial.clusters for one in result.units]
    for table in trial.rules.tables:
        if of_table := [one for one in units if table.id in tables_of(one)]:
            yield from _legend(table, of_table)
    if any(given.capped for one in units for given in _groups(one)):
        yield speak(f"{_CAPPED} dừng ở trần của nhóm", f"{_CAPPED} held at the group's cap")
    if _is_rescaled(units):
        yield speak(
            "Quy đổi: tổng điểm trên thang của cả bảng, vì có tiêu chí không áp dụng (–); hạng và"
            " mức xét theo số này",
            "Scaled: the total on the scale of the whole table, where criteria are not assigned"
            " (–); ranks and levels are read from it",
        )
    if trial.unscored:
        listed = ", ".join(trial.unscored)
        yield speak(
            f"Không được chấm (không có bảng hoặc cụm): {listed}",
            f"Not scored (no table or cluster): {listed}",
        )
    if trial.without:
        titles = [trial.rules.measure_title(name) for name in trial.without]
        listed = ", ".join(_spoken(title) for title in titles)
        yield speak(
            f"Chưa có cột, tính như chưa phát sinh: {listed}",
            f"Without a column, as if nothing were on record: {listed}",
        )


def _legend(table: Table, units: Sequence[UnitPoints]) -> Iterator[str]:
    in_front = ""
    if any(one.parts for one in units):
        in_front = within(table.id, "")
        yield f"{table.id}: {_spoken(table.title)} ({_number(table.maximum)})"
    for group in table.groups:
        yield from _group_legend(group, in_front)
    for knock_out in table.knock_outs:
        id_ = f"{in_front}{knock_out.id}"
        if any(id_ in one.knocked_out for one in units):
            yield f"{id_}: {_spoken(knock_out.title)}"


def _group_legend(group: Group, in_front: str) -> Iterator[str]:
    yield f"{in_front}{group.id}: {_spoken(group.title)} ({_number(group.maximum)})"
    for one in group.criteria:
        yield f"{in_front}{one.id}: {_spoken(one.title)} ({_number(one.maximum)})"
    for inner in group.groups:
        yield from _group_legend(inner, in_front)


def _rows(result: ClusterResult, trial: Trial) -> Iterator[Sequence[str]]:
    rescaled = _is_rescaled(result.units)
    yield [
        speak("Đơn vị", "Unit"),
        *(heading for heading, _ in _cells(result.units[0])),
        speak("Tổng", "Total"),
        *([speak("Tối đa", "Maximum"), speak("Quy đổi", "Scaled")] if rescaled else []),
        speak("Hạng", "Rank"),
        speak("Mức", "Level"),
    ]
    for one in result.units:
        yield [
            f"{one.unit} {trial.campaign.units[one.unit].name}",
            *(points for _, points in _cells(one)),
            _number(one.total),
            *([_number(one.maximum), _number(one.comparable)] if rescaled else []),
            str(one.rank),
            _level(one, trial),
        ]


def _cells(one: UnitPoints) -> Iterator[tuple[str, str]]:
    """Headings and points in the order of the printed table: a group before what is in it."""
    totals = {part.table: part.total for part in one.parts}
    shown = None
    for group in one.groups:
        table, _ = table_and_id(group.group)
        if table is not None and table != shown:
            shown = table
            yield table, _number(totals[table])
        lines = {line.criterion: line for line in group.lines}
        own = dict.fromkeys(lines)
        for subtotal in group.subtotals:
            for criterion in subtotal.criteria:
                del own[criterion]
        yield group.group, _subtotal(group)
        yield from ((criterion, _points(lines[criterion])) for criterion in own)
        for subtotal in group.subtotals:
            yield subtotal.group, _subtotal(subtotal)
            yield from ((criterion, _points(lines[criterion])) for criterion in subtotal.criteria)


def _groups(one: UnitPoints) -> Iterator[GroupPoints | Subtotal]:
    for group in one.groups:
        yield group
        yield from group.subtotals


def _is_rescaled(units: Sequence[UnitPoints]) -> bool:
    return any(one.comparable != one.total for one in units)


def _level(one: UnitPoints, trial: Trial) -> str:
    table = trial.rules.table(one.table)
    title = table.level_title(one.level) if table is not None else None
    shown = "–" if title is None else _spoken(title)
    return f"{shown} ({', '.join(one.knocked_out)})" if one.knocked_out else shown


def _subtotal(given: GroupPoints | Subtotal) -> str:
    return _number(given.points) + (_CAPPED if given.capped else "")


def _points(line: Line) -> str:
    return _number(line.points) if line.assigned else "–"


def _spoken(text: Bilingual) -> str:
    return speak(text.vi, text.en)


def _number(value: Decimal) -> str:
    return speak(number_vi(value), number_en(value))


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Names to the left, numbers to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    last = len(widths) - 1
    for row in rows:
        cells = [
            cell.ljust(width) if at in (0, last) else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()

"""A what-if as lines for a person, Vietnamese with English beside."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from services.contracts.campaign import RuleSet
from services.contracts.wording import plain
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.compare import Cause, LineChange, Mover
from services.scoring.engine.results import Line, UnitPoints
from services.scoring.queries.what_if import WhatIf

_CAUSES: dict[Cause, tuple[str, str]] = {
    "caps": ("mức trần của nhóm", "a group's cap"),
    "total": ("trần hoặc làm tròn tổng điểm", "cap or rounding of the total"),
    "scale": ("thang điểm khi có tiêu chí không giao", "the scale where criteria are not assigned"),
    "knock-outs": ("điểm liệt", "knock-outs"),
    "levels": ("ngưỡng xếp loại", "bands of levels"),
    "others": ("đơn vị khác đổi hạng", "other units moved"),
}
_HEADINGS = (
    "đơn vị / unit",
    "hạng / rank",
    "điểm / total",
    "xếp loại / level",
    "do / because of",
)
_GAP = "  "


def report(found: WhatIf, *, show: int) -> Iterator[str]:
    """The lines; of the units that move the first so many."""
    said = found.comparison
    present, draft = found.present.rules, found.draft.rules
    simulated = " · MÔ PHỎNG / SIMULATED" if found.simulated else ""
    yield f"đang dùng / in force: {present.rule_set} {present.digest()[:16]}…{_sample(present)}"
    yield f"dự thảo / draft     : {draft.rule_set} {draft.digest()[:16]}…{_sample(draft)}"
    yield (
        f"{said.units:,} đơn vị / units, {found.facts:,} sự kiện / facts{simulated};"
        " không ghi gì / nothing is written"
    )
    if not said.movers:
        yield "Không đơn vị nào thay đổi / Nobody moves"
        return
    up = sum(mover.places > 0 for mover in said.movers)
    down = sum(mover.places < 0 for mover in said.movers)
    yield ""
    yield (
        f"{len(said.movers)} đơn vị thay đổi / units change: {up} lên hạng / up,"
        f" {down} xuống hạng / down"
    )
    for (before, after), units in Counter(_levels(found)).items():
        yield f"  xếp loại / level: {units} × {before} → {after}"
    for leaders in said.leaders:
        was, will = ", ".join(leaders.before) or "—", ", ".join(leaders.after) or "—"
        yield f"  dẫn đầu / leader of {leaders.cluster}: {was} → {will}"
    yield ""
    yield from _table([_row(found, mover) for mover in said.movers[:show]])
    if (more := len(said.movers) - show) > 0:
        yield f"… và {more} đơn vị nữa / and {more} more units: --show 0"


def _sample(rules: RuleSet) -> str:
    """Said wherever results of a table that is nobody's official one are shown."""
    return " · BẢNG MẪU / SAMPLE TABLE" if rules.sample else ""


def _row(found: WhatIf, mover: Mover) -> tuple[str, ...]:
    before, after = mover.before, mover.after
    arrow = f" ▲{mover.places}" if mover.places > 0 else f" ▼{-mover.places}"
    return (
        f"{mover.unit} {found.draft.units[mover.unit].name}",
        _change(_rank(before), _rank(after)) + (arrow if mover.places else ""),
        _change(_total(before), _total(after)) + (f" ({_signed(mover.points)})"),
        _change(_flagged(before), _flagged(after)),
        _because(mover),
    )


def _change(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _rank(points: UnitPoints | None) -> str:
    return str(points.rank) if points else "—"


def _total(points: UnitPoints | None) -> str:
    return plain(points.total) if points else "—"


def _flagged(points: UnitPoints | None) -> str:
    if points is None:
        return "—"
    return (points.level or "") + (" ⚑" if points.flag else "")


def _because(mover: Mover) -> str:
    if mover.before is None or mover.after is None:
        return (
            "chưa được chấm / was not scored"
            if mover.before is None
            else "không còn được chấm / is no longer scored"
        )
    lines = [_line(line) for line in mover.lines]
    others = [" / ".join(_CAUSES[cause]) for cause in mover.causes if cause != "lines"]
    return "; ".join([*lines, *others])


def _line(line: LineChange) -> str:
    note = ""
    if line.before is None:
        note = " mới / new"
    elif line.after is None:
        note = " bỏ / gone"
    return f"{line.criterion} {_given(line.before)} → {_given(line.after)}{note}"


def _given(line: Line | None) -> str:
    if line is None:
        return "—"
    return plain(line.points) if line.assigned else "không giao / not assigned"


def _signed(points: Decimal) -> str:
    return f"+{plain(points)}" if points > 0 else plain(points)


def _levels(found: WhatIf) -> Iterator[tuple[str, str]]:
    """Of each unit that goes from one level to another, both in words."""
    for mover in found.comparison.movers:
        before, after = mover.before, mover.after
        if before and after and before.level != after.level:
            yield _level(found.present, before), _level(found.draft, after)


def _level(snapshot: CampaignSnapshot, points: UnitPoints) -> str:
    """In the words of the unit's own table: two tables may word one level differently."""
    table = snapshot.rules.table(points.table)
    title = table.level_title(points.level) if table else None
    return f"{title.vi} / {title.en}" if title else points.level or "—"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Columns as wide as they must be; the last one as long as it is."""
    every = [_HEADINGS, *rows]
    widths = [max(len(row[at]) for row in every) for at in range(len(_HEADINGS) - 1)]
    for row in every:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield _GAP.join([*cells, row[-1]])

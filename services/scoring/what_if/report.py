"""A what-if as lines for a person, in the language asked for (THIDUA_LANG)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from services.chassis.language import speak
from services.contracts.rules import RuleSet
from services.contracts.wording import Bilingual, count_en, number, number_vi
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.compare import Cause, LineChange, Mover
from services.scoring.engine.results import Line, UnitPoints
from services.scoring.what_if.comparison import WhatIf

_CAUSES: dict[Cause, Bilingual] = {
    "caps": Bilingual("điểm tối đa của nhóm", "a group's cap"),
    "total": Bilingual("mức tối đa hoặc làm tròn tổng điểm", "cap or rounding of the total"),
    "scale": Bilingual(
        "thang điểm khi có tiêu chí không áp dụng", "the scale where criteria are not assigned"
    ),
    "knock-outs": Bilingual("điều kiện hạ mức xếp loại", "knock-outs"),
    "levels": Bilingual("ngưỡng xếp loại", "bands of levels"),
    "others": Bilingual("đơn vị khác đổi thứ hạng", "other units moved"),
}
_GAP = "  "


def _text(text: Bilingual) -> str:
    return speak(text.vi, text.en)


def _number(value: Decimal | int) -> str:
    return _text(number(value))


def report(found: WhatIf, *, show: int) -> Iterator[str]:
    """The lines; of the units that move the first so many."""
    change = found.change
    in_force = speak("đang áp dụng:", "in force:")
    yield _rules(in_force, found.present.rules) if found.present else f"{in_force} —"
    yield _rules(speak("dự thảo:     ", "draft:   "), found.draft.rules)
    units, facts = change.units, found.facts
    simulated = speak(" · DỮ LIỆU MÔ PHỎNG", " · SIMULATED DATA") if found.simulated else ""
    yield speak(
        f"{number_vi(units)} đơn vị, {number_vi(facts)} dữ liệu đã lưu{simulated};"
        " hệ thống không ghi gì",
        f"{count_en(units, 'unit')}, {count_en(facts, 'fact')} stored{simulated};"
        " nothing is written",
    )
    if not change.movers:
        yield speak("Không đơn vị nào thay đổi", "No unit moves")
        return
    yield ""
    yield from _summary(found)
    yield ""
    yield from _table([_row(found, mover) for mover in change.movers[:show]])
    if (more := len(change.movers) - show) > 0:
        yield speak(f"… và {more} đơn vị nữa: --show 0", f"… and {more} more units: --show 0")


def _summary(found: WhatIf) -> Iterator[str]:
    change = found.change
    moved = len(change.movers)
    up = sum(mover.places > 0 for mover in change.movers)
    down = sum(mover.places < 0 for mover in change.movers)
    yield speak(
        f"{moved} đơn vị thay đổi: {up} lên hạng, {down} xuống hạng",
        f"{moved} units change: {up} up, {down} down",
    )
    for (before, after), units in Counter(_levels(found)).items():
        yield speak(
            f"  xếp loại: {units} đơn vị từ {before} thành {after}",
            f"  level: {units} units from {before} to {after}",
        )
    for leaders in change.leaders:
        cluster = _text(found.draft.plan.cluster_title(leaders.cluster))
        was, will = ", ".join(leaders.before) or "—", ", ".join(leaders.after) or "—"
        yield f"  {speak('dẫn đầu', 'leader of')} {cluster}: {was} → {will}"


def _rules(name: str, rules: RuleSet) -> str:
    """With a note wherever results of a table that is nobody's official one are shown."""
    sample = speak(" · BẢNG ĐIỂM MINH HỌA", " · SAMPLE TABLE") if rules.sample else ""
    return f"{name} {rules.rule_set} {rules.digest()[:16]}…{sample}"


def _row(found: WhatIf, mover: Mover) -> tuple[str, ...]:
    before, after = mover.before, mover.after
    arrow = f" ▲{mover.places}" if mover.places > 0 else f" ▼{-mover.places}"
    return (
        f"{mover.unit} {found.draft.unit(mover.unit).name}",
        _change(_rank(before), _rank(after)) + (arrow if mover.places else ""),
        _change(_total(before), _total(after)) + f" ({_signed(mover.points)})",
        _change(_level_and_flag(found.present, before), _level_and_flag(found.draft, after)),
        _because(mover),
    )


def _change(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _rank(points: UnitPoints | None) -> str:
    return str(points.rank) if points else "—"


def _total(points: UnitPoints | None) -> str:
    return _number(points.total) if points else "—"


def _level_and_flag(snapshot: CampaignSnapshot | None, points: UnitPoints | None) -> str:
    if snapshot is None or points is None:
        return "—"
    flag = " ⚑" if points.flag_candidate else ""
    return (_level(snapshot, points) if points.level else "") + flag


def _because(mover: Mover) -> str:
    if mover.before is None:
        return speak("chưa được chấm điểm", "was not scored")
    if mover.after is None:
        return speak("không còn được chấm điểm", "is no longer scored")
    lines = [_line(line) for line in mover.lines]
    others = [_text(_CAUSES[cause]) for cause in mover.causes if cause != "lines"]
    return "; ".join([*lines, *others])


def _line(line: LineChange) -> str:
    note = ""
    if line.before is None:
        note = speak(" mới", " new")
    elif line.after is None:
        note = speak(" bỏ", " gone")
    return f"{line.criterion} {_points(line.before)} → {_points(line.after)}{note}"


def _points(line: Line | None) -> str:
    if line is None:
        return "—"
    return _number(line.points) if line.assigned else speak("không áp dụng", "not assigned")


def _signed(points: Decimal) -> str:
    return f"+{_number(points)}" if points > 0 else _number(points)


def _levels(found: WhatIf) -> Iterator[tuple[str, str]]:
    """Of each unit that goes from one level to another, both in words."""
    for mover in found.change.movers:
        before, after = mover.before, mover.after
        if found.present and before and after and before.level != after.level:
            yield _level(found.present, before), _level(found.draft, after)


def _level(snapshot: CampaignSnapshot, points: UnitPoints) -> str:
    """In the words of the unit's own table: two tables may word one level differently."""
    table = snapshot.rules.table(points.table)
    title = table.level_title(points.level) if table else None
    return _text(title) if title else points.level or "—"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Columns as wide as they must be; the last one as long as it is."""
    headings = (
        speak("đơn vị", "unit"),
        speak("thứ hạng", "rank"),
        speak("điểm", "total"),
        speak("xếp loại", "level"),
        speak("do", "because of"),
    )
    every = [headings, *rows]
    widths = [max(len(row[at]) for row in every) for at in range(len(headings) - 1)]
    for row in every:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield _GAP.join([*cells, row[-1]])

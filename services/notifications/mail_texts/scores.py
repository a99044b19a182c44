"""Words for points and marks. A sample rule set is named a sample wherever its numbers are."""

from services.contracts.events import PointsRecomputed, ScoreEntered
from services.notifications.mail_texts.text import Names, Text, Texts, Title, number

_STAGE = {
    "self": Title("đơn vị tự chấm", "self-assessment"),
    "cluster": Title("cụm, khối chấm", "cluster's mark"),
    "final": Title("điểm cuối cùng", "final mark"),
}
_THE_BOARD = Title("Ban Thi đua – Khen thưởng", "the Board")


def points_recomputed(fact: PointsRecomputed, names: Names) -> Texts:
    """A unit's points changed."""
    unit, at = names.unit(fact.unit), names.moment(fact.recomputed_at)
    total, maximum = number(fact.total), number(fact.maximum)
    vi = [
        f"Điểm thi đua tạm tính của {unit}: {total.vi}/{maximum.vi} điểm.",
        f"Xếp thứ {fact.rank} trong {fact.units_in_cluster} đơn vị của cụm, khối.",
    ]
    en = [
        f"Running emulation points of {unit}: {total.en} of {maximum.en}.",
        f"Rank {fact.rank} of {fact.units_in_cluster} units in its cluster.",
    ]
    if fact.level:
        level = names.level(fact.level)
        vi.append(f"Mức xếp loại: {level.vi}")
        en.append(f"Level: {level.en}")
    vi += [
        f"Tính lại lúc: {at.vi} (lần {fact.version})",
        "Đây chưa phải kết quả chính thức: kết quả chính thức là kết quả được công bố.",
    ]
    en += [
        f"Recomputed: {at.en} (version {fact.version})",
        "This is not the official result: the published one is.",
    ]
    return Texts(
        Text(f"{unit}: {total.vi} điểm, xếp thứ {fact.rank}", tuple(vi)),
        Text(f"{unit}: {total.en} points, rank {fact.rank}", tuple(en)),
        sample=fact.sample,
    )


def score_entered(fact: ScoreEntered, names: Names) -> Texts:
    """A person's mark for a criterion, or its correction; the event names no person."""
    unit, at = names.unit(fact.unit), names.moment(fact.entered_at)
    criterion, stage, points = (
        names.criterion(fact.criterion),
        _STAGE[fact.stage],
        number(fact.points),
    )
    by = _THE_BOARD if fact.entered_by is None else Title(*[names.unit(fact.entered_by)] * 2)
    vi = [
        f"{unit} được chấm {points.vi} điểm ({stage.vi}) cho tiêu chí {criterion.vi}.",
        f"Lý do: {fact.reason}",
        f"Căn cứ: {fact.evidence}",
        f"Bên chấm: {by.vi}",
        f"Thời điểm: {at.vi}",
    ]
    en = [
        f"{unit} got {points.en} points ({stage.en}) for criterion {criterion.en}.",
        f"Reason: {fact.reason}",
        f"Evidence: {fact.evidence}",
        f"Entered by: {by.en}",
        f"When: {at.en}",
    ]
    if fact.version > 1:
        vi.insert(1, f"Điểm này thay điểm đã chấm trước đó (bản sửa thứ {fact.version - 1}).")
        en.insert(1, f"It replaces the mark before (correction {fact.version - 1}).")
    return Texts(
        Text(f"{unit}: điểm chấm tiêu chí {fact.criterion}", tuple(vi)),
        Text(f"{unit}: mark for criterion {fact.criterion}", tuple(en)),
    )

"""Mails about points and scores. A sample rule set is named a sample wherever its numbers are."""

from services.contracts.events import PointsRecomputed, ScoreEntered
from services.contracts.titles import SCORING_STAGES
from services.contracts.wording import Bilingual, number, number_vi
from services.notifications.mail_texts.text import CampaignNames, Subject, Text, Texts, Words


def points_recomputed(fact: PointsRecomputed, names: CampaignNames) -> Texts:
    """A unit's points changed."""
    unit, in_text = names.unit(fact.unit), names.unit_in_text(fact.unit)
    at, total, maximum = names.moment(fact.recomputed_at), number(fact.total), number(fact.maximum)
    rank = f"{number_vi(fact.rank)}/{number_vi(fact.units_in_cluster)}"
    level = fact.level_title
    return Texts(
        Text(
            Subject("Điểm tạm tính", f"{total.vi}/{maximum.vi}, xếp thứ {rank}", in_text),
            (
                f"Điểm thi đua tạm tính của {in_text}: {total.vi}/{maximum.vi} điểm, xếp thứ {rank}"
                " trong cụm thi đua.",
                *([f"Mức xếp loại: {level.vi}"] if level else []),
                f"Cập nhật lúc {at.vi}.",
                "Điểm tạm tính, chưa phải kết quả chính thức. Kết quả chính thức do"
                f" {names.board.vi} công bố.",
            ),
        ),
        Text(
            Subject("Running points", f"{total.en}/{maximum.en}, rank {rank}", unit),
            (
                f"Running emulation points of {unit}: {total.en} of {maximum.en}, rank {rank} in"
                " its cluster.",
                *([f"Level: {level.en}"] if level else []),
                f"Updated at {at.en}.",
                "Running points are not official; the official result is published by the"
                f" {names.board.en}.",
            ),
        ),
        sample=fact.sample,
    )


def score_entered(fact: ScoreEntered, names: CampaignNames) -> Texts:
    """A person's score for a criterion, or its correction; the event names no person."""
    unit, in_text = names.unit(fact.unit), names.unit_in_text(fact.unit)
    at, points = names.moment(fact.entered_at), number(fact.points)
    stage = SCORING_STAGES["scorers" if fact.scorer is not None else fact.stage]
    criterion = Bilingual(fact.criterion, fact.criterion)
    if title := fact.criterion_title:
        criterion = Bilingual(
            f"“{title.vi}” ({fact.criterion})", f"“{title.en}” ({fact.criterion})"
        )
    by = names.board
    if fact.entered_by is not None:
        by = Bilingual(names.unit_in_text(fact.entered_by), names.unit(fact.entered_by))
    vi = [
        f"{unit}: {stage.vi} tiêu chí {criterion.vi} là {points.vi}.",
        f"Lý do: {fact.reason}",
        f"Minh chứng: {fact.evidence}",
        f"Đơn vị chấm: {by.vi}",
        f"Chấm lúc {at.vi}.",
    ]
    en = [
        f"{unit}: {stage.en} for criterion {criterion.en} is {points.en}.",
        f"Reason: {fact.reason}",
        f"Evidence: {fact.evidence}",
        f"Scored by: {by.en}",
        f"Scored at {at.en}.",
    ]
    if fact.version > 1:
        vi.insert(1, f"Điểm này thay thế điểm đã chấm trước đó (lần sửa {fact.version - 1}).")
        en.insert(1, f"It replaces the score before (correction {fact.version - 1}).")
    state = f"{stage.vi[0].upper()}{stage.vi[1:]}"
    return Texts(
        Text(Subject(state, f"tiêu chí {fact.criterion}", in_text), tuple(vi)),
        Text(Subject("Score", f"criterion {fact.criterion}", unit), tuple(en)),
    )


WORDS: Words = {
    ScoreEntered: score_entered,
    PointsRecomputed: points_recomputed,
}

"""The facts that submissions says. It takes none: what it knows comes in over HTTP."""

from services.contracts.events import (
    CeremonyReported,
    CommendationProposed,
    ConferenceReported,
    ContestReported,
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineMoved,
    EssayJudged,
    EssaySubmitted,
    EssayWithdrawn,
    Fact,
    FigureReported,
    ObligationFulfilled,
    ObligationWaived,
)

GIVES: dict[type[Fact], str] = {
    EssaySubmitted: "essay_intake.keep_essays; board.move_deadline, when lateness is judged again",
    EssayWithdrawn: "essays.withdraw_essay",
    EssayJudged: "essays.judge_essay",
    CommendationProposed: "proposals.propose_commendation",
    FigureReported: "figures.report_figure",
    ConferenceReported: "reports.report_conference",
    ContestReported: "reports.report_contest",
    CeremonyReported: "reports.report_ceremony",
    DeadlineApproaching: "deadlines.DeadlineClock",
    DeadlineMissed: "deadlines.DeadlineClock",
    DeadlineMoved: "board.move_deadline",
    ObligationFulfilled: "essay_intake, essays, reports; board.move_deadline, when judged again",
    ObligationWaived: "board.waive_obligation",
}
"""Fact -> who says it."""

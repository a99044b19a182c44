"""Facts as tests say them: short, and as events, so that what is tested is what arrives."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from services.contracts.envelope import Event, uuid7
from services.contracts.events import (
    CommendationProposed,
    DeadlineMissed,
    DeadlineMoved,
    EssayJudged,
    EssaySubmitted,
    EssayWithdrawn,
    Fact,
    FigureReported,
    ObligationFulfilled,
    ObligationReopened,
    ObligationWaived,
    ScoreEntered,
    UnitFact,
)
from services.measuring.fact import known as known_row
from services.measuring.fact import row_of
from services.measuring.records import KnownFact

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
CAMPAIGN = "hanoi-2020"
API = f"/v1/campaigns/{CAMPAIGN}"
"""Of the campaign's routes."""
_NAMES = UUID(int=251)


def at(day: str, hour: int = 9) -> datetime:
    """A moment of a local day of 2020, written `5-30`."""
    month, dom = day.split("-")
    return datetime(2020, int(month), int(dom), hour, tzinfo=HANOI)


def thing(name: str) -> UUID:
    """The id of an essay or report that a test calls by a name."""
    return uuid5(_NAMES, name)


def essay(unit: str, name: str, *, day: str = "5-20", late: bool = False) -> EssaySubmitted:
    return EssaySubmitted(
        campaign=CAMPAIGN,
        unit=unit,
        essay_id=thing(name),
        title="Bài mô phỏng",
        form="written",
        exemplar={"kind": "collective", "name": "Tập thể mô phỏng"},
        words=1200,
        submitted_at=at(day),
        late=late,
        days_late=1 if late else 0,
    )


def withdrawn(unit: str, name: str, *, version: int = 2, day: str = "6-2") -> EssayWithdrawn:
    return EssayWithdrawn(
        campaign=CAMPAIGN,
        unit=unit,
        version=version,
        essay_id=thing(name),
        withdrawn_at=at(day),
        reason="Gửi trùng",
    )


def judged(unit: str, name: str, mark: str, *, version: int = 2, day: str = "7-2") -> EssayJudged:
    return EssayJudged(
        campaign=CAMPAIGN,
        unit=unit,
        version=version,
        essay_id=thing(name),
        mark=mark,
        judged_at=at(day),
    )


def proposed(unit: str, name: str) -> CommendationProposed:
    return CommendationProposed(
        campaign=CAMPAIGN,
        unit=unit,
        proposal_id=thing(name),
        exemplar={"kind": "collective", "name": "Tập thể mô phỏng"},
        level="city",
        proposed_at=at("5-20"),
    )


def figure(
    unit: str, figure: str, value: str, *, target: str | None = None, version: int = 1
) -> FigureReported:
    name, period = figure.split(":")
    return FigureReported(
        campaign=CAMPAIGN,
        unit=unit,
        version=version,
        figure=figure,
        name=name,
        period=period,
        value=value,
        target=target,
        evidence="Báo cáo mẫu",
        reported_at=at("7-3"),
    )


def score_entered(
    unit: str,
    criterion: str,
    stage: str,
    points: str,
    *,
    version: int = 1,
    scorer: str | None = None,
) -> ScoreEntered:
    if scorer is not None:
        stage = "cluster"  # as scoring publishes it
    return ScoreEntered(
        campaign=CAMPAIGN,
        unit=unit,
        version=version,
        entry_id=thing(f"{unit}/{criterion}/{stage}" + (f"/{scorer}" if scorer else "")),
        criterion=criterion,
        stage=stage,
        scorer=scorer,
        points=points,
        reason="Lý do mẫu",
        evidence="Báo cáo mẫu",
        entered_at=at("12-1"),
    )


def _owed(unit: str, obligation: str, version: int) -> dict[str, Any]:
    return {"campaign": CAMPAIGN, "unit": unit, "obligation": obligation, "version": version}


def missed(unit: str, obligation: str, *, version: int = 1) -> DeadlineMissed:
    return DeadlineMissed(
        **_owed(unit, obligation, version),
        last_day=date(2020, 7, 9),
        missed_at=at("7-10", 0),
    )


def moved(unit: str, obligation: str, *, version: int = 1) -> DeadlineMoved:
    return DeadlineMoved(
        **_owed(unit, obligation, version),
        option=obligation,
        previous_last_day=date(2020, 7, 9),
        last_day=date(2020, 7, 14),
        document="Thông báo mẫu",
        reason="Gia hạn",
        moved_at=at("7-6"),
    )


def fulfilled(
    unit: str, obligation: str, *, days_late: int = 0, version: int = 1
) -> ObligationFulfilled:
    good = date(2020, 7, 9)
    return ObligationFulfilled(
        **_owed(unit, obligation, version),
        option=obligation,
        by="contest-reported",
        by_id=thing(f"{unit}{obligation}"),
        counted_day=good + timedelta(days=days_late),
        last_day=good,
        days_late=days_late,
        fulfilled_at=at("7-9"),
    )


def waived(unit: str, obligation: str, *, version: int = 1) -> ObligationWaived:
    return ObligationWaived(
        **_owed(unit, obligation, version),
        document="Thông báo mẫu",
        reason="Sáp nhập",
        waived_at=at("7-1"),
    )


def reopened(unit: str, obligation: str, *, version: int = 1) -> ObligationReopened:
    return ObligationReopened(
        **_owed(unit, obligation, version),
        cause="waiver-taken-back",
        last_day=date(2020, 7, 9),
        document="Thông báo mẫu",
        reason="Không sáp nhập",
        reopened_at=at("7-2"),
    )


def event(fact: Fact, *, event_id: UUID | None = None) -> Event:
    """The fact as it arrives."""
    now = datetime.now(UTC)
    return Event(
        id=event_id or uuid7(now),
        type=fact.ce_type(),
        source="submissions",
        subject=fact.aggregate,
        time=fact.moment,
        recordedtime=now,
        partitionkey=fact.key,
        traceparent=None,
        dataschema=fact.dataschema(),
        data=fact,
    )


def known(*facts: UnitFact) -> list[KnownFact]:
    """The facts as the engine gets them."""
    return [known_row(row_of(event(fact))) for fact in facts]


def known_events(events: Iterable[Event]) -> list[KnownFact]:
    """Events as the engine gets them."""
    return [known_row(row_of(one)) for one in events]

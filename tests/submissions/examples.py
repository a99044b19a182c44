"""Obligations as tests write them: options, deadlines, submissions, the one fact of an act."""

from datetime import date, datetime
from typing import TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.events import ObligationFact
from services.submissions.obligations.new_day import move
from services.submissions.obligations.obligation import Obligation, Step
from services.submissions.obligations.submission import Submission

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


class Document(TypedDict):
    document: str
    reason: str


DOCUMENT: Document = {"document": "Thông báo mẫu 01", "reason": "Gia hạn"}


def at(day: str, clock: str = "12:00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}+07:00")


def option(option_id: str, due: str, *, included: bool = False, **fields: object) -> Option:
    """An option that is due before a day, or on it."""
    return Option.model_validate(
        {
            "id": option_id,
            "by": "contest-reported",
            "counted_by": "received",
            "due": {"date": due, "included": included},
        }
        | fields
    )


def owed(obligation_id: str, *options: Option, **fields: object) -> Obligation:
    planned = ObligationPlan.model_validate(
        {
            "id": obligation_id,
            "title": {"vi": "Việc", "en": "Duty"},
            "source": "Văn bản số 251/BTĐ-NV2",
            "levels": ["upper"],
            "options": options,
        }
        | fields
    )
    return Obligation("hanoi-2020", "SNV", planned, HANOI)


def contest_report() -> Obligation:
    """D6, "trước ngày 10/7/2020": the last day is the 9th."""
    return owed("D6", option("D6", "2020-07-10"))


def conference() -> Obligation:
    """D2, "trước 20/8/2020", with its alternative D3, "trước ngày 01/9/2020"."""
    held = option(
        "D2",
        "2020-08-20",
        by="conference-reported",
        forms=["held"],
        counted_by="held-on",
        reporting_grace_days=3,
    )
    return owed("D2", held, option("D3", "2020-09-01", by="conference-reported", forms=["written"]))


def first_essays() -> Obligation:
    """D5, "trước 20/6/2020", only for units without an essay by the end of 5 June."""
    essay = option("D5", "2020-06-20", by="essay-submitted")
    return owed("D5", essay, only_if={"no_essays_by": "2020-06-05"})


def submission(by: str, received: datetime, **fields: object) -> Submission:
    return Submission(by=by, by_id=UUID(int=1), received_at=received, **fields)  # type: ignore[arg-type]


def moved(state: Obligation, option_id: str, day: date, now: datetime) -> Step:
    """As the next document moves it."""
    version = state.deadline_version + 1
    return move(state, option_id, day, deadline_version=version, now=now, **DOCUMENT)


def only(facts: tuple[ObligationFact, ...]) -> ObligationFact:
    assert len(facts) == 1
    return facts[0]


# In time or late

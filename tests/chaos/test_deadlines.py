"""What a run's acts make of its deadlines, by the verbs of the obligations alone."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from infra.local.stack import ROOT
from services.contracts.campaign.loader import load_campaign
from services.contracts.envelope import Event, decode, encode
from services.contracts.events import ConferenceReported, ContestReported, UnitFact
from services.contracts.events.essays import EssaySubmitted, EssayWithdrawn, ExemplarName
from tests.chaos.deadlines import Misses, Moved, Submissions, day_of, misses
from tests.chaos.schedule import CALENDAR

CAMPAIGN = load_campaign(ROOT / "infra" / "campaigns" / "hanoi-2020")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MOVED = [
    Moved(day_of(day.isoformat()), NOW + timedelta(minutes=number))
    for number, day in enumerate(CALENDAR)
]
COMMUNE, UNIT = "X00004", "SNV"
COMMON = {"campaign": "hanoi-2020", "simulated": True}


def event(fact: UnitFact, *, stored_in: float) -> Event:
    """As it is read from the topic; minutes after the clock's first move."""
    stored_at = NOW + timedelta(minutes=stored_in)
    _, message = encode(fact, source="submissions", now=stored_at)
    decoded = decode(message.key, message.headers, message.value)
    assert isinstance(decoded, Event)
    return decoded


def conference(at: str) -> ConferenceReported:
    return ConferenceReported(
        **COMMON,
        unit=COMMUNE,
        report_id=uuid4(),
        form="written",
        receiver="Q001",
        reported_at=day_of(at),
    )


def essay(at: str, essay_id: UUID) -> EssaySubmitted:
    return EssaySubmitted(
        **COMMON,
        unit=UNIT,
        essay_id=essay_id,
        title="Bài mô phỏng",
        form="written",
        exemplar=ExemplarName(kind="collective", name="Tập thể mô phỏng"),
        words=900,
        submitted_at=day_of(at),
        late=False,
        days_late=0,
    )


def after(*events: Event) -> Misses:
    submissions = Submissions()
    for one in events:
        submissions.note(one)
    return misses(CAMPAIGN, submissions, MOVED)


def test_who_does_nothing_misses_everything_and_the_moved_deadline_in_its_new_version() -> None:
    missed = after()
    assert (COMMUNE, "D1", 1) in missed.must
    of_unit = {(obligation, version) for unit, obligation, version in missed.must if unit == UNIT}
    assert of_unit == {("D2", 1), ("D5", 1), ("D6", 2), ("D7", 1)}
    assert missed.may == missed.must


def test_nothing_is_missed_before_its_time() -> None:
    assert misses(CAMPAIGN, Submissions(), []) == (set(), set())
    assert {miss[1] for miss in misses(CAMPAIGN, Submissions(), MOVED[:6]).must} == {"D1", "D5"}
    assert CALENDAR[5] == date(2020, 7, 1)


def test_a_report_in_time_is_no_miss_and_a_late_one_is() -> None:
    in_time = after(event(conference("2020-06-29"), stored_in=4.5))
    assert (COMMUNE, "D1", 1) not in in_time.must | in_time.may
    late = after(event(conference("2020-07-01"), stored_in=5.5))
    assert (COMMUNE, "D1", 1) in late.must


def test_a_report_that_the_clock_overtook_may_have_been_missed() -> None:
    overtaken = after(event(conference("2020-06-29"), stored_in=5.1))
    assert (COMMUNE, "D1", 1) not in overtaken.must
    assert (COMMUNE, "D1", 1) in overtaken.may


def test_who_sent_an_essay_by_the_condition_s_day_owes_none_unless_it_was_taken_back() -> None:
    one = uuid4()
    sent = event(essay("2020-03-02", one), stored_in=0.5)
    assert (UNIT, "D5", 1) not in after(sent).must
    for day, missed in (("2020-03-02", True), ("2020-06-06", False)):
        withdrawal = EssayWithdrawn(
            **COMMON, unit=UNIT, essay_id=one, withdrawn_at=day_of(day), reason="Gửi trùng"
        )
        after_withdrawal = after(sent, event(withdrawal, stored_in=0.7))
        assert ((UNIT, "D5", 1) in after_withdrawal.must) == missed


def test_a_report_under_the_moved_deadline_is_in_time() -> None:
    report = ContestReported(
        **COMMON,
        unit=UNIT,
        report_id=uuid4(),
        entries=9,
        prizes=3,
        reported_at=day_of("2020-07-06"),
    )
    assert (UNIT, "D6", 2) not in after(event(report, stored_in=6.5)).must

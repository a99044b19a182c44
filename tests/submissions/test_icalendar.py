"""Promises about the written calendar: any program reads it, whatever a plan's titles have."""

from datetime import UTC, date, datetime
from typing import Any

from services.contracts.wording import Bilingual
from services.submissions.calendar.ics import written
from services.submissions.calendar.read import Feed
from services.submissions.calendar.schemas import CalendarEntry, Language, MovedBy
from tests.support.ics import Component, read_ics

NOW = datetime(2020, 6, 12, 3, tzinfo=UTC)
ENTRY = CalendarEntry(
    campaign="hanoi-2020",
    campaign_title=Bilingual("Đợt thi đua năm 2020", "The campaign of 2020"),
    unit="SNV",
    unit_name="Sở Nội vụ",
    ended=None,
    obligation="D6",
    option="D6",
    title=Bilingual("Báo cáo tổng kết", "Report"),
    source="trước ngày 10/7/2020",
    first_day=date(2019, 12, 17),
    last_day=date(2020, 7, 9),
    due_after=None,
    condition=None,
    contest=None,
    state="open",
    version=1,
    deadline_version=1,
    counted_day=None,
    fulfilled_at=None,
    days_late=None,
    moved=None,
    waived=None,
    simulated=False,
)


def calendar(
    *entries: CalendarEntry, language: Language = "vi", left_out: bool = False
) -> Component:
    feed = Feed(entries, left_out=left_out)
    name = Bilingual("Lịch; của, đơn vị", "Calendar")
    return read_ics(written(feed, name=name, language=language, now=NOW))


def event(**changes: Any) -> dict[str, str]:
    (found,) = calendar(ENTRY.model_copy(update=changes)).inside["VEVENT"]
    return found.properties


def test_a_last_day_is_a_whole_day_without_a_zone() -> None:
    (found,) = calendar(ENTRY).inside["VEVENT"]
    assert found.properties == {
        "UID": "hanoi-2020/SNV/D6/D6@thidua",
        "DTSTAMP": "20200612T030000Z",
        "DTSTART": "20200709",
        "DTEND": "20200710",
        "SEQUENCE": "0",
        "STATUS": "CONFIRMED",
        "TRANSP": "TRANSPARENT",
        "SUMMARY": "Báo cáo tổng kết – Sở Nội vụ",
        "DESCRIPTION": "Đợt thi đua năm 2020\nChưa thực hiện.\ntrước ngày 10/7/2020",
    }
    assert found.parameters["DTSTART"] == found.parameters["DTEND"] == ";VALUE=DATE"
    assert not found.inside, "no alarm"


def test_hostile_titles_stay_texts() -> None:
    hostile = 'Một, hai; ba\\bốn: "năm"\r\nEND:VEVENT\nBEGIN:VALARM\x07\u2028\u202etidE\u202c'
    found = event(title=Bilingual(hostile, hostile), unit_name="Sở\nNội vụ")
    shown = 'Một, hai; ba\\bốn: "năm"\nEND:VEVENT\nBEGIN:VALARM\ntidE – Sở\nNội vụ'
    assert found["SUMMARY"] == shown


def test_two_thousand_letters_and_other_scripts_are_folded_between_characters() -> None:
    for letters in ("ượ" * 1000, "ا" * 2000, "𝔗" * 2000, "e\u0301" * 1000, "," * 2000, " " * 150):
        found = event(title=Bilingual(f"a{letters}b", "b"))
        assert found["SUMMARY"] == f"a{letters}b – Sở Nội vụ"


def test_what_becomes_of_an_entry_keeps_its_uid_and_raises_its_sequence() -> None:
    moved = MovedBy(
        document="Thông báo 01", reason="Mưa", previous_last_day=date(2020, 7, 1), moved_at=NOW
    )
    steps: list[dict[str, Any]] = [
        {},
        {"deadline_version": 2, "moved": moved},  # a quiet move: no fact, so the same version
        {"version": 2, "deadline_version": 2, "state": "missed"},
        {"version": 3, "deadline_version": 2, "state": "fulfilled", "days_late": 3},
        {"version": 4, "deadline_version": 2, "state": "waived"},
    ]
    events = [event(**changes) for changes in steps]
    assert len({one["UID"] for one in events}) == 1
    assert [one["SEQUENCE"] for one in events] == ["0", "1", "2", "3", "4"]
    assert [one["STATUS"] for one in events] == ["CONFIRMED"] * 4 + ["CANCELLED"]
    assert [one["SUMMARY"].partition("] ")[0] for one in events[2:]] == [
        "[quá hạn, chưa thực hiện", "[đã hoàn thành, chậm 3 ngày", "[được miễn thực hiện",
    ]  # fmt: skip
    assert "điều chỉnh theo Thông báo 01.\nLý do: Mưa" in events[1]["DESCRIPTION"]


def test_what_has_no_day_yet_is_a_task_without_one() -> None:
    found = calendar(ENTRY.model_copy(update={"last_day": None}), ENTRY)
    (task,) = found.inside["VTODO"]
    assert task.properties["STATUS"] == "NEEDS-ACTION"
    assert not {"DUE", "DTSTART"} & set(task.properties)
    assert len(found.inside["VEVENT"]) == 1


def test_each_language_has_its_words() -> None:
    (found,) = calendar(ENTRY, language="en").inside["VEVENT"]
    assert found.properties["SUMMARY"] == "Report – Sở Nội vụ"
    assert found.properties["DESCRIPTION"].splitlines()[1] == "To be done."
    assert calendar().properties["X-WR-CALNAME"] == "Lịch; của, đơn vị"


def test_simulated_data_are_marked() -> None:
    assert "Dữ liệu mô phỏng." in event(simulated=True)["DESCRIPTION"].splitlines()


def test_a_calendar_is_bounded_and_says_what_it_left_out() -> None:
    feed = Feed([ENTRY] * 50, left_out=False)
    name = Bilingual("Lịch", "Calendar")
    found = read_ics(written(feed, name=name, language="vi", now=NOW, most_bytes=5_000))
    assert 5 < len(found.inside["VEVENT"]) < 50
    assert "gần ngày hôm nay nhất" in found.properties["DESCRIPTION"]
    assert "DESCRIPTION" not in calendar(ENTRY).properties
    assert "DESCRIPTION" in calendar(ENTRY, left_out=True).properties

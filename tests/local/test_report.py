"""Promise: the demo ends with one language, aligned numbers, and what can be done next."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.table import Table

from infra.local.report import Report
from infra.local.report_texts import cluster_table, ms_text, status_text
from infra.local.stack import HANOI_2020, Stack
from infra.local.steps import StepPrinter
from services.contracts.campaign.loader import load_campaign
from tests.words.collected import VIETNAMESE


@pytest.fixture(params=("vi", "en"))
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("THIDUA_LANG", request.param)
    return str(request.param)


def stub(campaign: Path) -> Stack:
    """What the last section asks of a stack."""
    made = SimpleNamespace(
        steps=StepPrinter(),
        token=lambda role: role,
        campaign=campaign,
        url=lambda _: "http://there",
    )
    return cast("Stack", made)


@pytest.mark.parametrize("stay", [True, False])
def test_what_runs_already_is_not_proposed_and_what_it_can_be_asked_is(
    stay: bool, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report(stub(HANOI_2020), load_campaign(HANOI_2020))
    report._where_next(stay=stay)
    shown = capsys.readouterr().out
    assert ("make up" in shown) is not stay
    points = "http://there/v1/campaigns/hanoi-2020/units/Q009/points"
    for command in ("make verify", "make what-if RULES=", points):
        assert (command in shown) is stay
    assert bool(VIETNAMESE.search(shown)) is (language == "vi")


def test_no_line_of_a_log_ends_in_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("a", "b")
    table.add_row("x", "longer than its heading")
    table.add_row("y", "z")
    StepPrinter().console.print(table, "a ")
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line == line.rstrip() for line in lines)


def test_points_stand_below_each_other_and_numbers_have_the_mark_of_the_language(
    language: str,
) -> None:
    def unit(rank: int, total: str) -> dict[str, Any]:
        title = {"vi": "Đạt", "en": "Done"}
        return {"rank": rank, "unit": "A", "name": "B", "total": total, "level_title": title}

    units = [unit(1, "73"), unit(2, "54.7")]
    table = cluster_table({"title": {"vi": "Cụm", "en": "C"}, "simulated": True, "units": units})
    mark = "," if language == "vi" else "."
    assert list(table.columns[2].cells) == [f"73{mark}00", f"54{mark}70"]
    assert ms_text(1761.4) == ("1.761 ms" if language == "vi" else "1,761 ms")


def test_a_report_in_time_is_not_called_zero_days_late(language: str) -> None:
    done = {"status": "fulfilled", "days_late": 0, "counted_day": "2020-08-28"}
    day = {"vi": "hoàn thành đúng hạn, ngày 28/08/2020", "en": "done in time, on 28 August 2020"}
    assert status_text(done) == day[language]
    late = {"vi": "hoàn thành, chậm 1 ngày", "en": "done 1 day late"}
    assert status_text({**done, "days_late": 1}) == late[language]

"""Promise: what the Board does with a campaign it can do by command, over the public HTTP."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from infra.local.issuer import Issuer
from infra.local.ports import free_port
from services.chassis.storage.migrations import migrate
from services.cli import api
from services.cli.main import app
from tests.submissions.replica import Replica, running_replica, settings_of
from tests.support.announcing import HANOI
from tests.words.collected import VIETNAMESE

Thidua = Callable[..., object]


@pytest.fixture
async def submissions(fresh_database: Callable[[], str], issuer: Issuer) -> AsyncIterator[Replica]:
    """Submissions without any campaign, on 1 May 2020."""
    url = fresh_database()
    await asyncio.to_thread(migrate, "submissions", url)
    async with running_replica(settings_of(url, issuer), issuer) as one:
        yield one


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the campaign of 2020, to be changed."""
    return Path(shutil.copytree(HANOI, tmp_path / "hanoi-2020"))


def replace_in(file: Path, before: str, after: str) -> None:
    """Every place where the pattern is."""
    file.write_text(re.sub(before, after, file.read_text()))


async def thidua(at: Replica | str, *words: object, language: str = "en") -> Result:
    """Run a command as the Board, beside the event loop that serves it."""
    url, token = (at, "x") if isinstance(at, str) else (at.url, at.issuer.mint("board"))
    environment = {
        "THIDUA_LANG": language,
        "THIDUA_SUBMISSIONS_URL": url,
        "THIDUA_SCORING_URL": url,
        "THIDUA_TOKEN": token,
    }
    return await asyncio.to_thread(
        CliRunner().invoke, app, ["campaign", *map(str, words)], env=environment
    )


DOCUMENT = ("--document", "251/BTĐ-NV2, 05/6/2020")


async def test_a_campaign_is_announced_listed_and_announced_once(
    submissions: Replica, files: Path
) -> None:
    none = await thidua(submissions, "list")
    assert (none.exit_code, none.output) == (0, "No campaign was announced yet.\n")
    done = await thidua(submissions, "announce", files, *DOCUMENT)
    assert done.exit_code == 0, done.output
    assert "Announced hanoi-2020: 644 units, 835 new obligations\n" in done.output
    listed = await thidua(submissions, "list")
    assert listed.output.split()[:2] == ["hanoi-2020", "open"]
    assert "251/BTĐ-NV2" in listed.output
    again = await thidua(submissions, "announce", files, *DOCUMENT)
    assert again.exit_code == 1
    assert "belongs to a campaign that was announced" in again.stderr


async def test_every_fault_is_named_at_once_with_file_and_line_and_nothing_is_sent(
    submissions: Replica, files: Path
) -> None:
    for name, before, after in (
        ("plan.yaml", "2020-06-30", "2020-06-31"),
        ("units.csv", "SNV,", "snv,"),
        ("rules.yaml", "at_least:", "at_laest:"),
    ):
        text = (files / name).read_text()
        (files / name).write_text(text.replace(before, after, 1))
    before = await submissions.rows()
    done = await thidua(submissions, "announce", files, *DOCUMENT, language="vi")
    assert done.exit_code == 1
    for name in ("plan.yaml", "units.csv", "rules.yaml"):
        assert f"{files / name}:" in done.output
    assert "Chưa gửi gì." in done.output
    assert await submissions.rows() == before


async def test_a_campaign_without_a_table_is_announced_and_that_is_said(
    submissions: Replica, files: Path
) -> None:
    (files / "rules.yaml").unlink()
    done = await thidua(submissions, "announce", files, *DOCUMENT)
    assert done.exit_code == 0, done.output
    assert "There is no table" in done.output


async def test_a_campaign_is_withdrawn_before_it_opens_and_not_after(
    submissions: Replica, files: Path
) -> None:
    await thidua(submissions, "announce", files, *DOCUMENT)
    words = ("withdraw", "hanoi-2020", *DOCUMENT, "--reason", "Dời sang năm sau")
    refused = await thidua(submissions, *words)
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1), refused.output
    plan = files / "plan.yaml"
    later = plan.read_text().replace("campaign: hanoi-2020", "campaign: hanoi-2029")
    plan.write_text(later.replace("2020-", "2029-").replace("2019-", "2028-"))
    (files / "rules.yaml").unlink()
    announced = await thidua(submissions, "announce", files, *DOCUMENT)
    assert announced.exit_code == 0, announced.output
    done = await thidua(submissions, "withdraw", "hanoi-2029", *words[2:])
    assert done.exit_code == 0, done.output
    listed = await thidua(submissions, "list")
    assert [line.split()[:2] for line in listed.output.splitlines()] == [
        ["hanoi-2020", "open"],
        ["hanoi-2029", "withdrawn"],
    ]


async def test_a_campaign_is_amended_as_often_as_one_wants(
    submissions: Replica, files: Path
) -> None:
    await thidua(submissions, "announce", files, *DOCUMENT)
    words = ("amend", "hanoi-2020", files, *DOCUMENT, "--reason", "Kéo dài đợt thi đua")
    for version, closes in ((2, "2021-01-15"), (3, "2021-01-31")):
        replace_in(files / "plan.yaml", r"(?m)^closes: .*$", f"closes: {closes}")
        done = await thidua(submissions, *words)
        assert done.exit_code == 0, done.output
        assert f"Amended hanoi-2020, version {version}: 644 units" in done.output
    listed = await thidua(submissions, "list")
    assert "31 January 2021" in listed.output
    assert "version 3" in listed.output


async def test_an_amendment_that_the_service_refuses_is_refused_with_every_reason(
    submissions: Replica, files: Path
) -> None:
    await thidua(submissions, "announce", files, *DOCUMENT)
    replace_in(files / "plan.yaml", r"(?m)^campaign: .*$", "campaign: hanoi-2021")
    replace_in(files / "rules.yaml", r"(?m)^campaign: .*$", "campaign: hanoi-2021")
    words = ("amend", "hanoi-2020", files, *DOCUMENT, "--reason", "Kéo dài đợt thi đua")
    done = await thidua(submissions, *words)
    assert done.exit_code == 1
    assert "  The file is of the campaign “hanoi-2021”, not of “hanoi-2020”" in done.stderr


async def test_whatever_is_typed_as_a_code_leads_to_no_other_route(submissions: Replica) -> None:
    for typed in ("..", "../x", "hanoi-2020/essays", "hanoi-2020%2Fessays", "hanoi-2020?x#y", "ü"):
        for words in (("show", typed), ("withdraw", typed, *DOCUMENT, "--reason", "x")):
            done = await thidua(submissions, *words)
            assert (done.exit_code, done.stderr.count("is no code of a campaign")) == (2, 1), typed


async def test_an_unknown_campaign_is_named_in_the_language_asked_for(
    submissions: Replica,
) -> None:
    for language in ("vi", "en"):
        done = await thidua(submissions, "show", "hanoi-1954", language=language)
        assert done.exit_code == 1
        assert done.stderr.startswith("thidua: ")
        assert "hanoi-1954" in done.stderr
        assert bool(VIETNAMESE.search(done.stderr)) is (language == "vi")


async def test_a_service_that_does_not_answer_is_named_with_the_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, "_PAUSE_S", 0.01)
    done = await thidua(f"http://127.0.0.1:{free_port()}", "list")
    assert done.exit_code == 1
    assert "no answer from submissions" in done.stderr
    assert "THIDUA_SUBMISSIONS_URL" in done.stderr


async def test_a_caller_without_the_right_is_refused(
    submissions: Replica, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mint = submissions.issuer.mint
    monkeypatch.setattr(submissions.issuer, "mint", lambda _role: mint("unit", "SNV"))
    done = await thidua(submissions, "announce", files, *DOCUMENT)
    assert done.exit_code == 1
    assert done.stderr.startswith("thidua: ")


def test_a_document_or_a_reason_that_is_empty_is_named_before_anything_is_sent(
    files: Path,
) -> None:
    nowhere = {"THIDUA_SUBMISSIONS_URL": "http://127.0.0.1:9", "THIDUA_TOKEN": "x"}
    for command, typed, empty in (
        ("announce", (str(files), "--document", ""), "--document"),
        ("withdraw", ("hanoi-2020", "--document", "1", "--reason", " "), "--reason"),
        ("adopt", ("hanoi-2020", str(files / "rules.yaml"), "--document", " "), "--document"),
    ):
        done = CliRunner().invoke(app, ["campaign", command, *typed], env=nowhere)
        assert done.exit_code == 2, done.output
        assert f"'{empty}': để trống; điền vào." in done.stderr


@pytest.mark.parametrize("token", ["mã", "a b", "a\n", "", "Bearer a"])
def test_what_is_no_token_is_said_before_anything_is_sent(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THIDUA_SUBMISSIONS_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("THIDUA_TOKEN", token)
    monkeypatch.delenv("THIDUA_ENV_FILE", raising=False)
    for language in ("vi", "en"):
        done = CliRunner().invoke(app, ["campaign", "list"], env={"THIDUA_LANG": language})
        assert done.exit_code == 78, done.stderr
        assert "THIDUA_TOKEN: " in done.stderr
        assert bool(VIETNAMESE.search(done.stderr)) is (language == "vi")
        assert "mã" not in done.stderr.replace("mã truy cập", "").replace("nguyên mã", "")


@pytest.mark.parametrize("missing", ["THIDUA_SUBMISSIONS_URL", "THIDUA_TOKEN"])
def test_a_setting_that_is_missing_is_named(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"THIDUA_SUBMISSIONS_URL": "http://127.0.0.1:1", "THIDUA_TOKEN": "x"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(missing)
    monkeypatch.delenv("THIDUA_ENV_FILE", raising=False)
    for language in ("vi", "en"):
        done = CliRunner().invoke(app, ["campaign", "list"], env={"THIDUA_LANG": language})
        assert done.exit_code == 78
        assert done.stderr.startswith(f"thidua: {missing}: ")
        assert bool(VIETNAMESE.search(done.stderr)) is (language == "vi")

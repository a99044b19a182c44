"""Promise: `thidua campaign adopt` shows what a table changes, asks, and adopts what was shown."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from tests.scoring.facts import essay, judged
from tests.scoring.served_scoring import Stand
from tests.support.announcing import HANOI
from tests.words.collected import VIETNAMESE

RULE_SETS = "/v1/campaigns/hanoi-2020/rule-sets"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The table of 2020, in which an essay is excellent from 50 marks on."""
    text = (HANOI / "rules.yaml").read_text()
    file = tmp_path / "rules.yaml"
    file.write_text(text.replace('each: "0.5"', 'each: "5"', 1))
    assert file.read_text() != text
    return file


@pytest.fixture
def written(rules: Path) -> str:
    return rules.read_text()


def replace_in(file: Path, before: str, after: str) -> None:
    file.write_text(file.read_text().replace(before, after))


async def adopt(
    stand: Stand, rules: Path, *more: str, typed: str = "", language: str = "en"
) -> Result:
    """Run it as the Board, beside the event loop that serves scoring."""
    words = ("--document", "90/QĐ-BTĐ", "--reason", "Nâng mức", *more)
    environment = {
        "THIDUA_LANG": language,
        "THIDUA_SCORING_URL": stand.url,
        "THIDUA_TOKEN": stand.issuer.mint("board"),
    }
    command = ["campaign", "adopt", "hanoi-2020", str(rules), *words]
    return await asyncio.to_thread(CliRunner().invoke, app, command, env=environment, input=typed)


async def test_who_would_move_is_shown_before_it_is_asked(stand: Stand, rules: Path) -> None:
    await stand.hears(essay("SNV", "a"), judged("SNV", "a", "90"))
    done = await adopt(stand, rules)
    assert done.exit_code == 1
    assert "1 of 643 units change" in done.output
    assert "SNV Sở Nội vụ: rank 1, points " in done.output
    assert "Nothing was adopted." in done.output
    assert len(await stand.read(RULE_SETS)) == 1


@pytest.mark.parametrize(("language", "agreed"), [("vi", "có"), ("en", "yes")])
async def test_it_is_adopted_once_somebody_agrees(
    language: str, agreed: str, stand: Stand, rules: Path, written: str
) -> None:
    done = await adopt(stand, rules, typed=f"{agreed}\n", language=language)
    assert done.exit_code == 0, done.output
    assert bool(VIETNAMESE.search(done.output)) is (language == "vi")
    newest, _ = await stand.read(RULE_SETS)
    assert (newest["number"], newest["document"]) == (2, "90/QĐ-BTĐ")
    read = await stand.read(f"{RULE_SETS}/2")
    assert read["rules"] == written


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
async def test_the_text_is_adopted_as_it_reads_in_any_encoding(
    encoding: str, stand: Stand, rules: Path, written: str
) -> None:
    await asyncio.to_thread(rules.write_text, written, encoding=encoding)
    done = await adopt(stand, rules, "--yes")
    assert done.exit_code == 0, done.output
    assert (await stand.read(f"{RULE_SETS}/2"))["rules"] == written


async def test_a_table_in_force_already_is_refused(stand: Stand) -> None:
    done = await adopt(stand, HANOI / "rules.yaml", "--yes")
    assert done.exit_code == 1
    assert done.stderr == "thidua: These rules are in force already\n"


async def test_every_fault_is_named_with_the_line_of_the_file_and_nothing_is_adopted(
    stand: Stand, rules: Path
) -> None:
    replace_in(rules, "kind: leader", "kind: leedar")
    done = await adopt(stand, rules, "--yes")
    assert done.exit_code == 1
    assert f"{rules}:" in done.output
    assert "“leader”" in done.output
    assert len(await stand.read(RULE_SETS)) == 1


async def test_it_can_hold_from_a_later_moment_and_not_from_one_that_is_over(
    stand: Stand, rules: Path
) -> None:
    over = await adopt(stand, rules, "--yes", "--since", "2020-06-01T00:00:00+07:00")
    assert over.exit_code == 1
    assert "is over" in over.stderr
    later = await adopt(stand, rules, "--yes", "--since", "2040-01-01T00:00:00+07:00")
    assert later.exit_code == 0, later.output
    assert "in force from 00:00 on 1 January 2040" in later.output
    wrong = await adopt(stand, rules, "--yes", "--since", "tomorrow")
    assert wrong.exit_code == 2

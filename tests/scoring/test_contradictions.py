"""What an amendment contradicts in the adopted rules is reported, and nothing is counted less."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from infra.local.issuer import Issuer
from services.chassis.observability.metrics import Metrics
from services.chassis.storage.migrations import migrate
from services.cli.main import app
from services.contracts.rules.loader import RULES
from services.scoring.metrics import METRICS, RULES_CONTRADICTED
from services.scoring.rule_sets.contradictions import Contradictions
from tests.scoring.campaign import OTHER_WRITTEN
from tests.scoring.facts import API, essay
from tests.scoring.running import REGISTRIES, adopts, announce, campaign_now
from tests.scoring.served_scoring import Stand
from tests.submissions.replica import Replica, running_replica, settings_of
from tests.support.announcing import HANOI, announcement


def without_d7(plan: str) -> str:
    """The ceremony, which the rules count, is asked no more."""
    return plan[: plan.index("  - id: D7\n")]


def without_a_cluster(units: str) -> str:
    assert units.count("Q001,Quận Ba Đình,quan,upper,HN,urban-districts,") == 1
    return units.replace("upper,HN,urban-districts,001", "upper,HN,,001")


async def places(stand: Stand) -> list[list[str] | None]:
    """Where each rule set, the last one first, does not fit."""
    listed = await stand.read(f"{API}/rule-sets")
    for one in listed:
        assert (await stand.read(f"{API}/rule-sets/{one['number']}"))["contradictions"] == one[
            "contradictions"
        ]
    return [
        None if found is None else [sentence["vi"].split(": ")[0] for sentence in found]
        for found in (one["contradictions"] for one in listed)
    ]


@pytest.mark.parametrize(
    ("edits", "place"),
    [
        ({"edit": without_d7}, "rules.yaml:80"),
        ({"edit_units": without_a_cluster}, "units.csv:37"),
    ],
)
async def test_what_an_amendment_takes_away_is_listed_and_points_are_counted(
    stand: Stand, edits: dict[str, Any], place: str
) -> None:
    assert await places(stand) == [[]]
    await announce(stand.chassis.database, announcement(version=2, **edits))
    await campaign_now(stand.chassis.database)
    assert await places(stand) == [[place]]
    await stand.hears(essay("SNV", "a"))
    assert (await stand.read(f"{API}/units/SNV/points"))["unit"] == "SNV"
    await announce(stand.chassis.database, announcement(version=3))
    await campaign_now(stand.chassis.database)
    assert await places(stand) == [[]]


async def test_rules_that_were_replaced_are_not_looked_at(stand: Stand) -> None:
    await adopts(stand.chassis.database, OTHER_WRITTEN)
    await announce(stand.chassis.database, announcement(version=2, edit=without_d7))
    await campaign_now(stand.chassis.database)
    last, first = await places(stand)
    assert first is None
    assert last is not None
    assert len(last) == 1


async def test_it_is_logged_once_and_a_metric_for_each_campaign(stand: Stand) -> None:
    database = stand.chassis.database
    metrics = Metrics(METRICS)
    contradictions = Contradictions(database, REGISTRIES[database], metrics)
    await announce(database, announcement(version=2, edit=without_d7))
    with capture_logs() as logs:
        for _ in range(2):
            await contradictions.look()
    logged = [line for line in logs if line["event"] == "adopted rules contradict the campaign"]
    assert [(line["campaign"], line["version"], line["rule_set"]) for line in logged] == [
        ("hanoi-2020", 2, 1)
    ]
    assert metrics.value(RULES_CONTRADICTED, campaign="hanoi-2020") == 1
    await announce(database, announcement(version=3))
    await contradictions.look()
    assert metrics.value(RULES_CONTRADICTED, campaign="hanoi-2020") == 0


# By command


@pytest.fixture
async def submissions(fresh_database: Callable[[], str], issuer: Issuer) -> AsyncIterator[Replica]:
    """Submissions with the campaign that scoring has too."""
    url = fresh_database()
    await asyncio.to_thread(migrate, "submissions", url)
    async with running_replica(settings_of(url, issuer), issuer, announcement()) as one:
        yield one


async def amend(stand: Stand, submissions: Replica, directory: Path, *more: str) -> Result:
    """Run it as the Board, beside the event loop that serves both."""
    environment = {
        "THIDUA_LANG": "en",
        "THIDUA_SUBMISSIONS_URL": submissions.url,
        "THIDUA_SCORING_URL": stand.url,
        "THIDUA_TOKEN": stand.issuer.mint("board"),
    }
    words = ["--document", "300/BTĐ", "--reason", "Bỏ một nội dung", *more]
    command = ["campaign", "amend", "hanoi-2020", str(directory), *words]
    return await asyncio.to_thread(CliRunner().invoke, app, command, env=environment)


async def test_the_command_refuses_what_adopted_rules_contradict_unless_a_reason_is_given(
    stand: Stand, submissions: Replica, tmp_path: Path
) -> None:
    files = Path(shutil.copytree(HANOI, tmp_path / "files"))
    (files / RULES).unlink()
    plan = files / "plan.yaml"
    plan.write_text(without_d7(plan.read_text()))
    refused = await amend(stand, submissions, files)
    assert refused.exit_code == 1
    assert "rules.yaml:80: measures.ceremony.obligation" in refused.output
    assert "--despite-rules" in refused.output
    assert (await submissions.read("")).json()["version"] == 1
    sent = await amend(stand, submissions, files, "--despite-rules", "Bảng mới áp dụng sau")
    assert sent.exit_code == 0, sent.output
    version = (await submissions.read("/versions/2")).json()
    assert version["reason"] == "Bỏ một nội dung (Bảng mới áp dụng sau)"


async def test_the_command_sends_what_fits(
    stand: Stand, submissions: Replica, tmp_path: Path
) -> None:
    files = Path(shutil.copytree(HANOI, tmp_path / "files"))
    (files / RULES).unlink()
    plan = files / "plan.yaml"
    plan.write_text(plan.read_text().replace("closes: 2020-12-31", "closes: 2021-01-15"))
    sent = await amend(stand, submissions, files)
    assert sent.exit_code == 0, sent.output

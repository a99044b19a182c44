"""A version that this version of submissions can't read holds up no other campaign, and a newer
version of the service takes all of it."""

import secrets
from collections.abc import Mapping
from typing import Any

import pytest

from infra.local.broker import Broker
from infra.local.issuer import Issuer
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import PLAN, load_campaign
from services.contracts.campaign.problems import CampaignProblems, FileProblem
from services.contracts.events import CampaignAnnounced, CampaignFact
from services.submissions.campaigns import follow
from services.submissions.settings import SubmissionsSettings
from tests.campaigns.keeper import create_topics, publish
from tests.submissions.replica import Replica, essay, running_replica, settings_of
from tests.submissions.test_campaigns import CAMPAIGNS, announcement_of
from tests.support.announcing import announcement, renamed

NEWER = "# only a newer version of the service can read this"


def loads_as_before(source: Mapping[str, bytes]) -> Campaign:
    """The loader of a service from before the documents that have this line."""
    if NEWER in source[PLAN].decode():
        problem = FileProblem(file=PLAN, line=1, vi="Không đọc được.", en="Can't be read.")
        raise CampaignProblems([problem])
    return load_campaign(source)


@pytest.fixture
async def topics(dsn: str, issuer: Issuer, broker: Broker) -> SubmissionsSettings:
    """A database without campaigns, beside topics of campaigns."""
    broker.start()
    settings = settings_of(
        dsn,
        issuer,
        kafka_bootstrap=broker.bootstrap,
        topic_prefix=f"t{secrets.token_hex(4)}",
    )
    await create_topics(settings)
    return settings


def newer(version: int, **more: Any) -> CampaignAnnounced:
    """A version that the service of before can't read."""
    return announcement(version=version, edit=lambda text: f"{NEWER}\n{text}", **more)


async def owed_in(replica: Replica) -> dict[str, int]:
    """How many obligations each campaign has."""
    async with replica.chassis.database.transaction() as tx:
        rows = await tx.fetch("SELECT campaign, count(*) FROM obligations GROUP BY campaign")
    return dict(rows)


async def follow_as_before(
    settings: SubmissionsSettings,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
    *facts: CampaignFact,
) -> None:
    """The service of before follows these, and says of hanoi-2020 alone that it can't be read."""
    await publish(settings, *facts)
    with monkeypatch.context() as patch:
        patch.setattr(follow, "load_campaign", loads_as_before)
        async with running_replica(settings, issuer) as before:
            await before.follow()
            assert set(await owed_in(before)) <= {"hanoi-2020", "hanoi-2021"}
            for part in ("campaign topics", "campaigns"):
                why = before.chassis.health.degraded()[part]
                assert "hanoi-2020" in why
                assert "hanoi-2021" not in why
            await before.taken(f"{CAMPAIGNS}/hanoi-2021/essays", essay())
            for path in ("", "/obligations?unit=SNV"):
                assert (await before.read(f"{CAMPAIGNS}/hanoi-2020{path}")).status_code == 503
            body = announcement_of(announcement())
            await before.refused(503, CAMPAIGNS, body, role="board")


@pytest.mark.parametrize("known", [0, 1])
async def test_only_its_campaign_waits_and_a_newer_service_takes_all_of_it(
    topics: SubmissionsSettings, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, known: int
) -> None:
    """Whether it is the first version, or one that amends another; a version after it waits too."""
    first = [announcement(version=one) for one in range(1, known + 1)]
    unread = newer(known + 1)
    last = announcement(version=known + 2, edit=_with_another_day)
    other = announcement(edit=renamed("hanoi-2021"), rules=False)
    await follow_as_before(topics, issuer, monkeypatch, *first, unread, last, other)
    async with running_replica(topics, issuer) as now:
        await now.follow()
        assert now.follower.degraded() is None
        assert now.chassis.health.degraded().get("campaigns") is None
        assert (await now.read(f"{CAMPAIGNS}/hanoi-2020")).json()["version"] == known + 2
        assert await owed_in(now) == {"hanoi-2020": 579 + 4 * 64, "hanoi-2021": 579 + 4 * 64}
        moved = await now.owed("Q001", "D6")
        assert "2020-07-19" in str(moved), "included: false"


def _with_another_day(text: str) -> str:
    assert "date: 2020-07-10" in text
    return text.replace("date: 2020-07-10", "date: 2020-07-20")

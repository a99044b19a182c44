"""Several campaigns at once: each reader gets what was asked for, by the tree of each campaign."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.mail import MailCatcher
from infra.local.webhook import WebhookCatcher
from services.campaigns.registry import (
    CampaignChangedError,
    UnknownCampaignError,
    UnreadableCampaignError,
)
from services.campaigns.unknown import NotAnnouncedYetError
from services.chassis.base import Chassis
from services.chassis.retry import TransientError
from services.chassis.storage.database import Database
from services.contracts.events import (
    CommendationProposed,
    DeadlineMissed,
    DeliveryFailed,
    Fact,
    StandingsPublished,
    SubscriptionDisabled,
)
from services.notifications import mail_texts, metrics
from services.notifications.campaign import NotificationsCampaign, names_in
from services.notifications.channels.registry import CHANNELS
from services.notifications.deliveries.schedule import Scheduler
from services.notifications.mail_texts.rendering import render
from services.notifications.mail_texts.text import CampaignNames
from services.notifications.settings import NotificationsSettings
from services.notifications.statistics.queries import measure, statistics
from tests.notifications.running import (
    campaigns_over,
    published_facts,
    rows,
    sending,
    states,
    subscribe,
    take_in,
    until,
    until_states,
)
from tests.notifications.support import a_fact, an_event
from tests.support.announcing import HANOI, announce_in, announcement, renamed, withdrawal

COMMUNE, DISTRICT, OTHER_DISTRICT = "X00343", "Q009", "Q007"
MAIL = "reader@snv.example.org"
Edit = Callable[[str], str]


def of(campaign: str, kind: type[Fact] = DeadlineMissed, **changes: Any) -> Fact:
    fact: Fact = a_fact(kind, campaign=campaign, **({"unit": "SNV"} | changes))
    return fact


def second(campaign: str) -> Edit:
    """The plan of 2020 as that of another campaign, which mails call by its own year."""

    def edit(plan: str) -> str:
        return renamed(campaign)(plan).replace("năm 2020", f"năm {campaign[-4:]}")

    return edit


def moved(units: str) -> str:
    """The commune reports to another district."""
    row = next(line for line in units.splitlines() if line.startswith(f"{COMMUNE},"))
    return units.replace(row, row.replace(DISTRICT, OTHER_DISTRICT))


def without_commune(units: str) -> str:
    return "".join(
        line for line in units.splitlines(keepends=True) if not line.startswith(f"{COMMUNE},")
    )


async def announce(
    database: Database, campaign: str = "hanoi-2021", *, units: Edit = str, **more: Any
) -> None:
    """Another campaign beside the one of 2020; its units have the same codes."""
    plan = more.pop("edit", second(campaign))
    fact = announcement(HANOI, edit=plan, edit_units=units, rules=False, **more)
    assert await announce_in(database, fact)


async def matched(database: Database) -> list[tuple[str, str]]:
    """Reader and campaign of each delivery."""
    found = await rows(
        database,
        """
        SELECT s.target, e.campaign FROM deliveries d JOIN events e ON e.event_id = d.event_id
          JOIN subscriptions s ON s.id = d.subscription_id ORDER BY 1, 2
        """,
    )
    return [(row["target"], row["campaign"]) for row in found]


async def test_a_subscription_for_one_campaign_gets_nothing_of_another_with_the_same_codes(
    chassis: Chassis,
) -> None:
    database = chassis.database
    await announce(database)
    await subscribe(database, "one@example.org", campaign="hanoi-2021")
    await subscribe(database, "other@example.org", campaign="hanoi-2020")
    await take_in(database, [an_event(of("hanoi-2020")), an_event(of("hanoi-2021"))])
    assert await matched(database) == [
        ("one@example.org", "hanoi-2021"),
        ("other@example.org", "hanoi-2020"),
    ]


async def test_a_subscription_for_all_gets_each_campaign_and_those_announced_later(
    chassis: Chassis,
) -> None:
    database = chassis.database
    await announce(database)
    await subscribe(database, MAIL, campaign=None)
    await take_in(database, [an_event(of("hanoi-2020")), an_event(of("hanoi-2021"))])
    await announce(database, "hanoi-2022")
    await take_in(database, [an_event(of("hanoi-2022"))])
    assert await matched(database) == [
        (MAIL, "hanoi-2020"), (MAIL, "hanoi-2021"), (MAIL, "hanoi-2022")
    ]  # fmt: skip


async def test_published_standings_reach_those_who_asked_for_their_campaign(
    chassis: Chassis,
) -> None:
    database = chassis.database
    await announce(database, units=without_commune)
    types = {"event_types": ["standings-published"]}
    await subscribe(database, "one@example.org", campaign="hanoi-2021", **types)
    await subscribe(database, "other@example.org", campaign="hanoi-2020", **types)
    await subscribe(database, "all@example.org", campaign=None, **types)
    # A unit that the campaign does not have is not concerned by it.
    gone = {"unit": COMMUNE, "owner_unit": COMMUNE}
    await subscribe(database, "gone@example.org", campaign=None, **types, **gone)
    await take_in(database, [an_event(a_fact(StandingsPublished, campaign="hanoi-2021"))])
    assert await matched(database) == [
        ("all@example.org", "hanoi-2021"),
        ("one@example.org", "hanoi-2021"),
    ]


async def test_each_event_goes_up_the_tree_of_its_own_campaign(chassis: Chassis) -> None:
    database = chassis.database
    await announce(database, units=moved)
    for unit in (DISTRICT, OTHER_DISTRICT):
        target = f"{unit}@example.org"
        await subscribe(database, target, campaign=None, unit=unit, owner_unit=unit)
    events = [an_event(of(one, unit=COMMUNE)) for one in ("hanoi-2020", "hanoi-2021")]
    await take_in(database, events)
    assert await matched(database) == [
        (f"{OTHER_DISTRICT}@example.org", "hanoi-2021"),
        (f"{DISTRICT}@example.org", "hanoi-2020"),
    ]


async def test_a_subscription_for_all_brings_nothing_that_its_owner_may_not_see_in_a_campaign(
    chassis: Chassis,
) -> None:
    database = chassis.database
    await announce(database, units=moved)
    target = {"campaign": None, "unit": COMMUNE}
    await subscribe(database, "district@example.org", owner_unit=DISTRICT, **target)
    await subscribe(database, "commune@example.org", owner_unit=COMMUNE, **target)
    await subscribe(database, "board@example.org", owner_unit=None, **target)
    events = [an_event(of(one, unit=COMMUNE)) for one in ("hanoi-2020", "hanoi-2021")]
    await take_in(database, events)
    assert await matched(database) == [
        ("board@example.org", "hanoi-2020"),
        ("board@example.org", "hanoi-2021"),
        ("commune@example.org", "hanoi-2020"),
        ("commune@example.org", "hanoi-2021"),
        ("district@example.org", "hanoi-2020"),
    ]


async def test_a_replica_that_is_behind_stands_back_and_reads_the_campaign_first(
    chassis: Chassis,
) -> None:
    database = chassis.database
    await announce(database)
    await subscribe(database, MAIL, campaign=None)
    campaigns = campaigns_over(database)
    scheduler = Scheduler(campaigns, lambda: None)
    events = [an_event(of("hanoi-2020")), an_event(of("hanoi-2021"))]
    for one in ("hanoi-2020", "hanoi-2021"):
        await campaigns.registry.of(one)
    amended = announcement(HANOI, version=2, edit=second("hanoi-2021"), edit_units=without_commune)
    assert await announce_in(database, amended)

    with pytest.raises(CampaignChangedError):
        async with database.transaction() as tx:
            await scheduler.handle(tx, events)
    assert await states(database) == {}
    assert await rows(database, "SELECT 1 FROM inbox") == []
    async with database.transaction() as tx:
        assert len(await scheduler.handle(tx, events)) == 2
    assert await states(database) == {"pending": 2}
    assert (await campaigns.registry.of("hanoi-2021")).generation == 2


async def test_no_campaign_changes_while_events_of_it_are_taken(chassis: Chassis) -> None:
    database = chassis.database
    scheduler = Scheduler(campaigns_over(database), lambda: None)
    async with database.transaction() as tx:
        await scheduler.handle(tx, [an_event(of("hanoi-2020"))])
        held = "SELECT 1 FROM campaigns WHERE campaign = $1 FOR UPDATE SKIP LOCKED"
        assert await rows(database, held, "hanoi-2020") == []


@pytest.mark.parametrize(
    ("campaign", "unit"), [("hanoi-2021", "SNV"), ("hanoi-2020", "NEW1")], ids=["campaign", "unit"]
)
async def test_an_event_that_came_before_the_announcement_of_what_it_is_about_waits(
    chassis: Chassis, campaign: str, unit: str
) -> None:
    """With its whole batch, before the first lock: nothing of it is done or set aside."""
    database = chassis.database
    with pytest.raises(NotAnnouncedYetError):
        await take_in(database, [an_event(of("hanoi-2020")), an_event(of(campaign, unit=unit))])
    assert await rows(database, "SELECT 1 FROM inbox") == []


async def test_an_event_waits_for_the_name_of_an_obligation_that_a_later_version_brings(
    chassis: Chassis,
) -> None:
    database = chassis.database
    await subscribe(database, MAIL)
    event = an_event(of("hanoi-2020", obligation="D99"))
    with pytest.raises(NotAnnouncedYetError):
        await take_in(database, [event])
    amended = announcement(HANOI, version=2, edit=lambda plan: plan.replace("id: D6", "id: D99"))
    assert await announce_in(database, amended)
    assert await take_in(database, [event]) == 1


async def test_an_event_of_a_campaign_that_this_version_can_t_read_is_not_set_aside(
    chassis: Chassis,
) -> None:
    async with chassis.database.transaction() as tx:
        await tx.execute("UPDATE campaign_versions SET plan = 'of: a newer version'")
    with pytest.raises(TransientError, match="can't be read"):
        await take_in(chassis.database, [an_event(of("hanoi-2020"))])


async def test_units_and_names_that_an_amendment_dropped_are_still_known(chassis: Chassis) -> None:
    database = chassis.database
    amended = announcement(HANOI, version=2, edit_units=without_commune)
    assert await announce_in(database, amended)
    made = await campaigns_over(database).registry.of("hanoi-2020")
    assert made.names.unit(COMMUNE) == "Phường Nhân Chính"
    assert [unit.code for unit in made.units.ancestors(COMMUNE)] == [DISTRICT, "HN"]


# ---- what is sent


async def test_each_mail_has_the_names_of_its_own_campaign_and_says_which_it_is(
    chassis: Chassis, settings: NotificationsSettings, mail_catcher: MailCatcher
) -> None:
    database = chassis.database
    await announce(database, units=lambda text: text.replace("Sở Nội vụ", "Sở Tổ chức"))
    await subscribe(database, MAIL, campaign=None)
    await take_in(database, [an_event(of("hanoi-2020")), an_event(of("hanoi-2021"))])
    async with sending(settings, "email"):
        await until_states(database, {"accepted": 2})
    texts = {mail["List-Id"]: mail.get_content() for mail in mail_catcher.messages}
    assert len(texts) == 2
    for list_id, text in texts.items():
        year, name = ("2021", "Sở Tổ chức") if "2021" in list_id else ("2020", "Sở Nội vụ")
        assert f"ghi nhận {name} hoàn thành" in text
        assert f"Nội dung thuộc đợt thi đua năm {year}." in text


class Unreadable:
    """Names of a campaign that can't be read until it can."""

    def __init__(self, campaign: CampaignNames) -> None:
        self.readable = False
        self.asked = 0
        self._names = campaign

    async def __call__(self, campaign: str) -> CampaignNames:
        self.asked += 1
        if not self.readable:
            raise UnreadableCampaignError(campaign)
        return self._names


async def test_a_mail_waits_for_a_campaign_that_can_t_be_read_and_is_not_sent_with_codes(
    chassis: Chassis, settings: NotificationsSettings, mail_catcher: MailCatcher
) -> None:
    database = chassis.database
    await subscribe(database, MAIL)
    await take_in(database, [an_event(of("hanoi-2020"))])
    names = Unreadable(await names_in(campaigns_over(database).registry)("hanoi-2020"))
    patient = settings.model_copy(update={"delivery_attempts": 100, "delivery_retry_max_s": 0.2})
    channel = CHANNELS["email"].open(patient, names)
    async with sending(patient, "email", channel=channel):

        async def asked() -> bool:
            return names.asked >= 2

        await until(asked)
        assert mail_catcher.messages == []
        names.readable = True
        await until_states(database, {"accepted": 1})
    [mail] = mail_catcher.messages
    assert "Sở Nội vụ" in mail.get_content()
    [row] = await rows(database, "SELECT failed_in_row FROM subscriptions")
    assert row["failed_in_row"] == 0
    found = await rows(database, "SELECT detail FROM delivery_attempts WHERE number = 1")
    assert "can't read the campaign" in found[0]["detail"]


async def test_a_commendation_is_by_the_top_of_the_campaign_s_own_tree(chassis: Chassis) -> None:
    def province(plan: str) -> str:
        own = '  city: {vi: "Tỉnh", en: "the province"}'
        return re.sub(r"^  city: \{.*\}$", own, second("hanoi-2021")(plan), flags=re.MULTILINE)

    await announce(chassis.database, edit=province)
    registry = campaigns_over(chassis.database).registry

    def untitled(plan: str) -> str:
        return re.sub(r"^  city: \{.*\}$\n", "", second("hanoi-2022")(plan), flags=re.MULTILINE)

    await announce(chassis.database, edit=untitled)
    for campaign, vi, en in (
        ("hanoi-2020", "cấp Thành phố", "by the city"),
        ("hanoi-2021", "cấp Tỉnh", "by the province"),
        ("hanoi-2022", "cấp thành phố Hà Nội", "by Hanoi"),
    ):
        made: NotificationsCampaign = await registry.of(campaign)
        event = an_event(of(campaign, CommendationProposed, level="city"))
        text = render(event, made.names, language="vi+en").text
        assert f"khen thưởng {vi}." in text
        assert f"commendation {en}." in text


LEVELS_OF_GOVERNMENT = re.compile(
    r"\b(thành phố|tỉnh|quận|huyện|thị xã|phường|thị trấn|xã|cit(y|ies)|provinces?|districts?"
    r"|communes?|wards?)\b",
    re.IGNORECASE,
)


def test_no_text_of_a_mail_names_a_level_of_government_by_itself() -> None:
    """Trees differ: since 1 July 2025 there is no district. Such words come from plan and tree."""
    found = {
        f"{path.name}: {text}"
        for path in Path(mail_texts.__path__[0]).glob("*.py")
        for text in sentences(path.read_text())
        if LEVELS_OF_GOVERNMENT.search(text)
    }
    assert found == set()


def sentences(source: str) -> Iterator[str]:
    """The strings of a file, docstrings and keys left out."""
    tree = ast.parse(source)
    described = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in described and " " in str(node.value):
            yield str(node.value)


async def test_what_failed_is_published_with_the_campaign_of_its_event(
    chassis: Chassis, settings: NotificationsSettings, webhook_catcher: WebhookCatcher
) -> None:
    database = chassis.database
    await announce(database)
    await subscribe(database, webhook_catcher.url, campaign=None)
    webhook_catcher.answer_always(410)
    await take_in(database, [an_event(of("hanoi-2021"))])
    async with sending(settings, "webhook") as replica:
        await until_states(database, {"failed": 1})
        labels = {"channel": "webhook", "state": "failed"}
        failed = replica.metrics.value(metrics.DELIVERIES, campaign="hanoi-2021", **labels)
    assert failed == 1
    facts = await published_facts(database)
    assert [type(fact) for fact in facts] == [DeliveryFailed, SubscriptionDisabled]
    assert {fact.campaign for fact in facts} == {"hanoi-2021"}


async def test_statistics_count_each_campaign_by_itself_and_all_together(chassis: Chassis) -> None:
    database = chassis.database
    await announce(database)
    await subscribe(database, MAIL, campaign=None)
    events = [of("hanoi-2020"), of("hanoi-2021"), of("hanoi-2021")]
    await take_in(database, [an_event(fact) for fact in events])
    async with database.transaction() as tx:
        counted = await statistics(tx)
    assert counted.deliveries["email"].pending == 3
    assert {name: one["email"].pending for name, one in counted.campaigns.items()} == {
        "hanoi-2020": 1,
        "hanoi-2021": 2,
    }
    await measure(chassis, lambda: ["hanoi-2021"])
    labels = {"channel": "webhook", "state": "failed", "campaign": "hanoi-2021"}
    assert chassis.metrics.value(metrics.DELIVERIES, **labels) == 0


async def test_a_withdrawn_campaign_is_still_readable(chassis: Chassis) -> None:
    assert await announce_in(chassis.database, withdrawal())
    registry = campaigns_over(chassis.database).registry
    assert (await registry.of("hanoi-2020")).withdrawn
    with pytest.raises(UnknownCampaignError):
        await registry.of("hanoi-2019")

"""What is sent has the names and the levels of its own campaign."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from infra.local.mail import MailCatcher
from services.campaigns.registry import (
    UnreadableCampaignError,
)
from services.chassis.base import Chassis
from services.contracts.events import (
    CommendationProposed,
)
from services.notifications import mail_texts
from services.notifications.campaign import NotificationsCampaign, names_in
from services.notifications.channels.registry import CHANNELS
from services.notifications.mail_texts.rendering import render
from services.notifications.mail_texts.text import CampaignNames
from services.notifications.settings import NotificationsSettings
from tests.notifications.running import (
    campaigns_over,
    rows,
    sending,
    subscribe,
    take_in,
    until,
    until_states,
)
from tests.notifications.several_campaigns import MAIL, announce, of, second
from tests.notifications.support import an_event


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

"""What is asked for when someone subscribes, and every fault in it at once. Pure."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.http.fields import VisibleText
from services.chassis.problems import Faults
from services.contracts.events import FACTS, Fact
from services.contracts.events.base import CampaignId, nfc
from services.notifications.campaign import NotificationsCampaign
from services.notifications.channels.channel import ChannelKind
from services.notifications.channels.registry import CHANNELS, TARGETS
from services.notifications.mail_texts.rendering import Language
from services.notifications.settings import NotificationsSettings

NOT_FOR_SUBSCRIBERS = frozenset(
    fact.event
    for fact in FACTS
    if fact.sheet.publisher == "notifications" or fact.most_bytes > Fact.most_bytes
)
"""What is published about deliveries themselves, and whole documents that no mail could carry."""
SUBSCRIBABLE = frozenset(fact.event for fact in FACTS) - NOT_FOR_SUBSCRIBERS
"""Short names that a subscription may ask for."""


class SubscriptionRequest(BaseModel):
    """A subscription as asked for. Loose on purpose: `faults_of` finds every fault at once."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [
                {
                    "event_types": ["deadline-approaching", "deadline-missed"],
                    "unit": "SNV",
                    "channel": "email",
                    "address": "thidua@example.org",
                },
                {
                    "campaign": "hanoi-2020",
                    "event_types": ["essay-submitted", "points-recomputed"],
                    "unit": "SNV",
                    "channel": "webhook",
                    "url": "https://receiver.example.org/thidua",
                    "personal_data": True,
                },
            ]
        },
    )

    campaign: CampaignId | None = Field(
        default=None,
        description="Only events of this campaign; null: of all, those to come included.",
        examples=["hanoi-2020"],
    )
    event_types: list[str] = Field(
        min_length=1, max_length=50, description="Short names, e.g. deadline-missed."
    )
    unit: str = Field(description="Its events, and those of all units below it.", max_length=64)
    channel: str = Field(description=f"One of: {', '.join(CHANNELS)}.", max_length=16)
    address: str | None = Field(default=None, description="E-mail address, with `email`.")
    url: str | None = Field(default=None, description="https://…, with `webhook`.")
    language: Language = Field(
        default="vi", description="Of mails: Vietnamese, English, or Vietnamese with English below."
    )
    content_type: Literal["application/cloudevents+json", "application/json"] = Field(
        default="application/cloudevents+json",
        description="Of webhook calls; the body is the same.",
    )
    personal_data: bool = Field(
        default=False,
        description="Titles of essays and names of exemplars too; otherwise they are withheld.",
    )
    note: VisibleText | None = Field(
        default=None, description="For you: what it is for, whom to ask."
    )

    @property
    def types(self) -> list[str]:
        """Event types asked for, each once, sorted."""
        return sorted(set(self.event_types))

    @property
    def target(self) -> str:
        """Where to send."""
        return getattr(self, CHANNELS[self.channel].field) or ""

    @property
    def clean_note(self) -> str | None:
        """The note in NFC; None when it is empty."""
        return nfc(self.note) if self.note else None


def faults_of(
    request: SubscriptionRequest,
    campaigns: Sequence[NotificationsCampaign],
    settings: NotificationsSettings,
) -> Faults:
    """Everything that is wrong with a request, each with its place and remedy.

    `campaigns`: the one that it names, where that is known, or one that decides for all.
    """
    faults = Faults()
    for place, name in enumerate(request.event_types):
        _check_event_type(faults, f"/event_types/{place}", name)
    _check_campaign_and_unit(faults, request, campaigns)
    kind = CHANNELS.get(request.channel)
    if kind is None:
        titles = [one.title for one in CHANNELS.values()]
        faults.add(
            "/channel",
            f"Hình thức không hợp lệ. Chọn một trong: {', '.join(one.vi for one in titles)}.",
            f"Must be one of: {', '.join(CHANNELS)}.",
        )
    else:
        _check_channel(faults, request, kind, settings)
    return faults


def _check_campaign_and_unit(
    faults: Faults, request: SubscriptionRequest, campaigns: Sequence[NotificationsCampaign]
) -> None:
    if not campaigns and request.campaign is None:
        faults.add(
            "/unit",
            "Chưa có đợt thi đua nào được công bố nên chưa kiểm tra được mã đơn vị. Đăng ký lại sau"
            " khi đợt thi đua được công bố.",
            "No campaign was announced yet, so no unit is known: subscribe when one was.",
        )
    elif not campaigns:
        faults.add(
            "/campaign",
            f"Không tìm thấy đợt thi đua có mã “{request.campaign}”. Kiểm tra lại mã, hoặc bỏ"
            " trống để nhận thông báo của tất cả các đợt thi đua.",
            f"No campaign with the code “{request.campaign}” was announced: check the code, or"
            " leave it out to subscribe to all campaigns.",
        )
    elif request.campaign is not None and campaigns[0].withdrawn:
        title = campaigns[0].names.campaign
        faults.add(
            "/campaign",
            f"{title.vi[0].upper()}{title.vi[1:]} đã được rút lại, không phát sinh thông báo.",
            f"{title.en[0].upper()}{title.en[1:]} was withdrawn: nothing happens in it.",
        )
    elif not any(request.unit in campaign.units for campaign in campaigns):
        faults.add(
            "/unit",
            f"Không tìm thấy đơn vị có mã “{request.unit}”. Kiểm tra lại mã.",
            f"The campaign has no unit “{request.unit}”: check the code."
            if request.campaign is not None
            else f"No campaign has a unit “{request.unit}”: check the code.",
        )


def _check_event_type(faults: Faults, pointer: str, name: str) -> None:
    if name in NOT_FOR_SUBSCRIBERS:
        faults.add(
            pointer,
            f"Không đăng ký nhận được loại thông báo “{name}”; xem lịch sử gửi của đăng ký.",
            f"“{name}” can't be subscribed to: read its topic, or the subscription's deliveries.",
        )
    elif name not in SUBSCRIBABLE:
        names = ", ".join(sorted(SUBSCRIBABLE))
        faults.add(
            pointer,
            f"Không có loại thông báo “{name}”. Chọn trong: {names}.",
            f"There is no event type “{name}”: take some of {names}.",
        )


def _check_channel(
    faults: Faults, request: SubscriptionRequest, kind: ChannelKind, settings: NotificationsSettings
) -> None:
    if why := kind.why_unavailable(settings):
        faults.add("/channel", why.vi, why.en)
    for other in TARGETS:
        if other != kind.field and getattr(request, other) is not None:
            faults.add(
                f"/{other}",
                f"Không dùng với hình thức {kind.title.vi}. Bỏ trường này.",
                f"Not with {kind.name}: remove it.",
            )
    why = kind.why_not_target(request.target, settings) if request.target else kind.target_missing
    if why:
        faults.add(f"/{kind.field}", why.vi, why.en)

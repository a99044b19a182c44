"""What is asked for when someone subscribes, and every fault in it at once. Pure."""

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.problems import Faults
from services.contracts.campaign.units import UnitTree
from services.contracts.events.base import nfc
from services.notifications.channels.email.mail_address import is_mail_address
from services.notifications.channels.webhook.addresses import literal, why_forbidden, why_no_host
from services.notifications.events import NOT_FOR_SUBSCRIBERS, SUBSCRIBABLE
from services.notifications.mail_texts.rendering import Language

_LONGEST_URL = 2000


class SubscriptionRequest(BaseModel):
    """A subscription as asked for. Loose on purpose: `faults_of` says all that is wrong at once."""

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
                    "event_types": ["essay-submitted", "points-recomputed"],
                    "unit": "SNV",
                    "channel": "webhook",
                    "url": "https://receiver.example.org/thidua",
                    "personal_data": True,
                },
            ]
        },
    )

    event_types: list[str] = Field(
        min_length=1, max_length=50, description="Short names, e.g. deadline-missed."
    )
    unit: str = Field(description="Its events, and those of all units below it.", max_length=64)
    channel: str = Field(description="`email` or `webhook`.", max_length=16)
    address: str | None = Field(default=None, description="E-mail address, with `email`.")
    url: str | None = Field(default=None, description="https://…, with `webhook`.")
    language: Language = Field(
        default="vi+en", description="Of mails: Vietnamese with English below, or one of the two."
    )
    personal_data: bool = Field(
        default=False,
        description="Titles of essays and names of exemplars too; otherwise they are withheld.",
    )
    note: str | None = Field(
        default=None, max_length=500, description="For you: what it is for, whom to ask."
    )

    @property
    def types(self) -> list[str]:
        """Event types asked for, each once, sorted."""
        return sorted(set(self.event_types))

    @property
    def target(self) -> str:
        """Where to send."""
        return (self.address if self.channel == "email" else self.url) or ""

    @property
    def clean_note(self) -> str | None:
        """The note in NFC; None when it is empty."""
        return nfc(self.note) if self.note else None


def faults_of(
    wish: SubscriptionRequest, tree: UnitTree, *, mail_is_possible: bool, internal_is_allowed: bool
) -> Faults:
    """Everything that is wrong with a wish, each with its place and remedy."""
    faults = Faults()
    for place, name in enumerate(wish.event_types):
        _event_type(faults, f"/event_types/{place}", name)
    if wish.unit not in tree:
        faults.add(
            "/unit",
            f"Không có đơn vị mã “{wish.unit}” trong đợt thi đua; hãy kiểm tra mã.",
            f"The campaign has no unit “{wish.unit}”: check the code.",
        )
    if wish.channel == "email":
        _email(faults, wish, mail_is_possible=mail_is_possible)
    elif wish.channel == "webhook":
        _webhook(faults, wish, internal_is_allowed=internal_is_allowed)
    else:
        faults.add(
            "/channel", "Phải là một trong: email, webhook.", "Must be one of: email, webhook."
        )
    return faults


def _event_type(faults: Faults, pointer: str, name: str) -> None:
    if name in NOT_FOR_SUBSCRIBERS:
        faults.add(
            pointer,
            f"Không đăng ký được “{name}”; hãy đọc topic của nó hoặc các lần gửi của đăng ký.",
            f"“{name}” can't be subscribed to: read its topic, or the subscription's deliveries.",
        )
    elif name not in SUBSCRIBABLE:
        faults.add(
            pointer,
            f"Không có loại sự kiện “{name}”; hãy chọn trong: {', '.join(sorted(SUBSCRIBABLE))}.",
            f"There is no event type “{name}”: take some of {', '.join(sorted(SUBSCRIBABLE))}.",
        )


def _email(faults: Faults, wish: SubscriptionRequest, *, mail_is_possible: bool) -> None:
    if not mail_is_possible:
        faults.add(
            "/channel",
            "Hệ thống chưa có máy chủ thư; hãy dùng webhook.",
            "No mail relay is configured here: use a webhook.",
        )
    if wish.url is not None:
        faults.add("/url", "Không dùng với email; hãy bỏ.", "Not with email: remove it.")
    if wish.address is None:
        faults.add("/address", "Thiếu địa chỉ thư điện tử.", "The e-mail address is missing.")
    elif not is_mail_address(wish.address):
        faults.add(
            "/address",
            "Không phải địa chỉ thư điện tử thông thường, dạng ten@donvi.example.org.",
            "Not an ordinary e-mail address like name@unit.example.org.",
        )


def _webhook(faults: Faults, wish: SubscriptionRequest, *, internal_is_allowed: bool) -> None:
    if wish.address is not None:
        faults.add("/address", "Không dùng với webhook; hãy bỏ.", "Not with a webhook: remove it.")
    if wish.url is None:
        faults.add("/url", "Thiếu địa chỉ nhận webhook.", "The webhook's URL is missing.")
        return
    if why := why_no_webhook(wish.url, internal_is_allowed=internal_is_allowed):
        faults.add("/url", why[0], why[1])


def why_no_webhook(url: str, *, internal_is_allowed: bool) -> tuple[str, str] | None:
    """Why nothing can be sent to this URL (vi, en); None when it can, as far as it tells by itself.

    Where its name leads is judged at every connection, not here: DNS changes.
    """
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return (
            f"URL phải gồm ký tự ASCII thấy được, nhiều nhất {_LONGEST_URL}; mã hoá phần còn lại.",
            f"A URL has visible ASCII characters only, at most {_LONGEST_URL}: encode the others.",
        )
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "Không phải URL hợp lệ.", "Not a valid URL."
    allowed = ("https", "http") if internal_is_allowed else ("https",)
    if parts.scheme not in allowed or not host:
        return (
            f"URL phải đầy đủ và bắt đầu bằng {allowed[0]}://.",
            f"The URL must be complete and begin with {allowed[0]}://.",
        )
    if parts.username is not None or parts.password is not None or parts.fragment:
        return (
            "URL không được chứa tên, mật khẩu hay phần sau dấu #; chữ ký xác thực lời gọi.",
            "No name, password or fragment in the URL: the signature proves who calls.",
        )
    return None if internal_is_allowed else _why_no_public_host(host)


def _why_no_public_host(host: str) -> tuple[str, str] | None:
    address = literal(host)
    reason = why_forbidden(address) if address else why_no_host(host)
    if reason is None:
        return None
    return (
        f"Không gửi được đến “{host}” ({reason}); hãy dùng tên máy chủ công khai.",
        f"Nothing is sent to “{host}” ({reason}): give a public host name.",
    )

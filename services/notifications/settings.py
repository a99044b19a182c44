"""What notifications needs beyond the settings of every service. Prefix: `NOTIFICATIONS_`."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.language import speak
from services.chassis.service_settings import ServiceSettings
from services.notifications.mail_address import is_mail_address
from services.notifications.secret_encryption import SecretEncryption


class NotificationsSettings(ServiceSettings):
    """Channels, attempts, and what may be reached."""

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_", extra="ignore", frozen=True)

    secret_key: str = Field(
        repr=False,
        description="Encrypts webhook secrets at rest: random text of 24 characters or more, of"
        " `openssl rand -base64 32`. Secret. Lost: every webhook subscriber needs a new secret.",
    )
    previous_secret_keys: str = Field(
        default="",
        repr=False,
        description="Earlier keys, comma-separated: still decrypt what they encrypted. At start all"
        " secrets are encrypted anew under secret_key; after that remove them. Secret.",
    )

    smtp_host: str = Field(
        default="",
        description="Mail relay. Empty: no e-mail is sent and e-mail subscriptions are refused.",
    )
    smtp_port: int = Field(
        default=587, ge=1, le=65535, description="587 for STARTTLS, 465 for TLS, 25 for none."
    )
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="`none` sends mails and password readable: on a closed network only.",
    )
    smtp_ca_file: Path | None = Field(
        default=None,
        description="PEM of authorities to trust beside the system's for the relay.",
    )
    smtp_username: str | None = Field(default=None, description="Empty: no authentication.")
    smtp_password: str | None = Field(default=None, repr=False, description="Secret.")
    smtp_timeout_s: float = Field(
        default=10, gt=0, le=120, description="Longest wait for one reply of the relay. Seconds."
    )
    mail_from: str = Field(
        default="thidua@thidua.invalid",
        description="Sender's address; bounces go there, so it must be read. Production refuses"
        " the default as soon as there is a mail relay.",
    )
    mail_from_name: str = Field(
        default="Hệ thống thi đua Hà Nội",
        max_length=100,
        description="Sender's name beside the address.",
    )
    mail_contact: str = Field(
        default="",
        max_length=200,
        description="Whom readers of mails may turn to: a telephone number, an address.",
    )

    allow_internal_webhooks: bool = Field(
        default=False,
        description="Allows webhooks over http and to addresses inside the network. Local"
        " environment only: otherwise any subscriber could reach every machine beside this one.",
    )
    forbidden_networks: str = Field(
        default="",
        description="Further networks that no webhook may reach, in CIDR, comma-separated: public"
        " addresses of one's own machines. Private ones are always refused.",
    )
    webhook_ca_file: Path | None = Field(
        default=None,
        description="PEM of authorities to trust beside the system's for webhook receivers.",
    )
    webhook_timeout_s: float = Field(
        default=10, gt=0, le=60, description="Longest wait to connect, to write, to read. Seconds."
    )

    email_concurrency: int = Field(
        default=4, ge=1, le=64, description="Mails on their way at once, a connection each."
    )
    webhook_concurrency: int = Field(
        default=8, ge=1, le=256, description="Webhook calls on their way at once."
    )
    per_subscription_concurrency: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Of these, most for one subscription: a slow receiver leaves room for others.",
    )
    per_host_concurrency: int = Field(
        default=4, ge=1, le=64, description="Of these, most for one host, whoever subscribed."
    )
    mails_per_minute: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description="Mails begun a minute by one replica, as the relay allows; 0: any number.",
    )
    attempt_timeout_s: float = Field(
        default=30, gt=0, le=300, description="Longest duration of one whole attempt. Seconds."
    )
    lease_s: float = Field(
        default=120,
        gt=0,
        le=3600,
        description="So long a delivery belongs to the replica that took it; after that, when the"
        " replica died, another sends it. At least twice attempt_timeout_s. Seconds.",
    )
    delivery_attempts: int = Field(
        default=12,
        ge=1,
        le=100,
        description="Attempts before a delivery is given up. With the default pauses: up to 31 h.",
    )
    delivery_retry_base_s: float = Field(
        default=5, gt=0, description="Longest pause after the first attempt. Seconds."
    )
    delivery_retry_factor: float = Field(
        default=4, ge=1, le=10, description="Each pause may be this much longer than the last."
    )
    delivery_retry_max_s: float = Field(
        default=21_600,
        gt=0,
        le=604_800,
        description="No pause is longer, whatever Retry-After says. Seconds.",
    )
    disable_after: int = Field(
        default=10,
        ge=1,
        description="So many deliveries given up in a row, none accepted between them, disable a"
        " subscription.",
    )
    sender_safety_poll_s: float = Field(
        default=5,
        gt=0,
        le=300,
        description="The sender is woken when something is due; so often it looks by itself."
        " Seconds.",
    )

    @property
    def secret_encryption(self) -> SecretEncryption:
        """Encrypts and decrypts webhook secrets."""
        return SecretEncryption([self.secret_key, *_listed(self.previous_secret_keys)])

    @property
    def closed_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """`forbidden_networks`, parsed."""
        return tuple(ip_network(text) for text in _listed(self.forbidden_networks))

    @field_validator("forbidden_networks")
    @classmethod
    def _networks_are_networks(cls, value: str) -> str:
        for text in _listed(value):
            try:
                ip_network(text)
            except ValueError:
                raise ValueError(
                    speak(
                        f"{text} không phải một mạng IP, ví dụ 203.0.113.0/24",
                        f"{text} is no IP network, e.g. 203.0.113.0/24",
                    )
                ) from None
        return value

    @model_validator(mode="after")
    def _keys_are_keys(self) -> Self:
        _ = self.secret_encryption
        return self

    @model_validator(mode="after")
    def _sender_is_real(self) -> Self:
        if not is_mail_address(self.mail_from):
            raise ValueError(
                speak(
                    "mail_from không phải địa chỉ thư điện tử",
                    "mail_from is not an e-mail address",
                )
            )
        if self.environment == "production" and self.smtp_host:
            if self.mail_from.endswith(".invalid"):
                raise ValueError(
                    speak(
                        "đã đặt smtp_host: đặt mail_from là địa chỉ có người đọc",
                        "smtp_host is set: set mail_from to an address that is read",
                    )
                )
            if self.smtp_username and self.smtp_tls == "none":
                raise ValueError(
                    speak(
                        "smtp_tls là `none`: mật khẩu sẽ được gửi đi không mã hóa",
                        "smtp_tls is `none`: the password would be sent unencrypted",
                    )
                )
        return self

    @model_validator(mode="after")
    def _inside_stays_inside(self) -> Self:
        if self.allow_internal_webhooks and self.environment == "production":
            raise ValueError(
                speak(
                    "allow_internal_webhooks chỉ dùng khi `environment` là `local`",
                    "allow_internal_webhooks is for environment `local` only",
                )
            )
        return self

    @model_validator(mode="after")
    def _lease_outlasts_an_attempt(self) -> Self:
        if self.lease_s < 2 * self.attempt_timeout_s:
            raise ValueError(
                speak(
                    "lease_s phải ít nhất gấp đôi attempt_timeout_s, nếu không hai bản chạy sẽ gửi"
                    " trùng",
                    "lease_s must be at least twice attempt_timeout_s, or two replicas send the"
                    " same",
                )
            )
        return self


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]

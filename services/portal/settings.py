"""The settings of the portal."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, FilePath, HttpUrl, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.http_settings import HttpSettings
from services.chassis.language import speak
from services.chassis.setting_types import HttpBase
from services.portal.session_keys import unreadable_keys


class PortalSettings(HttpSettings):
    """`PORTAL_…` and what every process has."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_")

    public_url: HttpBase = Field(
        description="Where people find the pages: `https://thidua.example.vn`, without a path. A"
        " form that comes from elsewhere is refused. `http://` in the local environment only."
    )
    submissions_url: HttpBase = Field(description="Submissions' HTTP, as the portal reaches it.")
    scoring_url: HttpBase = Field(description="Scoring's HTTP, as the portal reaches it.")
    notifications_url: HttpBase = Field(
        description="Notifications' HTTP, as the portal reaches it."
    )
    services_ca_file: FilePath | None = Field(
        default=None,
        description="PEM of an authority that signed the services' hosts, believed beside the"
        " system's.",
    )
    service_timeout_s: float = Field(
        default=5,
        gt=0,
        le=60,
        description="So long a page waits for a service; then it says that its part is missing."
        " Seconds.",
    )

    oidc_issuer: HttpUrl | None = Field(
        default=None,
        description="The OpenID provider, by its `issuer`; default: `token_issuer`. Its metadata"
        " are read from `/.well-known/openid-configuration` below it.",
    )
    oidc_client_id: str = Field(default="thidua-portal", description="As the provider knows us.")
    oidc_client_secret: SecretStr | None = Field(
        default=None,
        description="Where the provider gave one; PKCE is used in any case. Secret.",
    )
    oidc_scope: str = Field(
        default="openid",
        description="Scopes that are asked for; `offline_access` where the provider needs it to"
        " give refresh tokens.",
    )
    oidc_ca_file: FilePath | None = Field(
        default=None,
        description="PEM of an authority that signed the provider's host, believed beside the"
        " system's.",
    )
    session_key: SecretStr = Field(
        description="Encrypts the session in the browser's cookie: 32 random bytes, base64 as"
        " `openssl rand -base64 32` writes them. The same for all replicas. Secret."
    )
    previous_session_keys: SecretStr = Field(
        default=SecretStr(""),
        description="Keys that were used before, comma-separated: sessions under them go on."
        " Secret.",
    )
    session_hours: float = Field(
        default=8, gt=0, le=24, description="After that one has to log in again. Hours."
    )
    contact: str = Field(
        default="",
        description="Whom people ask who have no role or no unit: a telephone number or an address"
        " of an office; shown on pages.",
    )

    @property
    def origin(self) -> str:
        """Scheme, host and port, as a browser's `Origin` has them."""
        return str(self.public_url).rstrip("/")

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it over TLS."""
        return self.origin.startswith("https://")

    @property
    def provider(self) -> str:
        """The issuer at which people log in."""
        return str(self.oidc_issuer or self.token_issuer).rstrip("/")

    @property
    def provider_origin(self) -> str:
        """Scheme, host and port of the provider."""
        parts = urlsplit(self.provider)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    @field_validator("session_key", "previous_session_keys")
    @classmethod
    def _keys_can_be_read(cls, value: SecretStr) -> SecretStr:
        if unreadable_keys(value.get_secret_value()):
            raise ValueError(
                speak(
                    "mỗi khóa là 32 byte viết theo base64; tạo bằng “openssl rand -base64 32”",
                    "each key is 32 bytes in base64: make one with openssl rand -base64 32",
                )
            )
        return value

    @model_validator(mode="after")
    def _public_over_tls(self) -> Self:
        if self.environment != "local" and not self.is_secure:
            raise ValueError(
                speak(
                    "public_url phải bắt đầu bằng https://; http:// chỉ dùng trên máy thử nghiệm",
                    "public_url must begin with https://; http:// is for a test machine only",
                )
            )
        return self

"""The public HTTP of the services, for commands that do what the Board does there.

Whatever a command can do, a city's own software can do by the same routes.
"""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal
from uuid import uuid4

import httpx
from pydantic import Field, FilePath

from services.chassis.http.tls import client_tls
from services.chassis.language import speak
from services.chassis.process_settings import SettingsError, load_settings
from services.chassis.setting_types import BearerToken, HttpBase
from services.chassis.settings import SharedSettings

Service = Literal["submissions", "scoring"]

_TIMEOUT_S = 90.0
"""Longer than the longest answer: a campaign of 20,000 units is checked, a what-if computed."""
_TRIES = 4
_PAUSE_S = 2.0
"""Before a command is sent once more, where the answer names no other pause."""


class ApiSettings(SharedSettings):
    """Where the services' HTTP is, and who asks."""

    submissions_url: HttpBase | None = Field(
        default=None, description="Submissions' HTTP, as `https://thidua.example.vn/submissions`."
    )
    scoring_url: HttpBase | None = Field(default=None, description="Scoring's HTTP.")
    token: BearerToken | None = Field(
        default=None,
        description="Bearer token of the Board's account, from the city's OpenID provider. In the"
        " local environment one of this machine's issuer is made where none is set. Secret.",
    )
    api_ca_file: FilePath | None = Field(
        default=None,
        description="PEM of an authority that signed the services' hosts, believed beside the"
        " system's.",
    )


class RefusedError(Exception):
    """The service refused; the message has its reasons, a line each."""


class UnreachableError(Exception):
    """No answer that says what became of it; the message says what to do."""


class Api:
    """Asks the services' HTTP as the Board. Made by `open_api`."""

    def __init__(self, settings: ApiSettings, client: httpx.Client) -> None:
        self._settings = settings
        self._client = client

    def read(self, service: Service, path: str) -> Any:
        """GET. Raises RefusedError, UnreachableError and SettingsError."""
        return self._ask("GET", service, path, None, {})

    def send(self, service: Service, path: str, body: Mapping[str, Any]) -> Any:
        """POST, sent again under one key where the service may not have taken it: it takes it once.

        Raises as `read` does.
        """
        return self._ask("POST", service, path, body, {"Idempotency-Key": str(uuid4())})

    def _ask(
        self,
        method: str,
        service: Service,
        path: str,
        body: Mapping[str, Any] | None,
        headers: dict[str, str],
    ) -> Any:
        url = self._url(service)
        for again in range(_TRIES - 1, -1, -1):
            try:
                answer = self._client.request(method, url + path, json=body, headers=headers)
            except httpx.HTTPError as error:
                if not again:
                    raise _unreachable(service, url, error) from error
                time.sleep(_PAUSE_S)
                continue
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or not again:
                break
            time.sleep(_pause(answer))
        if answer.is_success:
            return answer.json()
        raise RefusedError("\n".join(_reasons(answer)))

    def _url(self, service: Service) -> str:
        url = getattr(self._settings, f"{service}_url")
        if url is None:
            name = f"THIDUA_{service.upper()}_URL"
            raise SettingsError(
                speak(
                    f"{name}: chưa đặt; ghi địa chỉ HTTP của dịch vụ {service}",
                    f"{name}: not set; it is the address of {service}'s HTTP",
                )
            )
        return str(url).rstrip("/")


@contextmanager
def open_api() -> Iterator[Api]:
    """The services as the settings name them. Raises SettingsError."""
    settings = load_settings(ApiSettings)
    try:
        trusted = client_tls(settings.api_ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            speak(
                f"THIDUA_API_CA_FILE: không đọc được chứng thư trong {settings.api_ca_file}",
                f"THIDUA_API_CA_FILE: no certificate can be read in {settings.api_ca_file}",
            )
        ) from error
    bearer = {"Authorization": f"Bearer {_token(settings)}"}
    with httpx.Client(
        headers=bearer, timeout=_TIMEOUT_S, verify=trusted, trust_env=False
    ) as client:
        yield Api(settings, client)


def _token(settings: ApiSettings) -> str:
    if settings.token is not None:
        return settings.token.get_secret_value()
    if settings.environment == "local":
        from infra.local.issuer import Issuer  # noqa: PLC0415 - not installed in production
        from infra.local.stack import LOCAL  # noqa: PLC0415 - likewise

        return Issuer(LOCAL / "issuer").mint("board")
    raise SettingsError(
        speak(
            "THIDUA_TOKEN: chưa đặt; ghi mã truy cập của tài khoản Ban Thi đua - Khen thưởng",
            "THIDUA_TOKEN: not set; it is the access token of an account of the Board",
        )
    )


def _pause(answer: httpx.Response) -> float:
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), 10.0) if asked.isdecimal() else _PAUSE_S


def _unreachable(service: Service, url: str, error: Exception) -> UnreachableError:
    why = type(error).__name__
    return UnreachableError(
        speak(
            f"không kết nối được với dịch vụ {service} tại {url} ({why}); kiểm tra"
            f" THIDUA_{service.upper()}_URL, rồi chạy lại lệnh",
            f"no answer from {service} at {url} ({why}); check THIDUA_{service.upper()}_URL, then"
            " run the command again",
        )
    )


def _reasons(answer: httpx.Response) -> Iterator[str]:
    """What a problem document says, in the language asked for."""
    try:
        problem = answer.json()
        yield speak(problem["detail"], problem["detail_en"])
        for fault in problem.get("faults", ()):
            yield f"  {speak(fault['vi'], fault['en'])}"
    except (ValueError, KeyError, TypeError):  # a proxy's page, not one of ours
        code = answer.status_code
        yield speak(f"máy chủ trả lời với mã {code}", f"the server answers with {code}")

"""Settings that become an address or a header: what can't be one is said when settings are read.

Otherwise the first connection fails, in words of a library and after the start.
"""

import re
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, HttpUrl, SecretStr

from services.chassis.language import speak

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""RFC 6750, section 2.1; a JWT is one."""
_LARGEST_PORT = 65_535


def _bearer_token(value: SecretStr) -> SecretStr:
    if _TOKEN.fullmatch(value.get_secret_value()):
        return value
    raise ValueError(
        speak(
            "mã truy cập chỉ có chữ cái không dấu, chữ số và các dấu . _ ~ + / - =, không có khoảng"
            " trắng hoặc xuống dòng; sao chép lại nguyên mã",
            "an access token has letters without marks, digits and . _ ~ + / - = only, no space"
            " and no line break: copy it anew, as a whole",
        )
    )


def _http_base(value: HttpUrl) -> HttpUrl:
    if value.query is None and value.fragment is None:
        return value
    raise ValueError(
        speak(
            "là địa chỉ gốc, không có phần sau dấu ? hoặc #",
            "is the address that paths are added to: leave out what follows ? or #",
        )
    )


def _brokers(value: str) -> str:
    for broker in value.split(","):
        # IPv6 addresses stand in brackets, as in a URL.
        if not _host_and_port(f"//{broker.strip()}", port_needed=True):
            raise ValueError(
                speak(
                    "mỗi địa chỉ có dạng host:port, ví dụ kafka-1:9092,kafka-2:9092",
                    "each address is host:port, like kafka-1:9092,kafka-2:9092",
                )
            )
    return value


def _database_url(value: str) -> str:
    if not value.startswith("postgresql://"):
        raise ValueError(speak("phải bắt đầu bằng postgresql://", "must begin with postgresql://"))
    if not _host_and_port(value, port_needed=False):
        raise ValueError(
            speak(
                "không đúng dạng postgresql://user:password@host:port/name; trong mật khẩu, các ký"
                " tự như / @ : # viết thành %2F, %40, %3A, %23",
                "is not postgresql://user:password@host:port/name; in a password characters like"
                " / @ : # are written %2F, %40, %3A, %23",
            )
        )
    return value


def _host_and_port(url: str, *, port_needed: bool) -> bool:
    """Of every address: PostgreSQL takes several, with commas between."""
    try:
        credentials, at, addresses = urlsplit(url).netloc.rpartition("@")
        for address in addresses.split(","):
            parts = urlsplit(f"//{credentials}{at}{address}")
            if (port := parts.port) is None:
                if port_needed:
                    return False
            elif not parts.hostname or not 0 < port <= _LARGEST_PORT:
                return False
    except ValueError:
        return False
    return True


BearerToken: TypeAlias = Annotated[SecretStr, AfterValidator(_bearer_token)]
"""Goes into the header `Authorization`."""
HttpBase: TypeAlias = Annotated[HttpUrl, AfterValidator(_http_base)]
"""Paths are added to it."""
Brokers: TypeAlias = Annotated[str, AfterValidator(_brokers)]
"""`host:port`, comma-separated."""
DatabaseUrl: TypeAlias = Annotated[str, AfterValidator(_database_url)]
"""Of PostgreSQL."""

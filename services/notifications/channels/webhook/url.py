"""Which URLs can be those of a webhook. Pure: it judges the text, and does not ask DNS."""

from urllib.parse import urlsplit

from services.contracts.wording import Bilingual
from services.notifications.channels.webhook.addresses import literal, why_forbidden, why_no_host

_LONGEST_URL = 2000


def why_no_webhook(url: str, *, internal_is_allowed: bool) -> Bilingual | None:
    """Why nothing can be sent to this URL; None when it can, by its text alone.

    Where its name leads is judged at every connection, not here: DNS changes.
    """
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return Bilingual(
            f"Địa chỉ webhook chỉ gồm ký tự ASCII, dài nhất {_LONGEST_URL} ký tự. Mã hóa các ký tự"
            " khác.",
            f"A URL has visible ASCII characters only, at most {_LONGEST_URL}: encode the others.",
        )
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return Bilingual("Địa chỉ webhook không hợp lệ.", "Not a valid URL.")
    allowed = ("https", "http") if internal_is_allowed else ("https",)
    if parts.scheme not in allowed or not host:
        return Bilingual(
            f"Nhập địa chỉ webhook đầy đủ, bắt đầu bằng {allowed[0]}://.",
            f"The URL must be complete and begin with {allowed[0]}://.",
        )
    if parts.username is not None or parts.password is not None or parts.fragment:
        return Bilingual(
            "Địa chỉ webhook không được có tên, mật khẩu hoặc phần sau dấu #; chữ ký xác thực từng"
            " yêu cầu.",
            "No name, password or fragment in the URL: the signature proves who calls.",
        )
    return None if internal_is_allowed else _why_no_public_host(host)


def host_of(url: str) -> str | None:
    """Host and port of a URL that was judged: what several subscriptions may share."""
    return urlsplit(url).netloc.lower() or None


def _why_no_public_host(host: str) -> Bilingual | None:
    address = literal(host)
    reason = why_forbidden(address) if address else why_no_host(host)
    if reason is None:
        return None
    return Bilingual(
        f"Không gửi được đến “{host}”. Nhập tên máy chủ công khai trên Internet.",
        f"Nothing is sent to “{host}” ({reason}): give a public host name.",
    )

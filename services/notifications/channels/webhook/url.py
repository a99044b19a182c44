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
        host, port = parts.hostname, parts.port
        if "[" in parts.netloc and literal(host or "") is None:
            raise ValueError("brackets around no address")
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
    if port == 0:
        return Bilingual(
            "Cổng của địa chỉ webhook phải từ 1 đến 65535.",
            "The URL's port must be from 1 to 65535.",
        )
    return _why_no_host(host, internal_is_allowed=internal_is_allowed)


def host_of(url: str) -> str | None:
    """Host and port of a URL that was judged: what several subscriptions may share."""
    return urlsplit(url).netloc.lower() or None


def _why_no_host(host: str, *, internal_is_allowed: bool) -> Bilingual | None:
    address = None if "%" in host else literal(host)  # a scope (fe80::1%eth0) is no one's but ours
    if address is None:
        reason = why_no_host(host, internal_is_allowed=internal_is_allowed)
    else:
        reason = None if internal_is_allowed else why_forbidden(address)
    if reason is None:
        return None
    if internal_is_allowed:
        return Bilingual(
            f"“{host}” không phải tên máy chủ hoặc địa chỉ IP viết đầy đủ. Kiểm tra lại địa chỉ.",
            f"“{host}” is {reason}: give a host name, or an IP address as it is usually written.",
        )
    return Bilingual(
        f"Không gửi được đến “{host}”. Nhập tên máy chủ công khai trên Internet.",
        f"Nothing is sent to “{host}” ({reason}): give a public host name.",
    )

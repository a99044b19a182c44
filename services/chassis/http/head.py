"""What RFC 9110 and 9112 ask of a request's headers, and the parser and the framework don't check.

Of two lines of a field the framework takes one, and a proxy in front may take the other.
"""

import re
from collections.abc import Sequence

from services.chassis.problems import UNREADABLE_REQUEST, Fault, Refusal

_ONE_LINE = {
    b"authorization": "Authorization",
    b"content-type": "Content-Type",
    b"host": "Host",
    b"idempotency-key": "Idempotency-Key",
}

_HOST = re.compile(rb"[\w.~!$&'()*+,;=%:\[\]-]*")
"""Name or address, and port (RFC 3986 §3.2); empty where the address has none."""


def check_head(version: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Raises Refusal (400) that names each header at fault. Names of headers are in lower case."""
    faults = []
    names = [name for name, _ in headers]
    for name, title in _ONE_LINE.items():
        if names.count(name) > 1:
            faults.append(_fault(title, "Chỉ được gửi một dòng.", "Send one line of it only."))
    hosts = [value for name, value in headers if name == b"host"]
    if not hosts and version == "1.1":
        faults.append(_fault("Host", "Chưa có.", "Missing (RFC 9112 §3.2)."))
    if len(hosts) == 1 and not _HOST.fullmatch(hosts[0]):
        faults.append(_fault("Host", "Sai định dạng.", "No name or address with a port."))
    codings = [value.lower() for name, value in headers if name == b"transfer-encoding"]
    if codings not in ([], [b"chunked"]):
        faults.append(
            _fault(
                "Transfer-Encoding", "Cách truyền này không được hỗ trợ.", "Only chunked is taken."
            )
        )
    if faults:
        raise Refusal(UNREADABLE_REQUEST, faults)


def _fault(header: str, vi: str, en: str) -> Fault:
    return Fault("", vi, en, parameter=f"header:{header}")

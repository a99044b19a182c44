"""No webhook reaches a machine inside the network, however its address is spelled or hidden."""

from ipaddress import ip_address, ip_network
from typing import Any

import httpcore
import pytest

from services.notifications.channels.webhook.addresses import (
    ForbiddenAddressError,
    literal,
    why_forbidden,
    why_no_host,
)
from services.notifications.channels.webhook.guarded_network import GuardedNetwork
from services.notifications.channels.webhook.resolver import (
    NameNotResolvedError,
    Resolver,
    system_lookup,
)
from services.notifications.channels.webhook.url import why_no_webhook

INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",  # metadata of the clouds
    "168.63.129.16",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",  # metadata of a cloud over IPv6
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "2002:7f00:1::",  # 6to4 around 127.0.0.1
    "2002:a00:1::",
    "64:ff9b::7f00:1",  # NAT64 around 127.0.0.1
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2001:0:7f00:1::",  # Teredo
    "100::1",
]
OUTSIDE = ["8.8.8.8", "1.1.1.1", "203.162.0.181", "2606:4700::1111", "64:ff9b::808:808"]


@pytest.mark.parametrize("text", INSIDE)
def test_an_address_inside_a_network_is_forbidden(text: str) -> None:
    assert why_forbidden(ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_a_public_address_is_allowed(text: str) -> None:
    assert why_forbidden(ip_address(text)) is None


def test_the_operator_can_close_further_networks() -> None:
    closed = [ip_network("203.162.0.0/16")]
    assert why_forbidden(ip_address("203.162.0.181"), closed) == "closed by the operator"
    assert why_forbidden(ip_address("::ffff:203.162.0.181"), closed) == "closed by the operator"
    assert why_forbidden(ip_address("8.8.8.8"), closed) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example.org/",
        "ftp://receiver.example.org/",
        "//receiver.example.org/",
        "receiver.example.org",
        "https://",
        "https:///path",
        "https://user:word@receiver.example.org/",
        "https://receiver.example.org/#part",
        "https://receiver.example.org:99999/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://2130706433/",  # 127.0.0.1 in decimal
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://printer.local/",
        "https://db.internal/",
        "https://postgres/",
        "https://receiver..example.org/",
        "https://-a.example.org/",
        "https://receiver.example.org/a b",
        "https://receiver.example.org/\r\nX: y",
        "https://receiver.example.org/đường",
        "https://receiver.example.org/" + "x" * 2000,
    ],
)
def test_a_url_that_leads_inside_or_nowhere_is_refused_when_it_is_given(url: str) -> None:
    assert why_no_webhook(url, internal_is_allowed=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://receiver.example.org/thidua?unit=SNV",
        "https://receiver.example.org:8443/",
        "https://xn--bng-6na.example.vn/",
        "https://8.8.8.8/hook",
    ],
)
def test_a_public_https_url_is_taken(url: str) -> None:
    assert why_no_webhook(url, internal_is_allowed=False) is None


def test_unusual_spellings_of_addresses_are_no_names() -> None:
    assert literal("127.1") is None
    for host in ("127.1", "0x7f000001", "2130706433", "a.0x7f"):
        for internal in (True, False):
            reason = why_no_host(host, internal_is_allowed=internal)
            assert reason == "an IP address in an unusual spelling", host


NEVER = {
    "port 0": "receiver.example.org:0",
    "an empty label": "a..example.org",
    "two final dots": "receiver.example.org..",
    "only a dot": ".",
    "a label of 64 letters": f"{'a' * 64}.example.org",
    "a name of 300 letters": ".".join(["a" * 59] * 5),
    "an address as one number": "2130706433",
    "an address as a hexadecimal number": "0x7f000001",
    "an address of three numbers": "1.2.3",
    "an address beyond its bounds": "256.1.1.1",
    "an address with leading zeros": "010.1.1.1",
    "an address with a final dot": "8.8.8.8.",
    "a scope": "[2606:4700::1111%25eth0]",
    "a scope of this machine": "[::1%25lo]",
    "brackets around a name": "[v1.example]",
    "a hyphen first": "-a.example.org",
    "a comma": "a,b.example.org",
    "a backslash": "a\\b.example.org",
    "an escaped letter": "ex%41mple.org",
}


@pytest.mark.parametrize("internal", [True, False])
@pytest.mark.parametrize("why", NEVER)
def test_a_url_that_can_never_work_is_refused_also_inside_a_network(
    why: str, internal: bool
) -> None:
    refused = why_no_webhook(f"https://{NEVER[why]}/hook", internal_is_allowed=internal)
    assert refused
    assert refused.vi
    assert refused.en


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:7000", "[::1]:7000", "localhost", "receiver", "my_app_1:8080", "a.internal."],
)
def test_inside_a_network_its_own_names_and_addresses_are_taken(host: str) -> None:
    assert why_no_webhook(f"http://{host}/hook", internal_is_allowed=True) is None


class Answers:
    """A resolver that answers what a test says, each time the next."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def network(*answers: list[str], allow_internal: bool = False) -> GuardedNetwork:
    """A guarded network over DNS that gives these answers, by default the system's."""
    lookup = Answers(*answers) if answers else system_lookup
    return GuardedNetwork(Resolver(timeout_s=5, lookup=lookup), allow_internal=allow_internal)


@pytest.mark.parametrize("text", INSIDE)
async def test_a_public_name_that_leads_inside_is_refused_at_the_connection(
    text: str,
) -> None:
    with pytest.raises(ForbiddenAddressError):
        await network([text]).connect_tcp("evil.example.org", 443, timeout=1)


async def test_one_inner_answer_among_public_ones_refuses_the_host() -> None:
    with pytest.raises(ForbiddenAddressError):
        await network(["8.8.8.8", "10.0.0.1"]).connect_tcp("evil.example.org", 443, timeout=1)


async def test_what_is_connected_to_is_the_address_that_was_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dns = Answers(["8.8.8.8"], ["127.0.0.1"])  # a name that changes its mind (rebinding)
    guarded = GuardedNetwork(Resolver(timeout_s=5, lookup=dns), allow_internal=False)
    connected: list[str] = []

    async def connect(_self: object, host: str, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        connected.append(host)
        raise httpcore.ConnectError("as far as a test goes")

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    with pytest.raises(httpcore.ConnectError):
        await guarded.connect_tcp("evil.example.org", 443, timeout=1)
    assert connected == ["8.8.8.8"]
    assert dns.asked == ["evil.example.org"]


async def test_a_name_that_does_not_exist_is_a_failed_connection() -> None:
    with pytest.raises(NameNotResolvedError):
        await network(allow_internal=True).connect_tcp("no-such-host.invalid", 443)


async def test_a_unix_socket_is_never_opened() -> None:
    with pytest.raises(ForbiddenAddressError):
        await network(allow_internal=True).connect_unix_socket("/run/docker.sock")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "localhost"])
async def test_spellings_that_the_system_resolver_takes_for_loopback_are_refused(host: str) -> None:
    with pytest.raises((ForbiddenAddressError, NameNotResolvedError)):
        await network().connect_tcp(host, 443, timeout=1)

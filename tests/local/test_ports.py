"""Promise: two stacks that start together don't take one port."""

import socket
import subprocess
import sys

from infra.local.ports import claim, free_port
from infra.local.stack import ROOT

_CLAIM = (
    "import sys; from infra.local.ports import claim; print(claim(int(sys.argv[1])), flush=True)"
)


def _claimed_by_another(port: int) -> str:
    """What a process is answered that wants the port, and ends."""
    done = subprocess.run(
        [sys.executable, "-c", _CLAIM, str(port)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_port_that_another_process_has_claimed_is_not_free() -> None:
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", f"{_CLAIM}; sys.stdin.read()", str(port)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "True"
        assert not claim(port), "nothing listens yet, and it is taken all the same"
        holder.kill()
    assert claim(port), "whoever died holds nothing"
    assert claim(port), "its own"
    assert _claimed_by_another(port) == "False"


def test_a_port_on_which_a_stranger_listens_is_not_free() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        assert not claim(port)
    assert claim(port)

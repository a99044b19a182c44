"""An environment of its own for each peer, made when it is first wanted, from its hash-locked file.

Peers bring pins and clients that ours must not have: nothing of them is in the project's locks.
"""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from infra.local.stack import LOCAL

PEERS = Path(__file__).with_name("peers")
"""Scripts, what they want (`<peer>.in`) and their locks (`<peer>.lock`)."""


def python_for(peer: str) -> Path:
    """The interpreter of a peer's environment; ours where the peer needs nothing else.

    Raises CalledProcessError when it can't be made.
    """
    lock = PEERS / f"{peer}.lock"
    if not lock.exists():
        return Path(sys.executable)
    environment = LOCAL / "bench" / peer
    mark = environment / "made-from"
    made_from = sha256(lock.read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text() != made_from:
        print(f"an environment for {peer}", flush=True)
        _uv("venv", "-q", "--clear", "--python", sys.executable, environment)
        _uv(
            *("pip", "sync", "-q", "--require-hashes"),
            *("--python", environment / "bin" / "python", lock),
        )
        mark.write_text(made_from)
    return environment / "bin" / "python"


def _uv(*words: str | Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    # As `make setup` does it: nothing outside the clone.
    subprocess.run([uv, "--no-cache", *words], check=True)

"""A directory in memory for what makes and removes thousands of files.

A database is some 800 of them, and nearly every test has one of its own. On ext4 a file took 0.4 ms
to make after thousands had been removed, and 0.03 ms elsewhere on the same disk: a database came to
take 0.4 s. A server that is killed loses nothing here; that a machine
loses power is no test's matter.
"""

import os
import re
import shutil
from pathlib import Path

import psutil

_MEMORY = Path("/dev/shm")  # noqa: S108 - not for temporary files of many users: named by process
_ENOUGH = 6 * 1024**3
"""Bytes that must be free: a session's databases at a time, and their log (`max_wal_size`)."""


def in_memory(name: str) -> Path | None:
    """A new directory in memory, this process's own; None where there is no room for it.

    Whoever asks removes it. What a process that was killed had left is removed here.
    """
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ENOUGH:
        return None
    for left in _MEMORY.glob("thidua-tests-*"):
        owner = re.fullmatch(r"thidua-tests-(\d+)-.*", left.name)
        if owner and not psutil.pid_exists(int(owner[1])):
            shutil.rmtree(left, ignore_errors=True)
    made = _MEMORY / f"thidua-tests-{os.getpid()}-{name}"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o755)  # the server runs as another user
    return made

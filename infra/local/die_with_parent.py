"""Runs a program as a child that the kernel ends when its parent ends.

`spawn.py` runs this file (`python -I -S die_with_parent.py PARENT SIGNAL USER COMMAND…`); nothing
imports it: it is a program of its own so that nothing happens between fork and exec of a parent
with threads.
The process that remains is the command itself, with the process id `spawn` returned.

PARENT  process id that must still be our parent
SIGNAL  number of the signal the kernel sends the child when its parent dies (Linux only)
USER    `-` to stay who we are; `UID:GID` to drop to that user; `UID:GID:reach` to drop and keep
        the one right to pass directories that are closed to it (a clone in someone's home, say)
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _drop_to(libc: ctypes.CDLL, user: str) -> None:
    uid, gid, *reach = user.split(":")
    if reach:
        _check(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keep capabilities")
    os.setgroups([])
    os.setresgid(int(gid), int(gid), int(gid))
    os.setresuid(int(uid), int(uid), int(uid))
    if reach:
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        only = 1 << CAP_DAC_OVERRIDE
        sets = (ctypes.c_uint32 * 6)(only, only, only, 0, 0, 0)  # effective, permitted, inheritable
        _check(libc.capset(header, sets), "set capabilities")
        raised = libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)
        _check(raised, "raise capability")


def main(parent: str, signal_number: str, user: str, *command: str) -> None:
    """Become the command; raises OSError when it can't be run or the user can't be taken."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if user != "-":
            _drop_to(libc, user)
        # After the change of user, which clears it.
        _check(libc.prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0), "parent death signal")
    if os.getppid() != int(parent):
        raise SystemExit("the parent was gone before its child began")
    os.execvp(command[0], command)  # noqa: S606 - becoming the command is the point


if __name__ == "__main__":
    main(*sys.argv[1:])

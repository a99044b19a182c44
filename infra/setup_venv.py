"""Make the virtual environment from the locks, with a line for each step.

Runs on a bare Python 3.11: only the standard library. pip fetches uv (hash-checked), uv installs
the rest (hash-checked) in seconds where pip would take a minute.
"""

import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

BAR_WIDTH = 24
TICK_S = 0.1


def step(text: str, english: str, *command: str) -> None:
    """Run one step with a moving bar, say how long it took; on failure show its output and stop."""
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        running = subprocess.Popen(  # noqa: S603  fixed commands
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Nothing outside the clone: no cache in the home directory.
            env={**os.environ, "UV_NO_CACHE": "1", "PIP_NO_CACHE_DIR": "1"},
        )
        while True:
            try:
                code = running.wait(TICK_S)
                break
            except subprocess.TimeoutExpired:
                if sys.stderr.isatty():
                    at = int((time.monotonic() - started) / TICK_S) % (BAR_WIDTH - 3)
                    bar = " " * at + "━━━" + " " * (BAR_WIDTH - 3 - at)
                    _show(f"\r  {text} [{bar}]", end="")
        clear = "\r\033[K" if sys.stderr.isatty() else ""
        mark = "✗" if code else "✓"
        _show(f"{clear}  {mark} {text} ({time.monotonic() - started:.1f} s)\n    {english}")
        if code:
            output.seek(0)
            sys.exit(output.read())


def _show(text: str, end: str = "\n") -> None:
    """On standard error: `make` runs this before targets whose standard output is taken."""
    print(text, end=end, file=sys.stderr, flush=True)


def main() -> None:
    """Create the environment named by the first argument beside this repository's locks."""
    if sys.version_info < (3, 11):  # noqa: UP036  an older one is what this line is for
        sys.exit(
            "Cần Python 3.11 trở lên: `make PYTHON=python3.11`\n"
            "Python 3.11 or later is needed: make PYTHON=python3.11"
        )
    root = Path(__file__).resolve().parent.parent
    target = root / sys.argv[1]
    python = target / "bin" / "python"
    _show("Chuẩn bị môi trường\nSetting up the environment")
    if not python.exists():
        venv.create(target, with_pip=True, clear=True)
    hashes = ("--require-hashes", "-r")
    step(
        "công cụ cài đặt uv",
        "the installer uv",
        *(str(python), "-m", "pip", "install", "-q"),
        *(*hashes, str(root / "requirements-uv.lock")),
    )
    uv = (str(target / "bin" / "uv"), "pip")
    step(
        "các thư viện",
        "packages",
        *uv,
        "sync",
        "-q",
        "--compile-bytecode",  # also where Python may write none: a start then takes half the time
        "--python",
        str(python),
        "--require-hashes",
        str(root / "requirements.lock"),
    )
    step(
        "chương trình `thidua`",
        "the program `thidua`",
        *uv,
        "install",
        "-q",
        "--python",
        str(python),
        "--no-deps",
        "--no-build-isolation",
        "-e",
        str(root),
    )


if __name__ == "__main__":
    main()

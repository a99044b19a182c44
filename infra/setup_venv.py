"""Make the virtual environment from the locks, with a line for each step.

Runs on a bare Python 3.11: only the standard library. pip fetches uv (hash-checked), uv installs
the rest (hash-checked) in seconds where pip would take a minute.
"""

import subprocess
import sys
import time
import venv
from pathlib import Path


def step(text: str, *command: str) -> None:
    """Run one step, say what and how long; on failure show its output and stop."""
    started = time.monotonic()
    print(f"  … {text}", end="", flush=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  fixed commands
    print(f"\r  {'✓' if done.returncode == 0 else '✗'} {text} ({time.monotonic() - started:.1f} s)")
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)


def main() -> None:
    """Create the environment named by the first argument beside this repository's locks."""
    if sys.version_info < (3, 11):  # noqa: UP036  an older one is what this line is for
        sys.exit("Cần Python 3.11 trở lên / Python 3.11 or later is needed: make PYTHON=python3.11")
    root = Path(__file__).resolve().parent.parent
    target = root / sys.argv[1]
    python = target / "bin" / "python"
    print("Chuẩn bị môi trường / Setting up the environment")
    if not python.exists():
        venv.create(target, with_pip=True, clear=True)
    hashes = ("--require-hashes", "-r")
    step(
        "uv", str(python), "-m", "pip", "install", "-q", *hashes, str(root / "requirements-uv.lock")
    )
    uv = (str(target / "bin" / "uv"), "pip")
    step(
        "packages",
        *uv,
        "sync",
        "-q",
        "--python",
        str(python),
        "--require-hashes",
        str(root / "requirements.lock"),
    )
    step(
        "thidua",
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

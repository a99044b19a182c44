"""`make bench`: every measurement, one after the other; `make bench ARGS=scoring` runs one.

Two cores are shared with whatever else runs here: believe the ratios, which are against a baseline
of the same run, and not the absolute figures.
"""

import subprocess
import sys

BENCHES = (
    "start",
    "envelope",
    "relay",
    "consumer",
    "scoring",
    "rules",
    "peers",
    "rebuild",
    "intake",
    "latency",
    "campaigns",
    "tree",
    "scale",
    "units",
)


def main(wanted: list[str]) -> int:
    """Run the named measurements, or all; the highest exit code."""
    if unknown := set(wanted) - set(BENCHES):
        sys.exit(f"no measurement {', '.join(sorted(unknown))}: choose among {', '.join(BENCHES)}")
    code = 0
    for name in wanted or BENCHES:
        print(f"\n== {name}", flush=True)
        module = f"tests.bench.bench_{name}"
        code = max(code, subprocess.run([sys.executable, "-m", module], check=False).returncode)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

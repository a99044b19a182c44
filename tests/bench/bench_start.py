"""How long each service takes from its start to ready, one after the other, and what it weighs.

The baseline is a Python that only imports what all services stand on.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from infra.local.stack import SERVICES, Stack

ROUNDS = 3
BASELINE = "import fastapi, faststream.kafka, sqlmodel, asyncpg, prometheus_client, structlog"


def imported() -> float:
    """Seconds of a bare Python that imports the libraries."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", BASELINE], check=True)
    return time.monotonic() - began


def main() -> None:
    """Print medians of three starts of each service."""
    with tempfile.TemporaryDirectory() as directory, Stack(Path(directory) / "stack") as stack:
        for replicas in stack.services.values():
            replicas.pop().process.stop()
        baseline = statistics.median(imported() for _ in range(ROUNDS))
        print(f"{'import only':14} {baseline:6.2f} s")
        for service in SERVICES:
            seconds, weight = [], 0
            for _ in range(ROUNDS):
                replica = stack.start_replica(service, 0)
                seconds.append(replica.process.wait_until_ready())
                weight = replica.process.resident_bytes()
                replica.process.stop()
            median = statistics.median(seconds)
            print(
                f"{service:14} {median:6.2f} s to ready ({median / baseline:.1f} × the imports), "
                f"{weight / 1e6:.0f} MB resident at rest"
            )


if __name__ == "__main__":
    main()

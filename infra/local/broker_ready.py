"""Waits until a broker can coordinate a consumer group; an open port is not enough."""

import asyncio
import logging
import subprocess
import threading
import time

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from infra.local.ports import is_listening


def wait_for_coordinator(
    bootstrap: str, process: subprocess.Popen[bytes], timeout_seconds: float
) -> None:
    """Return once `find_coordinator` answers; works inside and outside a running event loop.

    Raises TimeoutError when the process ends or the time is over.
    """
    deadline = time.monotonic() + timeout_seconds
    port = int(bootstrap.rsplit(":", 1)[1])
    while not is_listening(port):
        _check(process, deadline)
        time.sleep(0.05)
    failures: list[BaseException] = []

    def ask_in_a_loop_of_its_own() -> None:
        try:
            asyncio.run(_until_coordinated(bootstrap, process, deadline))
        except BaseException as error:  # raised again below, in the caller's thread
            failures.append(error)

    thread = threading.Thread(target=ask_in_a_loop_of_its_own, name="broker-ready")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


async def _until_coordinated(
    bootstrap: str, process: subprocess.Popen[bytes], deadline: float
) -> None:
    chatter = logging.getLogger("aiokafka")
    before = chatter.level
    chatter.setLevel(logging.CRITICAL)  # each refused attempt would be an ERROR line
    try:
        while True:
            _check(process, deadline)
            admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=5_000)
            try:
                await admin.start()
                await admin.find_coordinator("probe")
            except (KafkaError, OSError):
                await asyncio.sleep(0.1)
            else:
                return
            finally:
                await admin.close()
    finally:
        chatter.setLevel(before)


def _check(process: subprocess.Popen[bytes], deadline: float) -> None:
    if process.poll() is not None:
        raise TimeoutError(f"it ended with {process.returncode} before it was ready")
    if time.monotonic() > deadline:
        raise TimeoutError("not ready in time")

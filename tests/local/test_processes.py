"""The supervisor starts, watches and stops; however it ends itself, nothing stays behind."""

import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from infra.local.ports import free_port
from infra.local.postgres import PostgresCluster
from infra.local.processes import Process, ProcessError, Supervisor

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
PARENT = """
import sys, threading, time
from pathlib import Path
from infra.local.postgres import PostgresCluster
from infra.local.processes import Process, Supervisor

directory = Path(sys.argv[1])
with Supervisor() as supervisor:
    cluster = PostgresCluster(directory / "postgres")
    cluster.start()
    supervisor.adopt("postgres", cluster)
    child = Process("stubborn", [sys.executable, "-c", sys.argv[2]], directory / "child.log",
                    stop_timeout=0.2)
    # From a thread that ends at once: the children's life must not hang on it.
    thread = threading.Thread(target=supervisor.start, args=(child,))
    thread.start()
    thread.join()
    time.sleep(0.5)
    supervisor.check()
    print("up", flush=True)
    time.sleep(600)
"""


def web_server(tmp_path: Path, name: str = "web") -> Process:
    port = free_port()
    return Process(
        name,
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        tmp_path / f"{name}.log",
        ready_url=f"http://127.0.0.1:{port}/",
        directory=tmp_path,
    )


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_stays_behind_however_the_parent_ends(tmp_path: Path, way: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), STUBBORN],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    family = psutil.Process(parent.pid).children(recursive=True)
    assert len(family) > 3  # the child, the postmaster and its processes

    parent.send_signal(way)
    assert parent.wait(30) != 0
    parent.stdout.close()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


def test_a_process_is_ready_when_its_url_answers_and_is_stopped_in_the_end(tmp_path: Path) -> None:
    with Supervisor() as supervisor:
        running = supervisor.start(web_server(tmp_path))
        assert supervisor.wait_until_ready()["web"] < 10
        assert supervisor.resident_bytes()["web"] > 5_000_000
        supervisor.check()
    assert not running.alive


def test_a_process_that_ends_early_shows_the_end_of_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('the setting KAFKA is missing')"]
    what = Process("broken", command, tmp_path / "log", ready_url="http://127.0.0.1:1/")
    with Supervisor() as supervisor:
        supervisor.start(what)
        with pytest.raises(ProcessError, match=r"(?s)broken dừng với mã 1.*KAFKA is missing"):
            supervisor.wait_until_ready()


def test_a_process_that_serves_but_is_degraded_is_waited_for(tmp_path: Path) -> None:
    web = web_server(tmp_path)
    answer = tmp_path / "ready"
    answer.write_text('{"status": "degraded", "degraded": {"consumer": "not in its group yet"}}')
    waiting = replace(web, ready_url=f"{web.ready_url}ready")
    with Supervisor() as supervisor:
        supervisor.start(waiting)
        begun = time.monotonic()
        threading.Timer(2, answer.write_text, ['{"status": "ok", "degraded": {}}']).start()
        supervisor.wait_until_ready()
        assert time.monotonic() - begun > 1.5


def test_a_process_that_is_never_ready_is_named_with_its_last_answer(tmp_path: Path) -> None:
    web = web_server(tmp_path)
    never = Process(
        "web", web.command, web.log, ready_url=f"{web.ready_url}not-there", ready_timeout=1.0
    )
    with Supervisor() as supervisor:
        supervisor.start(never)
        with pytest.raises(ProcessError, match=r"(?s)Sau 1 giây web vẫn chưa sẵn sàng.*404"):
            supervisor.wait_until_ready()


def test_a_killed_process_is_noticed_and_can_be_started_again(tmp_path: Path) -> None:
    with Supervisor() as supervisor:
        web = web_server(tmp_path)
        supervisor.start(web).kill()
        with pytest.raises(ProcessError, match="web dừng với mã -9"):
            supervisor.check()
        supervisor.start(web)
        supervisor.wait_until_ready()
        with pytest.raises(ValueError, match="running already"):
            supervisor.start(web)


def test_what_came_last_is_stopped_first_and_a_failure_saves_nobody() -> None:
    order: list[str] = []

    class Server:
        def __init__(self, name: str) -> None:
            self.name = name

        def stop(self) -> None:
            order.append(self.name)
            if self.name == "b":
                raise OSError("cannot")

    supervisor = Supervisor()
    for name in "abc":
        supervisor.adopt(name, Server(name))
    with pytest.raises(ExceptionGroup, match="could be stopped"):
        supervisor.stop()
    assert order == ["c", "b", "a"]


def test_a_server_started_by_a_thread_lives_on_when_the_thread_ends(tmp_path: Path) -> None:
    cluster = PostgresCluster(tmp_path / "postgres")
    thread = threading.Thread(target=cluster.start)
    thread.start()
    thread.join()
    try:
        time.sleep(0.3)
        assert cluster.execute("SELECT 1") == "1\n"
    finally:
        cluster.stop()


def test_free_ports_differ_and_lie_below_those_of_outgoing_connections() -> None:
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == 50
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert max(ports) < lowest

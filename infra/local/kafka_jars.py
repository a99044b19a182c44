"""Apache Kafka's jars, copied once by Maven into a directory that all stacks of a clone share."""

import fcntl
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.spawn import Child, spawn
from services.chassis.language import speak

POM = Path(__file__).parents[1] / "kafka" / "pom.xml"
OLDEST_JAVA = 17  # what Apache Kafka 4 needs
_EXPECTED_BYTES = 83_000_000  # what Maven downloads, its own plugin included (measured, 4.3.1)
_STAMP = ".complete"
_LONGEST_CAUSE = 300  # characters of Maven's first line; the file has all of them


class KafkaUnavailableError(RuntimeError):
    """Apache Kafka can't run here; the message says what is missing."""


def java() -> str | None:
    """The `java` to use: that of JAVA_HOME, else the one on the PATH; None when there is none."""
    home = os.environ.get("JAVA_HOME")
    if home and (program := shutil.which("java", path=str(Path(home) / "bin"))):
        return program
    return shutil.which("java")


def java_version(program: str) -> int | None:
    """The major version that `java -version` prints, or None when it prints none."""
    try:
        printed = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    found = re.search(r'version "(\d+)', printed.stderr + printed.stdout)
    return int(found.group(1)) if found else None


def why_not_kafka(jars: Path) -> str | None:
    """What keeps Apache Kafka from running here, or None. With the jars there Maven may lack."""
    program = java()
    if program is None:
        return speak("không tìm thấy Java", "no Java found")
    version = java_version(program)
    if version is None or version < OLDEST_JAVA:
        return speak(
            f"máy có Java {version}, cần từ {OLDEST_JAVA} trở lên",
            f"Java {version} found, {OLDEST_JAVA} or later needed",
        )
    if not _complete(jars) and shutil.which("mvn") is None:
        return speak(
            "không tìm thấy Maven (`mvn`) để tải Kafka", "no Maven (mvn) found to fetch it"
        )
    return None


def fetch_jars(jars: Path, *, progress: Callable[[int, int], None] | None = None) -> None:
    """Have every jar in `jars`; the first call downloads (83 MB, 8-30 s), later ones do nothing.

    Callers in parallel processes wait for the one that fetches. `progress` is called about five
    times a second with (bytes so far, bytes expected). Nothing is written outside `jars` and its
    siblings: Maven gets a repository of its own, removed afterwards.

    Raises KafkaUnavailableError with Maven's words when it fails.
    """
    if _complete(jars):
        return
    jars.parent.mkdir(parents=True, exist_ok=True)
    with _locked(jars.with_suffix(".lock")):
        if _complete(jars):
            return
        fresh = jars.with_suffix(".new")
        repository = jars.with_suffix(".m2")
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            _run_maven(fresh, repository, progress)
            (fresh / _STAMP).write_bytes(POM.read_bytes())
            shutil.rmtree(jars, ignore_errors=True)
            fresh.rename(jars)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.rmtree(repository, ignore_errors=True)


def _complete(jars: Path) -> bool:
    """Whether the jars are there and are those that the pom names today."""
    stamp = jars / _STAMP
    return stamp.exists() and stamp.read_bytes() == POM.read_bytes()


def _run_maven(target: Path, repository: Path, progress: Callable[[int, int], None] | None) -> None:
    command = ["mvn", "-q", "-B", "-f", str(POM), f"-Dmaven.repo.local={repository}"]
    command += ["dependency:copy-dependencies", f"-DoutputDirectory={target}"]
    words = repository.with_suffix(".log")
    words.unlink(missing_ok=True)
    maven = spawn(Child(command=command, log=words))
    try:
        while maven.poll() is None:
            if progress is not None:
                progress(min(_size(repository), _EXPECTED_BYTES), _EXPECTED_BYTES)
            time.sleep(0.2)
    finally:
        maven.kill()  # Ctrl-C while it fetches; nothing when it has ended
        maven.wait()
    if maven.returncode != 0:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", words.read_text(errors="replace"))  # no colours
        lines = [line for line in plain.splitlines() if line.strip()]
        cause = lines[0][:_LONGEST_CAUSE] if lines else "–"
        raise KafkaUnavailableError(
            speak(
                f"Maven không tải được Kafka ({cause}; xem thêm {words})",
                f"Maven could not fetch it ({cause}; more in {words})",
            )
        )
    words.unlink()
    if progress is not None:
        progress(_EXPECTED_BYTES, _EXPECTED_BYTES)


def _size(directory: Path) -> int:
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                total += (Path(folder) / name).stat().st_size
            except FileNotFoundError:  # Maven renames a part when it is whole
                continue
    return total


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""Promise: what `make setup` reports never stands in the output of the target that needed it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_STEP = "from infra.setup_venv import step; import sys; step('Bước', 'A step', sys.executable, *{})"


@pytest.mark.parametrize(
    ("command", "code"), [(["-c", "print(1)"], 0), (["-c", "raise SystemExit('why')"], 1)]
)
def test_a_step_is_reported_on_standard_error(command: list[str], code: int) -> None:
    """`TOKEN=$(make -s token ROLE=board)` renews the environment first, where the locks changed."""
    done = subprocess.run(
        [sys.executable, "-c", _STEP.format(command)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert "Bước" in done.stderr
    assert "A step" in done.stderr
    assert ("why" in done.stderr) is bool(code)


def test_so_is_the_start_of_it(tmp_path: Path) -> None:
    """Up to where it can go without the locks."""
    copy = tmp_path / "infra" / "setup_venv.py"
    copy.parent.mkdir()
    copy.write_text((ROOT / "infra" / "setup_venv.py").read_text())
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").symlink_to(sys.executable)
    done = subprocess.run(
        [sys.executable, str(copy), "venv"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Setting up the environment" in done.stderr

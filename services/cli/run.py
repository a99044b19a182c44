"""thidua run: one service, in this process."""

import runpy

from services.cli.parts import ServiceName


def run(service: ServiceName) -> None:
    """Run one service in the foreground until Ctrl-C or SIGTERM; it then finishes what it began.

    The same as `python -m services.SERVICE`. docs/settings.md lists its settings.
    """
    runpy.run_module(f"services.{service}", run_name="__main__")

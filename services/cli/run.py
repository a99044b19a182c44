"""thidua run: one service, in this process."""

import runpy

from services.cli.parts import ServiceName
from services.cli.speaking import command, group

app = group("")


@command(
    app,
    vi="Chạy một dịch vụ cho đến khi nhấn Ctrl-C hoặc nhận SIGTERM; việc đã bắt đầu được làm xong"
    " trước khi dừng.\n\nGiống như `python -m services.SERVICE`. Cấu hình: docs/settings.md.",
    example="thidua run scoring",
    done=("đã dừng", "stopped"),
    failed=("dừng do lỗi", "died"),
)
def run(service: ServiceName) -> None:
    """Run one service in the foreground until Ctrl-C or SIGTERM; it then finishes what it began.

    The same as `python -m services.SERVICE`. docs/settings.md lists its settings.
    """
    runpy.run_module(f"services.{service}", run_name="__main__")

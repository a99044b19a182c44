"""thidua migrate: bring databases to the revision that the code is written for."""

from typing import Annotated

from services.cli.output import console, exit_codes
from services.cli.parts import SERVICES, database_settings, known_service
from services.cli.speaking import argument, command, group

app = group("")


@command(
    app,
    vi="Cập nhật cơ sở dữ liệu của các dịch vụ. Chạy lại nhiều lần hoặc cùng lúc đều an toàn.\n\n"
    "Đọc <SERVICE>_DATABASE_URL của từng dịch vụ. Mỗi phiên bản được áp dụng trọn vẹn hoặc không"
    " áp dụng gì.",
    example="thidua migrate submissions scoring",
)
def migrate(
    services: Annotated[
        list[str] | None,
        argument(
            f"Trong số {', '.join(SERVICES)}; mặc định: tất cả.",
            f"Of {', '.join(SERVICES)}; default: all.",
            metavar="SERVICE",
        ),
    ] = None,
) -> None:
    """Migrate the services' databases. Safe to run again, and by two jobs at once.

    Reads <SERVICE>_DATABASE_URL of each. A revision is applied as a whole or not at all.
    """
    from services.chassis.storage.migrations import migrate as bring_up  # noqa: PLC0415 - Alembic is slow

    names = [known_service(name) for name in services or SERVICES]
    with exit_codes():
        wanted = {name: database_settings(name).database_url for name in names}
        for name, url in wanted.items():
            console.print(f"{name}: {bring_up(name, url)}")

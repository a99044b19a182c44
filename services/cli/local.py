"""thidua token, demo, up: the one-machine stack. Imported when called: production has none."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from services.chassis.language import speak
from services.cli.output import MisusedError, exit_codes
from services.cli.speaking import command, group, option
from services.contracts.campaign.explain import did_you_mean

app = group("")


class Role(StrEnum):
    """Who to be."""

    unit = "unit"
    district = "district"
    board = "board"
    ops = "ops"


Replicas = Annotated[
    int,
    option(
        "Số tiến trình của mỗi dịch vụ.", "Processes of each service.", min=1, max=6, metavar="N"
    ),
]
_DIRECTORY: dict[str, Any] = {"metavar": "DIR", "exists": True, "file_okay": False}
Edited = Annotated[
    Path | None,
    option(
        "Bản sao của infra/campaigns/hanoi-2020 đã sửa; mặc định: thư mục đó. Các tình huống cần"
        " các đơn vị và nội dung của năm 2020.",
        "A copy of infra/campaigns/hanoi-2020 that you edited; default: that one. The stories need"
        " the units and obligations of 2020.",
        "--campaign",
        **_DIRECTORY,
    ),
]
CampaignDir = Annotated[
    Path | None,
    option(
        "Chạy với đợt thi đua của thư mục này, không mô phỏng; mặc định: mô phỏng năm 2020.",
        "Start with the campaign of this directory and simulate nothing; default: simulate 2020.",
        "--campaign",
        **_DIRECTORY,
    ),
]
Scale = Annotated[
    float,
    option(
        "Nhỏ hơn 1: ít bài dự thi hơn, các tình huống như cũ.",
        "Below 1: fewer essays, the same stories.",
        min=0.06,
        max=1,
        metavar="X",
    ),
]
RoleOption = Annotated[Role, option("Vai trò của tài khoản.", "Role of the account.")]
UnitOption = Annotated[
    str | None,
    option(
        "Mã đơn vị của tài khoản; cần có với `unit` và `district`.",
        "Code of the unit to act for; needed by unit and district.",
        metavar="CODE",
    ),
]


@command(
    app,
    vi="Chạy toàn bộ hệ thống, mô phỏng đợt thi đua năm 2020, hiển thị kết quả xếp hạng và cách"
    " tính, rồi dừng.\n\nKhông cần cài gì ngoài `make setup`. `BROKER=kafka` hoặc `BROKER=wheel`"
    " chọn Kafka; nếu không, dùng Apache Kafka khi máy có Java và Maven.",
    example="thidua demo",
)
def demo(replicas: Replicas = 1, scale: Scale = 1.0, campaign: Edited = None) -> None:
    """Start everything, simulate the campaign of 2020, show the standings and their reasons, stop.

    Needs nothing installed but what `make setup` brings. BROKER=kafka or BROKER=wheel decides
    which broker; without it, Apache Kafka where Java and Maven are found.
    """
    _play(stay=False, season=True, replicas=replicas, scale=scale, campaign=campaign)


@command(
    app,
    vi="Như `demo`, và tiếp tục chạy cho đến khi nhấn Ctrl-C, kèm các địa chỉ để dùng thử.\n\nVới"
    " --campaign: chỉ công bố đợt thi đua của thư mục đó, không mô phỏng; sẵn sàng trong vòng một"
    " phút.",
    example="thidua up --campaign infra/campaigns/hanoi-2020",
)
def up(replicas: Replicas = 1, scale: Scale = 1.0, campaign: CampaignDir = None) -> None:
    """The same as `demo`, and it stays until Ctrl-C, with the addresses to try.

    With --campaign, the campaign of that directory is announced and nothing is simulated; ready
    within a minute.
    """
    season = campaign is None
    _play(stay=True, season=season, replicas=replicas, scale=scale, campaign=campaign)


@command(
    app,
    vi="In một mã truy cập do máy này cấp, dùng được mười hai giờ với `thidua up`.\n\n"
    "Mã không dùng được ở nơi khác: hệ thống thật tin vào máy chủ OpenID của Thành phố.",
    example="thidua token --role unit --unit Q009",
)
def token(role: RoleOption, unit: UnitOption = None) -> None:
    """Print a bearer token of this machine's issuer, good for twelve hours at `thidua up`.

    It opens nothing elsewhere: production trusts the city's OpenID provider.
    """
    if unit is None and role in (Role.unit, Role.district):
        raise typer.BadParameter(
            speak(
                f"Vai trò {role.value} cần --unit, ví dụ --unit Q009",
                f"a token for {role.value} needs --unit, e.g. --unit Q009",
            )
        )
    with exit_codes():
        from infra.local.issuer import Issuer  # noqa: PLC0415 - not installed in production
        from infra.local.stack import LOCAL  # noqa: PLC0415
        from infra.local.units_here import units_here  # noqa: PLC0415

        if unit is not None and unit not in (units := units_here()):
            vi, en = did_you_mean(unit, units)
            raise MisusedError(
                speak(
                    f"Không tìm thấy đơn vị có mã {unit}: {vi}",
                    f"there is no unit {unit}: {en}",
                )
            )
        print(Issuer(LOCAL / "issuer").mint(role.value, unit))


def _play(*, stay: bool, season: bool, replicas: int, scale: float, campaign: Path | None) -> None:
    with exit_codes():
        from infra.local import demo as stage  # noqa: PLC0415 - not installed in production
        from infra.local.stack import HANOI_2020  # noqa: PLC0415

        # The services run elsewhere: a path from here means nothing there.
        directory = campaign.resolve() if campaign else HANOI_2020
        try:
            stage.run(
                stage.Options(
                    stay=stay, replicas=replicas, scale=scale, campaign=directory, season=season
                )
            )
        except stage.NoSeasonError as error:
            raise MisusedError(str(error)) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

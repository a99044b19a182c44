"""thidua token, demo, up: the one-machine stack. Imported when called: production has none."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import exit_codes


class Role(StrEnum):
    """Who to be."""

    unit = "unit"
    district = "district"
    board = "board"
    ops = "ops"


Replicas = Annotated[int, typer.Option(min=1, max=6, help="Processes of each service.")]
CampaignDir = Annotated[
    Path | None,
    typer.Option(
        "--campaign",
        exists=True,
        file_okay=False,
        help="A copy of infra/campaigns/hanoi-2020 whose rules.yaml you edited; absent: that one.",
    ),
]
Scale = Annotated[
    float, typer.Option(min=0.06, max=1, help="Below 1: fewer essays, the same stories.")
]


def token(
    role: Annotated[Role, typer.Option(help="unit, district, board or ops.")] = Role.board,
    unit: Annotated[
        str | None, typer.Option(help="Code of the unit to act for; needed by unit and district.")
    ] = None,
) -> None:
    """Print a bearer token of this machine's issuer, good for twelve hours at `thidua up`.

    It opens nothing elsewhere: production trusts the city's OpenID provider.
    """
    if unit is None and role in (Role.unit, Role.district):
        raise typer.BadParameter(f"a token for {role.value} needs --unit, e.g. --unit Q009")
    with exit_codes():
        from infra.local.issuer import Issuer  # noqa: PLC0415 - not installed in production
        from infra.local.stack import LOCAL  # noqa: PLC0415

        print(Issuer(LOCAL / "issuer").mint(role.value, unit))


def demo(replicas: Replicas = 1, scale: Scale = 1.0, campaign: CampaignDir = None) -> None:
    """Start everything, live through the season of 2020, show who stands where and why, stop.

    Needs nothing installed but what `make setup` brings. BROKER=kafka or BROKER=wheel decides
    which broker; without it, Apache Kafka where Java and Maven are found.
    """
    _play(stay=False, replicas=replicas, scale=scale, campaign=campaign)


def up(replicas: Replicas = 1, scale: Scale = 1.0, campaign: CampaignDir = None) -> None:
    """The same as `demo`, and it stays until Ctrl-C, with the addresses to try."""
    _play(stay=True, replicas=replicas, scale=scale, campaign=campaign)


def _play(*, stay: bool, replicas: int, scale: float, campaign: Path | None) -> None:
    with exit_codes():
        from infra.local import demo as stage  # noqa: PLC0415 - not installed in production
        from infra.local.stack import HANOI_2020  # noqa: PLC0415

        # The services run elsewhere: a path from here means nothing there.
        directory = campaign.resolve() if campaign else HANOI_2020
        try:
            stage.run(stage.Options(stay=stay, replicas=replicas, scale=scale, campaign=directory))
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

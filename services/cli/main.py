"""The command line `thidua`: one file a group, all of them listed here."""

import typer

from services.cli import campaign, dead_letters, docs, local, rebuild, schemas, topics
from services.cli.migrate import migrate
from services.cli.output import epilog
from services.cli.reconcile import reconcile
from services.cli.replay import replay
from services.cli.republish import republish
from services.cli.run import run
from services.cli.verify import verify
from services.cli.what_if import what_if

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # help as plain text, the same in a log and in a terminal
    pretty_exceptions_show_locals=False,  # they hold passwords
    help="Run, provision, check and repair the system. Every command has --help.",
    epilog="Settings come from the environment, or the file that THIDUA_ENV_FILE names.",
)
app.command(epilog=epilog("thidua demo"))(local.demo)
app.command(epilog=epilog("thidua up --replicas 2"))(local.up)
app.command(epilog=epilog("thidua token --role unit --unit Q009"))(local.token)
app.command(epilog=epilog("thidua migrate submissions scoring"))(migrate)
app.add_typer(topics.app, name="topics")
app.command(epilog=epilog("thidua run scoring", codes="0 stopped, 1 died, 78 settings don't fit"))(
    run
)
app.command(epilog=epilog("thidua republish submissions --since 2020-06-01T00:00:00+07:00"))(
    republish
)
app.command(
    epilog=epilog(
        "thidua reconcile submissions --repair",
        codes="0 equal or repaired, 1 different or failed, 2 misused, 78 settings don't fit",
    )
)(reconcile)
app.command(epilog=epilog("thidua replay scoring --to-time 2020-06-01T00:00:00+07:00"))(replay)
app.command(
    epilog=epilog(
        "thidua verify infra/campaigns/hanoi-2020",
        codes="0 it holds, 1 different or failed, 2 misused, 78 settings don't fit",
    )
)(verify)
app.command(
    name="what-if",
    epilog=epilog(
        "thidua what-if draft/rules.yaml",
        codes="0 compared, 1 faults or failed, 2 misused, 78 settings don't fit",
    ),
)(what_if)
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(rebuild.app, name="rebuild")
app.add_typer(campaign.app, name="campaign")
app.add_typer(schemas.app, name="schemas")
app.add_typer(docs.app, name="docs")

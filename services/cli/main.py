"""The command line `thidua`: one file a command or a group, all of them listed here."""

from services.cli import (
    accept_kafka,
    adopting,
    announcing,
    campaign,
    campaigns_shown,
    dead_letters,
    docs,
    local,
    migrate,
    points_of_figures,
    rebuild,
    reconcile,
    replay,
    republish,
    run,
    schemas,
    topics,
    verify,
    what_if,
)
from services.cli.speaking import both, group

app = group(
    both(
        "Chạy, chuẩn bị, kiểm tra và khắc phục hệ thống. Mỗi lệnh có --help. Cấu hình đọc từ biến"
        " môi trường, hoặc từ tệp mà THIDUA_ENV_FILE chỉ ra; THIDUA_LANG=en để dùng tiếng Anh.",
        "Run, provision, check and repair the system. Every command has --help. Settings come from"
        " the environment, or the file that THIDUA_ENV_FILE names; THIDUA_LANG=vi speaks"
        " Vietnamese.",
    )
)
for single in (local, migrate, run, republish, reconcile, replay, accept_kafka, verify, what_if):
    app.add_typer(single.app)
app.add_typer(topics.app, name="topics")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(rebuild.app, name="rebuild")
for part in (points_of_figures, announcing, adopting, campaigns_shown):
    campaign.app.add_typer(part.app)
app.add_typer(campaign.app, name="campaign")
app.add_typer(schemas.app, name="schemas")
app.add_typer(docs.app, name="docs")

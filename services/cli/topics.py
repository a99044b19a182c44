"""thidua topics …: create and list the topics of all services."""

import asyncio
from dataclasses import replace

import typer

from services.chassis.language import speak
from services.chassis.process_settings import load_settings
from services.chassis.settings import SharedSettings
from services.cli.output import FAILED, console, exit_codes
from services.cli.parts import configured_groups
from services.cli.speaking import both, command, group
from services.contracts.topics import TopicSpec, all_topics
from services.contracts.wording import number_vi

app = group(both("Topic Kafka: tạo, liệt kê.", "Topics: provision them, list them."))


@command(
    app,
    vi="Tạo những topic còn thiếu và mở rộng những topic có quá ít phân vùng.\n\n"
    "Chạy lại nhiều lần đều an toàn. Không xóa gì, số phân vùng chỉ tăng. Đọc THIDUA_KAFKA_…,"
    " THIDUA_TOPIC_PREFIX, _PARTITIONS, _REPLICATION và _MIN_INSYNC; cả SCORING_GROUP_ID và"
    " NOTIFICATIONS_GROUP_ID, vì bản tin chưa xử lý được của mỗi nhóm cần một topic: chạy ở nơi có"
    " các cấu hình này.",
    example="THIDUA_TOPIC_PARTITIONS=12 thidua topics create",
)
def create() -> None:
    """Make every topic that is missing, and widen those with too few partitions.

    Safe to run again. Nothing is ever deleted, and partitions only grow. Reads THIDUA_KAFKA_…,
    THIDUA_TOPIC_PREFIX, _PARTITIONS, _REPLICATION and _MIN_INSYNC; and SCORING_GROUP_ID and
    NOTIFICATIONS_GROUP_ID, whose dead letters need a topic: run it where these are set.
    """
    from services.chassis.broker.topic_admin import ensure_topics  # noqa: PLC0415 - loads Kafka's client

    with exit_codes():
        settings = load_settings(SharedSettings)
        done = asyncio.run(ensure_topics(settings, specs(settings)))
        console.print(
            speak(
                f"{number_vi(len(done.created))} topic tạo mới, {number_vi(len(done.widened))} mở"
                f" rộng, {number_vi(len(done.kept))} giữ nguyên",
                f"{len(done.created)} created, {len(done.widened)} widened, {len(done.kept)} kept",
            )
        )
        for name in done.wider:
            wider = speak(
                "có nhiều phân vùng hơn yêu cầu; không bớt được",
                "has more partitions than asked for; they can't be taken away",
            )
            console.print(f"{name}: {wider}")


@command(
    app,
    "list",
    vi="Liệt kê mọi topic mà các dịch vụ cần, kèm số phân vùng.",
    example="thidua topics list",
    done=("đủ topic", "all there"),
    failed=("thiếu topic hoặc không thực hiện được", "one is missing or failed"),
)
def show() -> None:
    """List every topic that the services need, with its partitions."""
    from services.chassis.broker.topic_admin import partitions_of  # noqa: PLC0415 - loads Kafka's client

    with exit_codes():
        settings = load_settings(SharedSettings)
        present = asyncio.run(partitions_of(settings))
        missing = 0
        for spec in specs(settings):
            partitions = present.pop(spec.name, None)
            missing += partitions is None
            found = speak("THIẾU", "MISSING") if partitions is None else partitions
            console.print(f"{spec.name}  {found}")
        for name, partitions in sorted(present.items()):
            foreign = speak("(không thuộc hệ thống)", "(none of ours)")
            console.print(f"{name}  {partitions}  {foreign}")
        if missing:
            remedy = speak(
                f"Thiếu {number_vi(missing)} topic: chạy `thidua topics create`",
                f"{missing} missing: run thidua topics create",
            )
            console.print(remedy, style="bold red")
            raise typer.Exit(FAILED)


def specs(settings: SharedSettings) -> list[TopicSpec]:
    """All topics as the settings want them, with those of the groups that they name."""
    topics = all_topics(
        settings.topic_prefix,
        settings.topic_partitions,
        settings.topic_replication,
        configured_groups(),
    )
    if settings.topic_min_insync is None:
        return topics
    insync = {"min.insync.replicas": str(settings.topic_min_insync)}
    return [replace(topic, config={**topic.config, **insync}) for topic in topics]

"""`make demo` and `make up`: the system on this machine, from empty disk to standings or to a
campaign that takes what one sends."""

import asyncio
import signal
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from infra.local.report import Report
from infra.local.simulated_year.publication import prove, publish
from infra.local.simulated_year.replay import MORNING, Replay
from infra.local.simulated_year.script import COUNT_DAY, YEAR_ENDS, acts_of_the_year
from infra.local.simulated_year.subscriptions import subscribe
from infra.local.simulated_year.suitable import why_no_season
from infra.local.stack import HANOI_2020, SERVICES, YEAR_BEGINS, Stack
from infra.local.steps import StepPrinter
from infra.local.topic import group_lag
from services.chassis.language import speak
from services.contracts.campaign import Campaign
from services.contracts.rules.loader import load_files
from services.contracts.wording import number_vi

SETTLE_LIMIT_S = 60
"""After the last act: longest wait until every event is relayed, counted and notified."""


class NotSettledError(RuntimeError):
    """The system did not come to rest after the year; the message says what was still moving."""


@dataclass(frozen=True)
class Options:
    """What the command line can change."""

    stay: bool = False
    replicas: int = 1
    scale: float = 1.0
    """Below 1: fewer essays, the same stories."""
    campaign: Path = HANOI_2020
    season: bool = True
    """Simulate the year 2020, whose stories need the units and obligations of that campaign."""


class NoSeasonError(ValueError):
    """The simulated year can't be played with a campaign; the message says why."""


def run(options: Options) -> None:
    """Start, replay and report where a season is wanted, stop. With `stay`, stop at Ctrl-C only.

    Raises CampaignProblems and NoSeasonError before anything is started, and what made it fail;
    everything started is stopped in any case.
    """
    steps = StepPrinter()
    campaign = load_files(options.campaign)
    name, city = campaign.plan.short_title, campaign.plan.city
    if options.season and (why := why_no_season(campaign)):
        raise NoSeasonError(speak(why.vi, why.en))
    simulated = speak(", dữ liệu mô phỏng", ", simulated") if options.season else ""
    title = speak(f"{name.vi} của {city.vi}", f"{name.en} in {city.en}")
    steps.print(f"[bold]Thi Đua[/] – {title}{simulated}\n")
    begins = YEAR_BEGINS if options.season else clock_for(campaign)
    with Stack(
        replicas=options.replicas, steps=steps, campaign=options.campaign, clock_begins=begins
    ) as stack:
        if options.season:
            asyncio.run(_play_the_year(stack, campaign, options))
        else:
            _say_ready(stack, begins)
        if options.stay:
            _stay(stack, campaign)
    stopped = speak("Đã dừng mọi tiến trình.", "Everything that was started is stopped.")
    steps.print(f"\n[dim]{stopped}[/]")


async def _play_the_year(stack: Stack, campaign: Campaign, options: Options) -> None:
    steps = stack.steps
    acts = acts_of_the_year(campaign.units, scale=options.scale)
    with steps.step(speak("Đăng ký nhận thông báo", "Subscriptions")):
        subscriptions = await subscribe(stack, campaign.units)
    urls = [replica.url for replica in stack.services["submissions"]]
    replay = Replay(urls, stack.token, campaign.plan.campaign)
    began = time.monotonic()
    first = acts[0].day
    days = (YEAR_ENDS - first).days + 1
    simulated = speak(
        f"Mô phỏng năm {YEAR_ENDS.year}: {number_vi(len(acts))} thao tác",
        f"Simulating the year {YEAR_ENDS.year}: {len(acts):,} acts",
    )
    with steps.step(simulated) as advance:

        def each_day(day: date, _sent: int) -> None:
            stack.supervisor.check()
            advance((day - first).days + 1, days)

        await replay.play(acts, until=YEAR_ENDS, each_day=each_day)
    seconds = time.monotonic() - began
    with steps.step(speak("Chờ xử lý xong mọi dữ liệu đã ghi nhận", "Waiting for every event")):
        await settle(stack)
    with steps.step(speak("Công bố và kiểm chứng", "Publishing and verifying")):
        name = campaign.plan.campaign
        verification = await prove(stack, name, await publish(stack, name))
    report = Report(stack, campaign)
    await report.print(
        acts=replay.sent,
        seconds=seconds,
        subscriptions=subscriptions,
        verification=verification,
        on=COUNT_DAY,
        last=YEAR_ENDS,
        scale=options.scale,
        stay=options.stay,
    )


def clock_for(campaign: Campaign, today: date | None = None) -> str | None:
    """Where the clock stands: None, the machine's, while the campaign runs; else at the morning of
    its first day, so that it can be tried."""
    plan = campaign.plan
    if plan.opens <= (today or datetime.now(plan.zone).date()) <= plan.closes:
        return None
    return datetime.combine(plan.opens, MORNING, plan.zone).isoformat()


def _say_ready(stack: Stack, begins: str | None) -> None:
    show = stack.steps.print
    seconds = round(stack.steps.elapsed)
    show(
        speak(
            f"\nSẵn sàng sau {number_vi(seconds)} giây.",
            f"\nReady after {seconds} s.",
        )
    )
    if begins is not None:
        show(
            speak(
                f"Hôm nay đợt thi đua không diễn ra, nên đồng hồ đứng ở {begins}; chuyển đồng hồ"
                " bằng `POST /v1/clock` (vai trò `ops`).",
                f"The campaign does not run today, so the clock stands at {begins};"
                " `POST /v1/clock` (role `ops`) moves it.",
            )
        )


async def settle(stack: Stack) -> None:
    """Wait until nothing moves: no outbox row, no lag, no dirty cluster, no pending delivery.

    Raises NotSettledError after a minute.
    """
    deadline = time.monotonic() + SETTLE_LIMIT_S
    calm = 0
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        while True:
            moving = await _moving(stack, client)
            calm = 0 if moving else calm + 1
            if calm >= 3:  # noqa: PLR2004  gauges are refreshed apart: one calm look proves little
                return
            if time.monotonic() > deadline:
                what = ", ".join(f"{name} {count:g}" for name, count in moving.items())
                raise NotSettledError(
                    speak(
                        f"Sau {SETTLE_LIMIT_S} giây hệ thống vẫn chưa xử lý xong: {what}",
                        f"still moving after {SETTLE_LIMIT_S} s: {what}",
                    )
                )
            await asyncio.sleep(0.4)


OUTBOX = "thidua_outbox_backlog"
"""0 when a service has nothing left to publish."""

GROUPS = ("scoring", "notifications")
"""Consumer groups; asked of the broker, because a gauge says nothing of a member that died."""


async def _moving(stack: Stack, client: httpx.AsyncClient) -> dict[str, float]:
    moving: dict[str, float] = {}
    for group in GROUPS:
        if lag := await group_lag(stack.broker.bootstrap, group):
            moving[f"lag of {group}"] = lag
    board = {"authorization": f"Bearer {stack.token('board')}"}

    async def ask(service: str, path: str) -> dict[str, Any]:
        answer = await client.get(stack.url(service) + path, headers=board)
        answer.raise_for_status()
        known: dict[str, Any] = answer.json()
        return known

    for one in (await ask("submissions", "/v1/campaigns"))["campaigns"]:
        if not (await ask("scoring", f"/v1/campaigns/{one['campaign']}/digest"))["up_to_date"]:
            moving[f"clusters of {one['campaign']}"] = 1
    counts = (await ask("notifications", "/v1/statistics"))["deliveries"]
    if pending := sum(channel["pending"] for channel in counts.values()):
        moving["deliveries"] = pending
    for service in SERVICES:
        for number, replica in enumerate(stack.services[service]):
            text = (await client.get(f"{replica.url}/metrics")).text
            for line in text.splitlines():
                name = line.partition("{")[0].partition(" ")[0]
                if name == OUTBOX and (value := float(line.rpartition(" ")[2])):
                    moving[f"outbox of {service}-{number}"] = value
    return moving


def _stay(stack: Stack, campaign: Campaign) -> None:
    """Say where to look, and wait for Ctrl-C; a service that dies ends the waiting."""
    show = stack.steps.print
    running = speak("Hệ thống đang chạy; nhấn Ctrl-C để dừng.", "It stays up; Ctrl-C stops it.")
    show(f"\n[bold]{running}[/]")
    show(f"  {speak('Các trang', 'Pages'):14} {stack.portal_url}")
    for service in SERVICES:
        show(f"  {service:14} {stack.url(service)}/docs")
    show(f"  {'Kafka':14} {stack.broker.bootstrap}")
    show(f"  {speak('Thư', 'Mails'):14} {stack.directory / 'mail'}")
    unit = next((one.code for one in campaign.units if one.cluster), "…")
    show(f"  make -s token ROLE=board   |   make -s token ROLE=unit UNIT={unit}")
    show("  THIDUA_ENV_FILE=.local/stack/settings.env .venv/bin/thidua campaign list")
    pause = timedelta(seconds=1).total_seconds()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        while True:
            time.sleep(pause)
            stack.supervisor.check()
    except KeyboardInterrupt:
        show("")

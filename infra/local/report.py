"""The last screen of the demo: what the system answers over its public HTTP after the year."""

import os
from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

import httpx
from rich import box
from rich.console import Console
from rich.table import Table

from infra.local.report_texts import (
    cluster_table,
    criterion_table,
    day_text,
    how_moved,
    levels_in_words,
    ms_text,
    points_text,
    spoken,
    status_text,
)
from infra.local.simulated_year.script import LATE_COMMUNE, NO_CONFERENCE
from infra.local.simulated_year.tiers import first_tier, lower_tiers
from infra.local.stack import HANOI_2020, Stack
from infra.local.topic import read_topic
from services.chassis.language import speak
from services.contracts.campaign import Campaign
from services.contracts.events import FACTS, DeadlineMissed, DeadlineMoved
from services.contracts.events.base import Fact
from services.contracts.topics import topic_of
from services.contracts.wording import count_en, day_en, day_vi, number_vi
from services.scoring.publications.verification import Verification
from services.scoring.publications.verify import report as verification_lines

F = TypeVar("F", bound=Fact)

EXPLAINED = "Q009"
"""The unit whose points are shown line by line: the first that the notice praises."""


class Report:
    """Asks the running stack and prints in the language asked for (THIDUA_LANG)."""

    def __init__(self, stack: Stack, campaign: Campaign) -> None:
        self._stack = stack
        self._campaign = campaign
        self._console: Console = stack.steps.console
        self._of_it = f"/campaigns/{campaign.plan.campaign}"
        self._board = {"authorization": f"Bearer {stack.token('board')}"}
        self._ops = {"authorization": f"Bearer {stack.token('ops')}"}

    async def print(
        self,
        *,
        acts: int,
        seconds: float,
        subscriptions: int,
        verification: Verification,
        on: date,
        last: date,
        scale: float,
        stay: bool,
    ) -> None:
        """Everything, in the order of the questions people ask. Raises httpx.HTTPError.

        `scale` is that of the year; with `stay` the stack can be asked more afterwards.
        """
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            self._client = client
            await self._statistics(on, last, scale)
            moves = await self._facts(DeadlineMoved)
            await self._stories(moves)
            await self._standings()
            self._published(verification)
            await self._explanation(EXPLAINED)
            await self._missed(moves)
            await self._deliveries(subscriptions)
            await self._performance(acts, seconds)
        self._where_next(stay=stay)

    async def _get(self, service: str, path: str, replica: int = 0, **query: str) -> dict[str, Any]:
        headers = self._ops if path == "/latency" else self._board
        url = f"{self._stack.url(service, replica)}/v1{path}"
        response = await self._client.get(url, params=query, headers=headers)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def _title(self, vi: str, en: str) -> None:
        self._console.print()
        self._console.rule(f"[bold]{speak(vi, en)}[/]", align="left")

    async def _facts(self, kind: type[F]) -> list[F]:
        """All facts of a type, from its topic."""
        events = await read_topic(self._stack.broker.bootstrap, topic_of("thidua", kind))
        return [event.data for event in events if isinstance(event.data, kind)]

    async def _statistics(self, on: date, last: date, scale: float) -> None:
        number = self._campaign.plan.document.number
        self._title(
            f"Số liệu như trong Văn bản số {number}", f"Statistics in the words of Notice {number}"
        )
        if scale < 1:
            share = number_vi(Decimal(str(scale * 100)))
            self._console.print(
                speak(
                    f"[yellow]Mô phỏng rút gọn (--scale {scale}): số bài dự thi chỉ bằng {share}%"
                    " của năm 2020, nên tỷ lệ so với năm 2019 thấp theo.[/]",
                    f"[yellow]A year in small (--scale {scale}): {scale:.0%} of the essays of 2020,"
                    " so the share of 2019 is low as well.[/]",
                )
            )
        for day in (on, last):
            answer = await self._get(
                "submissions", f"{self._of_it}/statistics", as_of=day.isoformat()
            )
            self._console.print(f"{spoken(answer['paragraph'])}\n", soft_wrap=False)

    async def _obligation(self, unit: str, option: str) -> dict[str, Any]:
        owed = (await self._get("submissions", f"{self._of_it}/obligations", unit=unit))[
            "obligations"
        ]
        found: dict[str, Any] = next(one for one in owed if option in one["last_days"])
        return found

    async def _stories(self, moves: Sequence[DeadlineMoved]) -> None:
        """What makes this year more than a count."""
        self._title("Các tình huống trong năm", "Stories of the year")
        units = self._campaign.units
        now = await self._obligation(NO_CONFERENCE, "D3")
        self._console.print(
            speak(
                f"• {units[NO_CONFERENCE].name} không tổ chức Hội nghị điển hình tiên tiến, báo cáo"
                f" bằng văn bản: {status_text(now)}.",
                f"• {units[NO_CONFERENCE].name} holds no conference and reports in writing:"
                f" {status_text(now)}.",
            )
        )
        now = await self._obligation(LATE_COMMUNE, "D1")
        self._console.print(
            f"• {units[LATE_COMMUNE].name}, “{spoken(now['title'])}”: {status_text(now)}."
        )
        moved = Counter(
            (one.obligation, one.previous_last_day, one.last_day, one.document) for one in moves
        )
        for (obligation, before, after, document), count in moved.items():
            named = self._campaign.plan.obligation(obligation).title
            title = speak(named.vi, named.en)
            self._console.print(
                speak(
                    f"• “{title}”: hạn cuối điều chỉnh từ {day_vi(before)} sang {day_vi(after)}"
                    f" theo {document} ({number_vi(count)} đơn vị).",
                    f"• “{title}”: deadline moved from {day_en(before)} to {day_en(after)} by"
                    f" {document} ({count_en(count, 'unit')}).",
                )
            )

    async def _standings(self) -> None:
        standings = await self._get("scoring", f"{self._of_it}/standings")
        ranked = first_tier(self._campaign.units)
        levels = levels_in_words(self._campaign.plan, ranked)
        self._title(f"Kết quả xếp hạng các cụm thi đua {levels.vi}", f"Standings of {levels.en}")
        self._console.print(f"[yellow]{spoken(standings['rule_set']['title'])}[/]")
        listed = {unit.cluster for unit in ranked}
        left = [each for each in standings["clusters"] if each["cluster"] not in listed]
        for cluster in standings["clusters"]:
            if cluster["cluster"] in listed:
                self._console.print(cluster_table(cluster))
        digest = (await self._get("scoring", f"{self._of_it}/digest"))["digest"][:16]
        clusters = len(standings["clusters"])
        vi = f"Mã kiểm tra [bold]{digest}…[/] của cả {clusters} cụm thi đua"
        en = f"Digest [bold]{digest}…[/] of all {clusters} clusters"
        if left:
            others = levels_in_words(self._campaign.plan, lower_tiers(self._campaign.units))
            vi += f", kể cả {number_vi(len(left))} cụm thuộc {others.vi} không liệt kê ở đây"
            en += f", the {len(left)} of {others.en} too, which are not listed here"
        self._console.print(speak(vi, en))

    def _published(self, verification: Verification) -> None:
        self._title(
            "Công bố và kiểm chứng độc lập từ dữ liệu sự kiện",
            "Published, and verified from the topics",
        )
        for line in verification_lines(verification):
            self._console.print(line, markup=False)

    async def _explanation(self, unit: str) -> None:
        points = await self._get("scoring", f"{self._of_it}/units/{unit}/points")
        total, maximum = points_text(points["total"]), points_text(points["maximum"])
        self._title(
            f"Diễn giải điểm của {self._campaign.units[unit].name_in_text}: {total} điểm",
            f"How the points of {points['name']} come out: {total}",
        )
        rank, of = points["rank"], points["units_in_cluster"]
        ranked = speak(f"xếp thứ {rank}/{of}", f"rank {rank} of {of}")
        simulated = f" · [yellow]{speak('MÔ PHỎNG', 'SIMULATED')}[/]" if points["simulated"] else ""
        self._console.print(
            f"{unit}: {total}/{maximum}, {ranked}, {spoken(points['level_title'])}{simulated}"
        )
        for group in points["groups"]:
            capped = speak(" (đã tính đến mức tối đa)", " (capped)") if group["capped"] else ""
            self._console.print(
                f"\n[bold]{group['group']}. {spoken(group['title'])}: "
                f"{points_text(group['points'])}/{points_text(group['maximum'])}[/]{capped}"
            )
            for line in group["lines"]:
                self._console.print(criterion_table(line))

    async def _missed(self, moves: Sequence[DeadlineMoved]) -> None:
        self._title("Nội dung quá hạn", "Deadlines missed")
        facts = await self._facts(DeadlineMissed)
        topic = topic_of("thidua", DeadlineMissed)
        source = speak(
            f"Đọc từ topic {topic}: {number_vi(len(facts))} dữ liệu",
            f"Read from the topic {topic}: {count_en(len(facts), 'fact')}",
        )
        self._console.print(f"[dim]{source}[/]")
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column(speak("Đơn vị", "Unit"))
        table.add_column(speak("Nội dung", "Obligation"))
        table.add_column(speak("Hạn cuối: hết ngày", "Last day in time"))
        table.add_column(speak("Tình trạng", "Status"))
        moved = {(one.unit, one.obligation, one.last_day): how_moved(one) for one in moves}
        for fact in sorted(facts, key=lambda fact: (fact.last_day, fact.unit)):
            owed = await self._get("submissions", f"{self._of_it}/obligations", unit=fact.unit)
            (now,) = [one for one in owed["obligations"] if one["obligation"] == fact.obligation]
            how = moved.get((fact.unit, fact.obligation, fact.last_day))
            table.add_row(
                f"{fact.unit} {self._campaign.units[fact.unit].name}",
                spoken(now["title"]),
                day_text(fact.last_day) + (f" ({how})" if how else ""),
                status_text(now),
            )
        self._console.print(table)

    async def _deliveries(self, subscriptions: int) -> None:
        self._title("Thông báo đã gửi", "Deliveries")
        counts = (await self._get("notifications", "/statistics"))["deliveries"]
        mails, hooks = counts["email"], counts["webhook"]
        in_catcher, received = self._stack.mail.count, len(self._stack.webhook.accepted)
        self._console.print(
            speak(
                f"{subscriptions} đăng ký nhận thông báo. Thư điện tử: đã gửi"
                f" {number_vi(mails['accepted'])}, không gửi được {number_vi(mails['failed'])},"
                f" đến hộp thư {number_vi(in_catcher)}. Webhook: đã gửi"
                f" {number_vi(hooks['accepted'])}, không gửi được {number_vi(hooks['failed'])},"
                f" nơi nhận đã nhận {number_vi(received)}.",
                f"{subscriptions} subscriptions. Mails: {mails['accepted']:,} sent,"
                f" {mails['failed']:,} failed, {in_catcher:,} in the catcher. Webhooks:"
                f" {hooks['accepted']:,} sent, {hooks['failed']:,} failed, {received:,} received.",
            )
        )
        for message in islice(self._stack.mail.messages, 1):
            example = speak("Ví dụ", "For example")
            self._console.print(f"[dim]{example}: “{message['subject']}” → {message['to']}[/]")

    async def _performance(self, acts: int, seconds: float) -> None:
        self._title("Hiệu năng", "Performance")
        latencies = [
            await self._get("scoring", "/latency", number)
            for number in range(len(self._stack.services["scoring"]))
        ]
        for number, one in enumerate(latencies):
            if not one["samples"]:
                continue
            name = f"scoring-{number}" if number else "scoring"
            figures = (
                f"p50 [bold]{ms_text(one['p50_ms'])}[/], p99 [bold]{ms_text(one['p99_ms'])}[/]"
            )
            samples = one["samples"]
            self._console.print(
                speak(
                    f"Từ khi tiếp nhận đến khi có điểm ({name}, đo trên {number_vi(samples)}"
                    f" dữ liệu): {figures}",
                    f"From acceptance to points ({name}, measured on {count_en(samples, 'fact')}):"
                    f" {figures}",
                )
            )
        memory = ", ".join(
            f"{replica.process.what.name} {replica.process.resident_bytes() / 1e6:.0f} MB"
            for replicas in self._stack.services.values()
            for replica in replicas
        )
        rate, elapsed = round(acts / seconds), round(self._stack.steps.elapsed)
        self._console.print(speak(f"Bộ nhớ sử dụng: {memory}", f"Resident memory: {memory}"))
        self._console.print(
            speak(
                f"{number_vi(acts)} thao tác qua HTTP trong {number_vi(round(seconds))} giây"
                f" ({number_vi(rate)} mỗi giây); tổng cộng {number_vi(elapsed)} giây",
                f"{acts:,} acts over HTTP in {seconds:.0f} s ({rate} a second); {elapsed} s in all",
            )
        )

    def _where_next(self, *, stay: bool) -> None:
        self._title("Xem tiếp", "Where to look next")
        files = os.path.relpath(self._stack.campaign or HANOI_2020)
        running = (
            ("make verify", "kiểm chứng kết quả công bố", "verify the publication"),
            (
                f"make what-if RULES={files}/rules.yaml",
                "thử một dự thảo bảng điểm",
                "try a draft of the table",
            ),
            (
                'curl -s -H "Authorization: Bearer $(make -s token ROLE=board)"'
                f" {self._stack.url('scoring')}/v1{self._of_it}/units/{EXPLAINED}/points",
                "điểm của một đơn vị, có diễn giải",
                "a unit's points, explained",
            ),
        )
        again = (
            (
                "make up",
                "như trên, hệ thống tiếp tục chạy: trang OpenAPI, mã truy cập",
                "the same, and it stays: OpenAPI pages, tokens",
            ),
        )
        for command, vi, en in (
            *(running if stay else again),
            ("docs/rule-sets.md", "cách viết bảng điểm", "how a table of points is written"),
            (
                "docs/events.md",
                f"{number_vi(len(FACTS))} loại sự kiện: nơi phát và nội dung",
                f"{len(FACTS)} types of event: who publishes them, what they carry",
            ),
            (
                files,
                "kế hoạch, bảng điểm minh họa, danh sách đơn vị",
                "plan, sample table and units of the year",
            ),
            ("docs/decisions/", "lý do của các quyết định thiết kế", "why it is built this way"),
        ):
            gap = "\n" + " " * 32 if len(command) > 30 else ""  # noqa: PLR2004  its column
            self._console.print(f"  [bold]{command:30}[/]{gap} {speak(vi, en)}", soft_wrap=True)

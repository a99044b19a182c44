"""The last screen of the demo: what the system answers over its public HTTP after the year."""

import os
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

import httpx
from rich import box
from rich.console import Console
from rich.table import Table

from infra.local.stack import Stack
from infra.local.topic import read_topic
from services.chassis.language import language, speak
from services.contracts.campaign import Campaign
from services.contracts.events import FACTS, DeadlineMissed
from services.contracts.topics import topic_of
from services.contracts.wording import number_vi
from services.scoring.publications.verification import Verification
from services.scoring.publications.verify import report as verification_lines

EXPLAINED = "Q009"
"""The unit whose points are shown line by line: the first that the notice praises."""
UPPER_LEVEL = "upper"
SHOWN_IN_A_CLUSTER = 30


class Report:
    """Asks the running stack and prints in the language asked for (THIDUA_LANG)."""

    def __init__(self, stack: Stack, campaign: Campaign) -> None:
        self._stack = stack
        self._campaign = campaign
        self._console: Console = stack.steps.console
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
    ) -> None:
        """Everything, in the order of the questions people ask. Raises httpx.HTTPError."""
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            self._client = client
            await self._statistics(on, last)
            await self._standings()
            self._published(verification)
            await self._explanation(EXPLAINED)
            await self._missed()
            await self._deliveries(subscriptions)
            await self._performance(acts, seconds)
        self._where_next()

    async def _get(self, service: str, path: str, replica: int = 0, **query: str) -> dict[str, Any]:
        headers = self._ops if path == "/v1/latency" else self._board
        url = f"{self._stack.url(service, replica)}{path}"
        response = await self._client.get(url, params=query, headers=headers)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def _title(self, vi: str, en: str) -> None:
        self._console.print()
        self._console.rule(f"[bold]{speak(vi, en)}[/]", align="left")

    async def _statistics(self, on: date, last: date) -> None:
        number = self._campaign.plan.document.number
        self._title(
            f"Số liệu như trong Văn bản số {number}", f"Statistics in the words of Notice {number}"
        )
        for day in (on, last):
            answer = await self._get("submissions", "/v1/statistics", as_of=day.isoformat())
            self._console.print(f"{_text(answer['paragraph'])}\n", soft_wrap=False)

    async def _standings(self) -> None:
        standings = await self._get("scoring", "/v1/standings")
        level = self._campaign.plan.level_title(UPPER_LEVEL)
        self._title(f"Kết quả xếp hạng các cụm thi đua {level.vi}", f"Standings of {level.en}")
        self._console.print(f"[yellow]{_text(standings['rule_set']['title'])}[/]")
        upper = {unit.cluster for unit in self._campaign.units if unit.level == UPPER_LEVEL}
        for cluster in standings["clusters"]:
            if cluster["cluster"] in upper:
                self._console.print(_cluster_table(cluster))
        digest = (await self._get("scoring", "/v1/digest"))["digest"][:16]
        clusters = len(standings["clusters"])
        self._console.print(
            speak(
                f"Mã kiểm tra [bold]{digest}…[/] ({clusters} cụm thi đua)",
                f"Digest [bold]{digest}…[/] ({clusters} clusters)",
            )
        )

    def _published(self, verification: Verification) -> None:
        self._title(
            "Công bố và kiểm chứng độc lập từ dữ liệu sự kiện",
            "Published, and verified from the topics",
        )
        for line in verification_lines(verification):
            self._console.print(line, markup=False)

    async def _explanation(self, unit: str) -> None:
        points = await self._get("scoring", f"/v1/units/{unit}/points")
        total, maximum = _points(points["total"]), _points(points["maximum"])
        self._title(
            f"Diễn giải điểm của {points['name']}: {total} điểm",
            f"How the points of {points['name']} come out: {total}",
        )
        rank, of = points["rank"], points["units_in_cluster"]
        ranked = speak(f"xếp thứ {rank}/{of}", f"rank {rank} of {of}")
        simulated = f" · [yellow]{speak('MÔ PHỎNG', 'SIMULATED')}[/]" if points["simulated"] else ""
        self._console.print(
            f"{unit}: {total}/{maximum}, {ranked}, {_text(points['level_title'])}{simulated}"
        )
        for group in points["groups"]:
            capped = speak(" (đã tính đến mức tối đa)", " (capped)") if group["capped"] else ""
            self._console.print(
                f"\n[bold]{group['group']}. {_text(group['title'])}: "
                f"{_points(group['points'])}/{_points(group['maximum'])}[/]{capped}"
            )
            for line in group["lines"]:
                self._console.print(_criterion_table(line))

    async def _missed(self) -> None:
        self._title("Nội dung quá hạn", "Deadlines missed")
        topic = topic_of("thidua", DeadlineMissed)
        events = await read_topic(self._stack.broker.bootstrap, topic)
        source = speak(
            f"Đọc từ topic {topic}: {len(events)} sự kiện",
            f"Read from the topic {topic}: {len(events)} events",
        )
        self._console.print(f"[dim]{source}[/]")
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column(speak("Đơn vị", "Unit"))
        table.add_column(speak("Nội dung", "Obligation"))
        table.add_column(speak("Hạn cuối: hết ngày", "Last day in time"))
        table.add_column(speak("Tình trạng", "Status"))
        facts = [event.data for event in events if isinstance(event.data, DeadlineMissed)]
        for fact in sorted(facts, key=lambda fact: (fact.last_day, fact.unit)):
            owed = await self._get("submissions", "/v1/obligations", unit=fact.unit)
            (now,) = [one for one in owed["obligations"] if one["obligation"] == fact.obligation]
            table.add_row(
                f"{fact.unit} {self._campaign.units[fact.unit].name}",
                _text(now["title"]),
                f"{fact.last_day:%d/%m/%Y}",
                _status(now),
            )
        self._console.print(table)

    async def _deliveries(self, subscriptions: int) -> None:
        self._title("Thông báo đã gửi", "Deliveries")
        counts = (await self._get("notifications", "/v1/statistics"))["deliveries"]
        mails, hooks = counts["email"], counts["webhook"]
        in_catcher, received = self._stack.mail.count, len(self._stack.webhook.accepted)
        self._console.print(
            speak(
                f"{subscriptions} đăng ký nhận thông báo. Thư điện tử: đã gửi {mails['accepted']},"
                f" không gửi được {mails['failed']}, đến hộp thư {in_catcher}. Webhook: đã gửi"
                f" {hooks['accepted']}, không gửi được {hooks['failed']},"
                f" nơi nhận đã nhận {received}.",
                f"{subscriptions} subscriptions. Mails: {mails['accepted']} sent, {mails['failed']}"
                f" failed, {in_catcher} in the catcher. Webhooks: {hooks['accepted']} sent,"
                f" {hooks['failed']} failed, {received} received.",
            )
        )
        for message in islice(self._stack.mail.messages, 1):
            example = speak("Ví dụ", "For example")
            self._console.print(f"[dim]{example}: “{message['subject']}” → {message['to']}[/]")

    async def _performance(self, acts: int, seconds: float) -> None:
        self._title("Hiệu năng", "Performance")
        latencies = [
            await self._get("scoring", "/v1/latency", number)
            for number in range(len(self._stack.services["scoring"]))
        ]
        for number, one in enumerate(latencies):
            if not one["samples"]:
                continue
            name = f"scoring-{number}" if number else "scoring"
            figures = f"p50 [bold]{one['p50_ms']:.0f} ms[/], p99 [bold]{one['p99_ms']:.0f} ms[/]"
            self._console.print(
                speak(
                    f"Từ khi tiếp nhận đến khi có điểm ({name}, {number_vi(one['samples'])} dữ liệu"
                    f" đã ghi nhận): {figures}",
                    f"From acceptance to points ({name}, {one['samples']:,} facts): {figures}",
                )
            )
        memory = ", ".join(
            f"{replica.process.what.name} {replica.process.resident_bytes() / 1e6:.0f} MB"
            for replicas in self._stack.services.values()
            for replica in replicas
        )
        rate, elapsed = f"{acts / seconds:.0f}", f"{self._stack.steps.elapsed:.0f}"
        self._console.print(speak(f"Bộ nhớ sử dụng: {memory}", f"Resident memory: {memory}"))
        self._console.print(
            speak(
                f"{number_vi(acts)} thao tác qua HTTP trong {seconds:.0f} giây ({rate} mỗi giây);"
                f" tổng cộng {elapsed} giây",
                f"{acts:,} acts over HTTP in {seconds:.0f} s ({rate} a second); {elapsed} s in all",
            )
        )

    def _where_next(self) -> None:
        self._title("Xem tiếp", "Where to look next")
        for command, vi, en in (
            (
                "make up",
                "như trên, hệ thống tiếp tục chạy: trang OpenAPI, mã truy cập",
                "the same, and it stays: OpenAPI pages, tokens",
            ),
            ("docs/rule-sets.md", "cách viết bảng điểm", "how a table of points is written"),
            (
                "docs/events.md",
                f"{len(FACTS)} loại sự kiện: nơi phát và nội dung",
                f"{len(FACTS)} types of event: who publishes them, what they carry",
            ),
            (
                os.path.relpath(self._stack.campaign),
                "kế hoạch, bảng điểm minh họa, danh sách đơn vị",
                "plan, sample table and units of the year",
            ),
            ("docs/decisions/", "lý do của các quyết định thiết kế", "why it is built this way"),
        ):
            self._console.print(f"  [bold]{command:30}[/] {speak(vi, en)}")


def _text(pair: dict[str, str]) -> str:
    """A bilingual text of an answer, in the language asked for."""
    return pair[language()]


def _points(written: str) -> str:
    """A number of an answer, with the decimal mark of the language."""
    return speak(number_vi(Decimal(written)), written)


def _status(obligation: dict[str, Any]) -> str:
    if obligation["status"] == "fulfilled":
        late = obligation["days_late"]
        return speak(f"hoàn thành, chậm {late} ngày", f"done {late} days late")
    return speak("quá hạn, chưa thực hiện", "overdue")


def _criterion_table(line: dict[str, Any]) -> Table:
    """One line of the explanation: points, then formula, legal source and facts under it."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=9, justify="right")
    table.add_column()
    count = len(line["facts"])
    facts = speak(f"{count} dữ liệu đã ghi nhận", f"{count} facts")
    if line["facts"]:
        newest = line["facts"][-1]["id"]
        facts += speak(f", gần nhất {newest}", f", newest {newest}")
    table.add_row(
        f"[bold]{_points(line['points'])}/{_points(line['maximum'])}[/]",
        f"{line['criterion']} {_text(line['title'])}",
    )
    table.add_row("", _text(line["formula"]))
    table.add_row("", f"[dim]{line['legal_source']}[/]")
    table.add_row("", f"[dim]{facts}[/]")
    return table


def _cluster_table(cluster: dict[str, Any]) -> Table:
    mark = f"  {speak('MÔ PHỎNG', 'SIMULATED')}" if cluster["simulated"] else ""
    table = Table(
        title=f"{_text(cluster['title'])}{mark}",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column(speak("Hạng", "Rank"), justify="right")
    table.add_column(speak("Đơn vị", "Unit"), min_width=44)
    table.add_column(speak("Điểm", "Points"), justify="right")
    table.add_column(speak("Mức xếp loại", "Level"))
    for unit in cluster["units"][:SHOWN_IN_A_CLUSTER]:
        table.add_row(
            str(unit["rank"]),
            f"{unit['unit']} {unit['name']}",
            _points(unit["total"]),
            _text(unit["level_title"]),
        )
    return table

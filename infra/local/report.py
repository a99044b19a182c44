"""The last screen of the demo: what the system knows after the season, asked like anyone would."""

from datetime import date
from itertools import islice
from typing import Any

import httpx
from rich import box
from rich.console import Console
from rich.table import Table

from infra.local.stack import Stack
from infra.local.topic import read_topic
from services.contracts.campaign import Campaign
from services.contracts.events import DeadlineMissed
from services.contracts.topics import topic_of
from services.scoring.publications.verification import Verdict
from services.scoring.publications.verify import told

EXPLAINED = "Q009"
"""The unit whose points are shown line by line: the first that the notice praises."""
UPPER_LEVEL = "upper"
SHOWN_IN_A_CLUSTER = 30


class Report:
    """Asks the running stack and prints, Vietnamese with English beside."""

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
        verdict: Verdict,
        on: date,
        last: date,
    ) -> None:
        """Everything, in the order of the questions people ask. Raises httpx.HTTPError."""
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            self._client = client
            await self._statistics(on, last)
            await self._standings()
            self._published(verdict)
            await self._explanation(EXPLAINED)
            await self._missed()
            await self._told(subscriptions)
            await self._machine(acts, seconds)
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
        self._console.rule(f"[bold]{vi}[/] [dim]/ {en}[/]", align="left")

    async def _statistics(self, on: date, last: date) -> None:
        self._title("Số liệu như trong văn bản 251/BTĐ-NV2", "Statistics, in the notice's words")
        for day in (on, last):
            said = await self._get("submissions", "/v1/statistics", as_of=day.isoformat())
            paragraph = said["paragraph"]
            self._console.print(f"{paragraph['vi']}", soft_wrap=False)
            self._console.print(f"[dim]{paragraph['en']}[/]\n")

    async def _standings(self) -> None:
        standings = await self._get("scoring", "/v1/standings")
        rules = standings["rule_set"]
        self._title("Xếp hạng các cụm cấp trên cơ sở", "Standings of the upper level's clusters")
        self._console.print(f"[yellow]{rules['title']['vi']}[/] [dim]/ {rules['title']['en']}[/]")
        upper = {unit.cluster for unit in self._campaign.units if unit.level == UPPER_LEVEL}
        for cluster in standings["clusters"]:
            if cluster["cluster"] in upper:
                self._console.print(_cluster_table(cluster))
        digest = await self._get("scoring", "/v1/digest")
        self._console.print(
            f"Mã kiểm / digest [bold]{digest['digest'][:16]}…[/] "
            f"({len(standings['clusters'])} cụm / clusters)"
        )

    def _published(self, verdict: Verdict) -> None:
        self._title("Công bố, và kiểm lại từ các chủ đề", "Published, and proved from the topics")
        for line in told(verdict):
            self._console.print(line, markup=False)

    async def _explanation(self, unit: str) -> None:
        points = await self._get("scoring", f"/v1/units/{unit}/points")
        simulated = " · [yellow]MÔ PHỎNG / SIMULATED[/]" if points["simulated"] else ""
        self._title(f"Vì sao {points['name']} có {points['total']} điểm", "one unit, line by line")
        self._console.print(
            f"{unit}: {points['total']}/{points['maximum']}, hạng/rank {points['rank']} "
            f"of {points['units_in_cluster']}, {points['level_title']['vi']}{simulated}"
        )
        for group in points["groups"]:
            capped = " (chạm trần / capped)" if group["capped"] else ""
            self._console.print(
                f"\n[bold]{group['group']}. {group['title']['vi']}: "
                f"{group['points']}/{group['maximum']}[/]{capped}"
            )
            for line in group["lines"]:
                self._console.print(_line_lines(line))

    async def _missed(self) -> None:
        self._title("Quá hạn", "Deadlines missed")
        topic = topic_of("thidua", DeadlineMissed)
        events = await read_topic(self._stack.broker.bootstrap, topic)
        self._console.print(
            f"[dim]Đọc từ chủ đề / read from the topic {topic}: {len(events)} sự kiện / events[/]"
        )
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for name in ("Đơn vị / unit", "Nghĩa vụ", "Ngày cuối / last good day", "Nay / now"):
            table.add_column(name)
        facts = [event.data for event in events if isinstance(event.data, DeadlineMissed)]
        for fact in sorted(facts, key=lambda fact: (fact.last_good_day, fact.unit)):
            owed = await self._get("submissions", "/v1/obligations", unit=fact.unit)
            (now,) = [one for one in owed["obligations"] if one["obligation"] == fact.obligation]
            table.add_row(
                f"{fact.unit} {self._campaign.units[fact.unit].name}",
                fact.obligation,
                f"{fact.last_good_day:%d/%m/%Y}",
                f"xong, muộn {now['days_late']} ngày / done {now['days_late']} days late"
                if now["status"] == "fulfilled"
                else f"chưa làm / {now['status']}",
            )
        self._console.print(table)

    async def _told(self, subscriptions: int) -> None:
        self._title("Ai đã được báo", "Who was told")
        counts = await self._get("notifications", "/v1/statistics")
        mails, hooks = counts["email"], counts["webhook"]
        self._console.print(
            f"{subscriptions} đăng ký / subscriptions. "
            f"Thư / mails: {mails['accepted']} gửi / sent, {mails['failed']} lỗi / failed "
            f"({self._stack.mail.count} đến hộp thư / in the catcher). "
            f"Webhook: {hooks['accepted']} gửi / sent, {hooks['failed']} lỗi / failed "
            f"({len(self._stack.webhook.accepted)} đến nơi / received)."
        )
        for message in islice(self._stack.mail.messages, 1):
            self._console.print(f"[dim]Ví dụ / e.g. “{message['subject']}” → {message['to']}[/]")

    async def _machine(self, acts: int, seconds: float) -> None:
        self._title("Máy", "The machine")
        latencies = [
            await self._get("scoring", "/v1/latency", number)
            for number in range(len(self._stack.services["scoring"]))
        ]
        for number, one in enumerate(latencies):
            name = f"scoring-{number}" if number else "scoring"
            if not one["samples"]:
                continue
            self._console.print(
                f"Từ lúc nhận đến lúc có điểm / from acceptance to points ({name}, "
                f"{one['samples']} sự kiện / facts): p50 [bold]{one['p50_ms']:.0f} ms[/], "
                f"p99 [bold]{one['p99_ms']:.0f} ms[/]"
            )
        memory = ", ".join(
            f"{replica.process.what.name} {replica.process.resident_bytes() / 1e6:.0f} MB"
            for replicas in self._stack.services.values()
            for replica in replicas
        )
        self._console.print(f"Bộ nhớ / resident memory: {memory}")
        self._console.print(
            f"{acts} việc trong {seconds:.0f} s / acts over HTTP in {seconds:.0f} s "
            f"({acts / seconds:.0f}/s); tất cả / in all {self._stack.steps.elapsed:.0f} s"
        )

    def _where_next(self) -> None:
        self._title("Xem tiếp", "Where to look next")
        for command, text in (
            (
                "make up",
                "như trên, và để chạy tiếp / the same, and it stays: OpenAPI pages, tokens",
            ),
            ("docs/rule-sets.md", "bảng điểm viết thế nào / how a table of points is written"),
            ("docs/events.md", "19 sự kiện, ai nói và nói gì / the events, who says what"),
            ("infra/campaigns/hanoi-2020/", "kế hoạch, bảng điểm mẫu, đơn vị / the year as data"),
            ("docs/decisions/", "vì sao như vậy / why it is as it is"),
        ):
            self._console.print(f"  [bold]{command:30}[/] {text}")


def _line_lines(line: dict[str, Any]) -> Table:
    """One line of the explanation: points, then formula, legal source and facts under it."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=9, justify="right")
    table.add_column()
    newest = f", mới nhất / newest {line['facts'][-1]['id']}" if line["facts"] else ""
    table.add_row(
        f"[bold]{line['points']}/{line['maximum']}[/]",
        f"{line['criterion']} {line['title']['vi']} [dim]/ {line['title']['en']}[/]",
    )
    table.add_row("", f"{line['formula']['vi']} [dim]/ {line['formula']['en']}[/]")
    table.add_row("", f"[dim]{line['legal_source']}[/]")
    table.add_row("", f"[dim]{len(line['facts'])} sự kiện / facts{newest}[/]")
    return table


def _cluster_table(cluster: dict[str, Any]) -> Table:
    mark = "  MÔ PHỎNG / SIMULATED" if cluster["simulated"] else ""
    table = Table(
        title=f"{cluster['cluster']}{mark}",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("Hạng", justify="right")
    table.add_column("Đơn vị / unit", min_width=44)
    table.add_column("Điểm / points", justify="right")
    table.add_column("Mức / level")
    for unit in cluster["units"][:SHOWN_IN_A_CLUSTER]:
        table.add_row(
            str(unit["rank"]),
            f"{unit['unit']} {unit['name']}",
            f"{unit['total']}",
            unit["level_title"]["vi"],
        )
    return table

"""How the demo's last screen writes what an answer or a fact has; pure."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from rich import box
from rich.table import Table

from services.chassis.language import language, speak
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.units import Unit
from services.contracts.events import DeadlineMoved
from services.contracts.wording import (
    Bilingual,
    count_en,
    day_en,
    day_vi,
    days_en,
    in_columns_en,
    in_columns_vi,
    number_en,
    number_vi,
)

SHOWN_IN_A_CLUSTER = 30


def spoken(pair: dict[str, str]) -> str:
    """A bilingual text of an answer, in the language asked for."""
    return pair[language()]


def levels_in_words(plan: Plan, units: Iterable[Unit]) -> Bilingual:
    """The levels of some units, as the campaign calls them."""
    titles = [plan.level_title(level) for level in dict.fromkeys(unit.level for unit in units)]
    return Bilingual(", ".join(one.vi for one in titles), ", ".join(one.en for one in titles))


def points_text(written: str) -> str:
    """A number of an answer, with the decimal mark of the language."""
    return speak(number_vi(Decimal(written)), written)


def day_text(day: date) -> str:
    """A day as the language writes it."""
    return speak(day_vi(day), day_en(day))


def ms_text(milliseconds: float) -> str:
    """A latency, in whole milliseconds."""
    whole = round(milliseconds)
    return f"{speak(number_vi(whole), number_en(whole))} ms"


def how_moved(move: DeadlineMoved) -> str:
    """From which day, and by which document."""
    before, document = move.previous_last_day, move.document
    return speak(
        f"điều chỉnh từ {day_vi(before)} theo {document}",
        f"moved from {day_en(before)} by {document}",
    )


def status_text(obligation: dict[str, Any]) -> str:
    """What became of an obligation at the year's end."""
    if obligation["status"] != "fulfilled":
        return speak("quá hạn, chưa thực hiện", "overdue")
    late = obligation["days_late"]
    if not late:
        done = day_text(date.fromisoformat(obligation["counted_day"]))
        return speak(f"hoàn thành đúng hạn, ngày {done}", f"done in time, on {done}")
    return speak(f"hoàn thành, chậm {late} ngày", f"done {days_en(late)} late")


def criterion_table(line: dict[str, Any]) -> Table:
    """One line of the explanation: points, then formula, legal source and facts under it."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=9, justify="right")
    table.add_column()
    count = len(line["facts"])
    facts = speak(f"{number_vi(count)} dữ liệu được tính", f"{count_en(count, 'fact')} counted")
    if line["facts"]:
        newest = line["facts"][-1]["id"]
        facts += speak(f", gần nhất {newest}", f", newest {newest}")
    table.add_row(
        f"[bold]{points_text(line['points'])}/{points_text(line['maximum'])}[/]",
        f"{line['criterion']} {spoken(line['title'])}",
    )
    table.add_row("", spoken(line["formula"]))
    table.add_row("", f"[dim]{line['legal_source']}[/]")
    table.add_row("", f"[dim]{facts}[/]")
    return table


def cluster_table(cluster: dict[str, Any]) -> Table:
    """Standings of one cluster."""
    mark = f"  {speak('MÔ PHỎNG', 'SIMULATED')}" if cluster["simulated"] else ""
    table = Table(
        title=f"{spoken(cluster['title'])}{mark}",
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
            speak(in_columns_vi(Decimal(unit["total"])), in_columns_en(Decimal(unit["total"]))),
            spoken(unit["level_title"]),
        )
    return table

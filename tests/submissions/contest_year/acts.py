"""What the units and the Board do in the contest year, day after day, over HTTP.

ledger.md says beside it what each act makes of what is owed. Times without a clock are noon.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.contracts.events import DeadlineMissed, Fact
from tests.submissions.replica import Replica, essay, moment

ALL = ("Q001", "Q002", "Q003", "Q016", "SNV", "STP", "STC", "TD")


@dataclass
class ContestYear:
    """The year under way: the Board's orders by document, and the works and reports sent."""

    replica: Replica

    async def on(self, text: str) -> None:
        """Go to that moment; on the way each timer fires when it is due."""
        end = moment(text)
        while (due := await self._next_due()) is not None and due <= end:
            if due > self.replica.chassis.clock.now():  # else of a day that opened again
                await self.replica.at(f"{due:%Y-%m-%d %H:%M:%S}")
            for fact in await self.replica.fire():
                self._check(fact, self.replica.chassis.clock.now())
        await self.replica.at(text)

    @staticmethod
    def _check(fact: Fact, now: datetime) -> None:
        if isinstance(fact, DeadlineMissed):
            assert fact.missed_at <= now, "missed before its day"

    async def _next_due(self) -> datetime | None:
        async with self.replica.chassis.database.transaction() as tx:
            due: datetime | None = await tx.fetchval("SELECT min(due_at) FROM timers")
        return due and due.astimezone((await self.replica.context()).zone)

    # What units send

    async def implementing(self, unit: str, number: str = "15/KH") -> None:
        signed = self.replica.chassis.clock.now().date().isoformat()
        answers = {"document": {"number": number, "date": signed}}
        body = {"unit": unit, "answers": answers}
        await self.replica.taken("/reports/implementing-document", body)

    async def summary(self, unit: str, households: int = 100) -> str:
        body = {"unit": unit, "period": "2024-H2", "answers": {"households": households}}
        return str((await self.replica.taken("/reports/half-year-summary", body))["report_id"])

    async def figure(self, period: str, *units: str, value: int = 100, **who: Any) -> None:
        for unit in units:
            body = {
                "unit": unit,
                "name": "documents-over-the-bus",
                "period": period,
                "value": str(value),
                "evidence": "Báo cáo mô phỏng",
            }
            await self.replica.taken("/figures", body, **who)

    async def essay(self, unit: str) -> str:
        return str((await self.replica.taken("/essays", essay(unit, contest="essays")))["essay_id"])

    async def press(
        self, unit: str, published_on: str, *, does_not_count_for: str | None = None
    ) -> None:
        printed = {"published_in": "Báo mô phỏng", "published_on": published_on}
        body = essay(unit, contest="press", form="press", words=None, **printed)
        taken = await self.replica.taken("/essays", body)
        not_counted = [one["obligation"] for one in taken["not_counted"]]
        assert not_counted == ([does_not_count_for] if does_not_count_for else [])

    async def conference(self, unit: str, held_on: str | None = None) -> None:
        held = {"form": "held", "held_on": held_on} if held_on else {"form": "written"}
        await self.replica.taken("/conference-reports", {"unit": unit, **held})

    async def explained(self, unit: str) -> None:
        body = {"unit": unit, "answers": {"reason": "Lý do mô phỏng"}}
        await self.replica.taken("/reports/explanation", body)

    async def results(self, unit: str) -> None:
        body = {"unit": unit, "answers": {"taking_part": 120}}
        await self.replica.taken("/reports/conference-results", body)

    async def contest(self, unit: str) -> None:
        await self.replica.taken("/contest-reports", {"unit": unit, "entries": 1, "prizes": 0})

    async def ceremony(self, unit: str, held_on: str) -> None:
        await self.replica.taken("/ceremony-reports", {"unit": unit, "held_on": held_on})

    # What the Board decides

    async def returned(self, report: str, document: str) -> None:
        body = {"document": document, "reason": "Thiếu số hộ"}
        path = f"/reports/half-year-summary/{report}/return"
        await self.replica.taken(path, body, role="board")

    async def moved(self, option: str, day: str, document: str, *units: str) -> str:
        body = {"option": option, "date": day, "included": True, **_by(document, units)}
        return str((await self._ordered("/deadline-moves", body))["move_id"])

    async def contest_moved(self, contest: str, day: str, document: str, *units: str) -> None:
        body = {"contest": contest, "date": day, "included": True, **_by(document, units)}
        await self._ordered("/deadline-moves", body)

    async def move_taken_back(self, move: str, document: str, *units: str) -> None:
        await self._ordered("/deadline-moves", {"takes_back": move, **_by(document, units)})

    async def waived(self, obligation: str, document: str, *units: str) -> str:
        body = {"obligation": obligation, **_by(document, units)}
        return str((await self._ordered("/waivers", body))["order_id"])

    async def waiver_taken_back(self, waiver: str, document: str, *units: str) -> None:
        await self._ordered("/waivers", {"takes_back": waiver, **_by(document, units)})

    async def _ordered(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The preview names the same changes as the order."""
        shown = await self.replica.taken(f"{path}?preview=true", body, role="board")
        done = await self.replica.taken(path, body, role="board")
        assert shown["changes"] == done["changes"]
        return done


def _by(document: str, units: tuple[str, ...]) -> dict[str, Any]:
    reason = {"document": document, "reason": "Lý do mô phỏng"}
    return {**reason, "scope": {"units": list(units)}} if units else dict(reason)


async def played(replica: Replica) -> None:
    """The whole year, to the day after its last one."""
    year = ContestYear(replica)
    await autumn(year)
    orders = await winter(year)
    await march(year, orders)
    await april(year)
    await year.on("2025-05-01")


async def autumn(year: ContestYear) -> None:
    """July to December: the implementing document, the first figures, the first works."""
    for day, unit in (("10", "Q001"), ("15", "SNV"), ("20", "STP"), ("28", "TD")):
        await year.on(f"2024-08-{day}")
        await year.implementing(unit)
    await year.on("2024-08-31 23:59:59")
    await year.implementing("Q002")
    await year.on("2024-09-03")
    await year.implementing("Q003")
    await year.on("2024-09-20")
    await year.essay("Q001")
    await year.on("2024-09-28")
    await year.press("TD", "2024-09-25", does_not_count_for="P1")
    await year.on("2024-09-30")
    await year.implementing("STC")
    await year.on("2024-10-01")
    await year.essay("Q002")
    await year.on("2024-10-05")
    await year.figure("2024-Q3", "Q001", "Q002", "Q003", "SNV", "STC", "TD")
    await year.on("2024-10-09")
    await year.figure("2024-Q3", "Q016", role="district", unit="HN")
    await year.on("2024-10-10")
    await year.press("TD", "2024-10-08")
    await year.on("2024-10-12")
    await year.figure("2024-Q3", "STP")
    await year.on("2024-11-11")
    await year.essay("Q003")
    await year.on("2024-11-20")
    await year.essay("Q001")
    await year.on("2024-12-01")
    await year.essay("Q016")
    await year.on("2024-12-12")
    await year.essay("Q003")
    await year.on("2024-12-20")
    await year.essay("Q002")
    await year.explained("Q016")


async def winter(year: ContestYear) -> dict[str, str]:
    """January and February: summaries that are returned, an essay that is withdrawn, waivers.
    What is decided on later, by name."""
    await year.on("2025-01-08")
    await year.figure("2024-Q4", *(unit for unit in ALL if unit != "STC"))
    await year.on("2025-01-09")
    for unit in ("Q001", "STP", "STC", "TD"):
        await year.summary(unit)
    await year.on("2025-01-10")
    sent = {unit: await year.summary(unit) for unit in ("SNV", "Q002", "Q003")}
    withdrawn = await year.essay("SNV")
    await year.explained("Q003")
    await year.on("2025-01-12")
    await year.returned(sent["SNV"], "12/CV")
    await year.on("2025-01-13")
    await year.returned(sent["Q002"], "13/CV")
    await year.returned(sent["Q003"], "13/CV")
    await year.on("2025-01-14")
    await year.summary("SNV", 120)
    await year.on("2025-01-15")
    await year.press("TD", "2025-01-14")
    await year.explained("SNV")
    await year.on("2025-01-18")
    await year.summary("Q016")
    await year.on("2025-01-20")
    await year.summary("Q002", 130)
    await year.essay("Q001")
    await year.figure("2024-Q4", "Q001", value=110)  # corrected: it stays done in time
    await year.on("2025-01-22")
    await year.explained("STP")
    await year.on("2025-02-01")
    await year.figure("2024-Q4", "STC")
    await year.on("2025-02-05")
    await year.press("Q016", "2025-02-03")
    await year.on("2025-02-11")
    await year.press("TD", "2025-02-10")
    await year.on("2025-02-12")
    await year.press("SNV", "2025-01-30")
    await year.on("2025-02-15")
    before_the_miss = await year.waived("C1", "21/CV", "SNV", "TD")
    await year.on("2025-02-20")
    body = {"reason": "Gửi nhầm"}
    await year.replica.taken(f"/essays/{withdrawn}/withdrawal", body, unit="SNV")
    await year.on("2025-02-22")
    await year.conference("Q001", "2025-02-20")
    return {"21/CV": before_the_miss}


async def march(year: ContestYear, orders: dict[str, str]) -> None:
    """Essays moved for all, for two and back for one; conferences, and waivers taken back."""
    await year.on("2025-03-02")
    await year.conference("Q002", "2025-02-28")
    await year.essay("Q002")
    await year.on("2025-03-03")
    await year.moved("E1", "2025-03-15", "31/TB")
    await year.on("2025-03-05")
    await year.conference("TD", "2025-03-03")
    await year.results("Q001")
    await year.results("Q016")
    await year.on("2025-03-08")
    await year.conference("Q003")
    await year.on("2025-03-12")
    await year.conference("Q016", "2025-03-11")
    for_two = await year.moved("E1", "2025-03-31", "35/TB", "Q003", "STP")
    await year.on("2025-03-14")
    await year.move_taken_back(for_two, "36/TB", "STP")
    await year.on("2025-03-15")
    await year.essay("SNV")
    after_the_miss = await year.waived("C1", "22/CV", "STP", "STC")
    await year.on("2025-03-18")
    await year.results("Q002")
    await year.on("2025-03-20")
    await year.essay("STP")
    await year.waiver_taken_back(orders["21/CV"], "23/CV", "TD")
    await year.on("2025-03-21")
    await year.results("TD")
    await year.on("2025-03-25")
    await year.waiver_taken_back(after_the_miss, "24/CV", "STC")
    await year.on("2025-03-28")
    await year.essay("Q003")
    await year.on("2025-03-30")
    await year.waived("M1", "25/CV", "X00379")
    too_early = {"unit": "STP", "held_on": "2025-03-28"}
    await year.replica.refused(422, "/ceremony-reports", too_early)


async def april(year: ContestYear) -> None:
    """Communes' reports, the last figures, the end of the press contest for one, ceremonies."""
    await year.on("2025-04-01")
    await year.contest("X00001")
    await year.moved("A1", "2025-04-10", "38/TB", "SNV")
    await year.waived("A1", "39/CV", "STP")
    await year.on("2025-04-03")
    await year.press("TD", "2025-04-02")
    await year.on("2025-04-08")
    await year.figure("2025-Q1", *(unit for unit in ALL if unit != "Q016"))
    await year.on("2025-04-09")
    await year.results("SNV")
    await year.contest_moved("press", "2025-04-05", "41/TB", "TD")
    await year.on("2025-04-11")
    await year.ceremony("Q001", "2025-04-10")
    await year.on("2025-04-12")
    await year.contest("X00004")
    await year.on("2025-04-15")
    await year.ceremony("SNV", "2025-04-15")
    await year.on("2025-04-22")
    await year.ceremony("Q002", "2025-04-20")
    await year.ceremony("Q003", "2025-04-21")

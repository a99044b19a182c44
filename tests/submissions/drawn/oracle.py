"""What units owe after acts and orders, computed from all of them at once: short, and apart from
the services, which keep states and change them step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Obligation = dict[str, Any]
"""As plan.yaml has it."""


@dataclass(eq=False)
class Sent:
    """What a unit sent."""

    unit: str
    by: str
    day: date
    """Of receipt."""
    form: str | None = None
    acted_on: date | None = None
    """When it was held or published."""
    contest: str = ""
    report: str = ""
    figure: tuple[str, str] | None = None
    """Its name, and the period."""
    value: int | None = None
    there: bool = True
    """Neither withdrawn nor returned."""
    gone: date | None = None
    """Of an essay: when it was withdrawn."""
    id: str = ""


@dataclass(frozen=True)
class Ordered:
    """What the Board ordered."""

    id: str
    scope: frozenset[str] | None
    about: str
    """An obligation, or a contest."""
    option: str | None = None
    last_day: date | None = None
    """None: released."""
    takes_back: str | None = None
    day: date = date.min


@dataclass(frozen=True)
class State:
    """How an obligation of a unit stands."""

    status: str
    counted_day: date | None = None
    days_late: int | None = None


@dataclass
class Oracle:
    """Of one campaign."""

    kinds: dict[str, str]
    """Kind of each unit."""
    obligations: list[Obligation]
    contest_ends: dict[str, date]
    closes: date
    today: date = date.min
    sent: list[Sent] = field(default_factory=list)
    orders: list[Ordered] = field(default_factory=list)

    def owed_by(self, unit: str) -> list[Obligation]:
        """What is asked of the unit."""
        return [
            one
            for one in self.obligations
            if self._named(unit, one) and not self._named(unit, one.get("except", {}))
        ]

    def state(self, unit: str, obligation: Obligation) -> State:
        """How it stands today."""
        on, owes = date.max, True
        if (condition := obligation.get("only_if")) and self.today > condition["on"]:
            on, owes = condition["on"], self._holds_for(unit, condition)
        released = bool(self._holding(unit, obligation["id"], release=True))
        # Nobody is released from what is not owed any more.
        if released and (owes or self._touched(unit, obligation["id"]) <= on):
            return State("waived")
        # What was done before it was decided that it is not owed stays done.
        mine = [one for one in self.sent if one.unit == unit and (owes or one.day <= on)]
        for several in range(1, len(mine) + 1):
            for option in obligation["options"]:
                counted = self._complete(unit, obligation, option, mine[:several])
                if counted is not None:
                    late = (counted - (self.last_day(unit, obligation, option) or counted)).days
                    return State("fulfilled", counted, max(0, late))
        if not owes:
            return State("not-owed")
        ends = self.reporting_ends(unit, obligation)
        return State("missed" if ends is not None and self.today > ends else "open")

    def released_and_not_owed(self, states: Mapping[tuple[str, str], State]) -> bool:
        """Whether a unit was released from what it turned out not to owe: no fact tells it, so that
        its points are those of the release though that is taken back."""
        return any(
            state.status == "not-owed"
            and any(
                order.about == obligation and order.last_day is None and self.concerns(order, unit)
                for order in self.orders
            )
            for (unit, obligation), state in states.items()
        )

    def last_days(self, unit: str, obligation: Obligation) -> dict[str, str | None]:
        """By option."""
        days = ((one["id"], self.last_day(unit, obligation, one)) for one in obligation["options"])
        return {name: day and str(day) for name, day in days}

    def last_day(self, unit: str, obligation: Obligation, option: Any) -> date | None:
        """The last day in time; None: it is not known yet."""
        due = option["due"]
        if "after" in due:
            other = next(one for one in self.obligations if one["id"] == due["after"])
            done = self.state(unit, other).counted_day
            # On a condition it is counted from the day of that at the earliest.
            asked = obligation.get("only_if", {}).get("on", date.min)
            day = done and min(max(done, asked) + timedelta(days=due["days"]), self.closes)
        else:
            day = due["date"] if due["included"] else due["date"] - timedelta(days=1)
        for order in self._holding(unit, obligation["id"]):
            if order.option == option["id"]:
                assert order.last_day is not None
                day = order.last_day
        return day

    def reporting_ends(self, unit: str, obligation: Obligation) -> date | None:
        """The last day on which it is not missed yet; None: nobody knows."""
        days = []
        for option in obligation["options"]:
            day = self.last_day(unit, obligation, option)
            if day is None:
                return None
            days.append(day + timedelta(days=option.get("reporting_grace_days", 0)))
        return max(days)

    def essay_late(self, essay: Sent) -> int:
        """How many days late it is: by its contest's end, or by what its unit owes of it, whatever
        comes last."""
        ends = self.contest_ends[essay.contest]
        for order in self._holding(essay.unit, essay.contest):
            ends = order.last_day or ends
        days = [
            self.last_day(essay.unit, obligation, option) or date.min
            for obligation in self.owed_by(essay.unit)
            for option in obligation["options"]
            if any(
                part["by"] == "essay-submitted"
                and part.get("contest", essay.contest) == essay.contest
                for part in [option, *option.get("also", [])]
            )
        ]
        day = essay.day if essay.acted_on is None else essay.acted_on
        return max(0, (day - max([ends, *days])).days)

    def concerns(self, order: Ordered, unit: str) -> bool:
        """Whether it is about the unit."""
        back = self._of_id(order.takes_back) if order.takes_back else None
        named = order.scope is None or unit in order.scope
        return named and (back is None or self.concerns(back, unit))

    def _holding(self, unit: str, about: str, *, release: bool = False) -> list[Ordered]:
        """The moves, or what releases, that hold for a unit."""
        return [
            order
            for order in self.orders
            if order.about == about
            and order.takes_back is None
            and (order.last_day is None) == release
            and self._holds(order, unit)
        ]

    def _holds(self, order: Ordered, unit: str) -> bool:
        """It concerns the unit, and nothing that holds takes it back."""
        return self.concerns(order, unit) and not any(
            self._holds(other, unit) for other in self.orders if other.takes_back == order.id
        )

    def _holds_for(self, unit: str, condition: Any) -> bool:
        """Whether the unit had sent few essays by the end of the day."""
        on = condition["on"]
        works = [
            one
            for one in self.sent
            if (one.unit, one.by) == (unit, "essay-submitted")
            and one.day <= on
            and (one.gone is None or one.gone > on)
        ]
        return len(works) < int(condition["when"]["less_than"])

    def _named(self, unit: str, audience: Any) -> bool:
        kinds, units = audience.get("kinds", []), audience.get("units", [])
        return "levels" in audience or self.kinds[unit] in kinds or unit in units

    def _touched(self, unit: str, about: str) -> date:
        """When the last order came about what releases a unit."""
        found = [one for one in self.orders if one.about == about and self.concerns(one, unit)]
        return max(one.day for one in found if not self.origin(one).last_day)

    def origin(self, order: Ordered) -> Ordered:
        """What an order takes back in the end; itself, where it takes back nothing."""
        return order if order.takes_back is None else self.origin(self._of_id(order.takes_back))

    def _of_id(self, order_id: str) -> Ordered:
        return next(order for order in self.orders if order.id == order_id)

    def _complete(
        self, unit: str, obligation: Obligation, option: Any, sent: list[Sent]
    ) -> date | None:
        due, last_day = option["due"], self.last_day(unit, obligation, option)
        until = max(due.get("late_until", date.max), last_day or date.max)
        span = due.get("from", date.min), until
        days = [
            self._part(unit, part, option["counted_by"], sent, span)
            for part in [option, *option.get("also", [])]
        ]
        return None if None in days else max(day for day in days if day is not None)

    def _part(
        self, unit: str, part: Any, counted_by: str, sent: list[Sent], span: tuple[date, date]
    ) -> date | None:
        """The day on which a part was there; what was done outside the span does not count."""
        forms = part.get("forms") or []
        acts = [
            one
            for one in sent
            if one.by == part["by"]
            and (not forms or one.form in forms)
            and part.get("contest", one.contest) == one.contest
            and part.get("report", one.report) == one.report
        ]
        if part["by"] == "figure-reported":
            since: Sent | None = None
            for act in self.sent:  # a correction that is still enough keeps the day
                if act.unit == unit and act.figure == (part["figure"], part["period"]):
                    enough = (act.value or 0) >= int(part.get("reaches", 0))
                    within = span[0] <= act.day <= span[1]
                    since = since or (act if within else None) if enough else None
            return since.day if since in acts and since else None
        by_kind = (
            one for one in part.get("targets", []) if self.kinds[unit] in one.get("kinds", [])
        )
        by_code = (one for one in part.get("targets", []) if unit in one.get("units", []))
        many = next((one["at_least"] for one in (*by_code, *by_kind)), part.get("at_least", 1))
        counted = (
            act.day if counted_by == "received" or act.acted_on is None else act.acted_on
            for act in acts
            if act.there
        )
        days = sorted(day for day in counted if span[0] <= day <= span[1])
        return days[many - 1] if len(days) >= many else None

"""What an amendment did to deadlines and ends of contests, kept among the orders of the Board."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID, uuid5

from services.chassis.storage.database import Transaction
from services.contracts.campaign.deadlines import UNKNOWN_DAY
from services.contracts.campaign.plan import Plan
from services.submissions.obligations.amended_terms import Move
from services.submissions.obligations.amendments import Notice
from services.submissions.orders.order import Order, Orders
from services.submissions.orders.queries import add_order

_AMENDED = UUID("0f1b1c86-8f0b-5f0e-9a0e-5b7d4f1d2c3a")
"""Namespace of the ids of orders that amendments make."""


class AmendmentOrders:
    """The orders of a campaign, to which an amendment adds its own."""

    def __init__(
        self, campaign: str, orders: Orders, versions: Mapping[str, int], notice: Notice
    ) -> None:
        """`orders`: of the Board until now; `versions`: of the deadlines."""
        self.orders = orders
        self._campaign = campaign
        self._known = len(orders.orders)
        """Orders that were there before."""
        self._versions = versions
        self._notice = notice

    def version(self, name: str) -> int:
        """Of an obligation's deadline, before the amendment."""
        return self._versions.get(name, 1)

    @property
    def moved(self) -> int:
        """How many days the amendment moved, of options and of contests' ends."""
        made = self.orders.orders[self._known :]
        return sum(order.last_day is not None for order in made)

    def note(self, name: str, moves: Sequence[Move]) -> None:
        """Each gives the deadline another version, for all."""
        for place, (option, was, day) in enumerate(moves, self.version(name) + 1):
            self._add(was, day, obligation=name, option=option, version=place)

    async def record(self, tx: Transaction, before: Plan, after: Plan) -> None:
        """Store what it did to deadlines, and to the ends of contests."""
        for contest in after.contests:
            former = before.contest(contest.id)
            if former is not None and former.ends.last_day != contest.ends.last_day:
                was = self.orders.contest_end(former)
                self._add(was, contest.ends.last_day, contest=contest.id)
        for order in self.orders.orders[self._known :]:
            await add_order(tx, self._campaign, order)

    def _add(
        self,
        was: date,
        day: date,
        *,
        obligation: str | None = None,
        option: str | None = None,
        contest: str | None = None,
        version: int | None = None,
    ) -> None:
        notice = self._notice
        about = option or f"contest {contest}"
        made_of = f"{self._campaign} {notice.version} {about}"
        order = Order(
            id=uuid5(_AMENDED, made_of),
            number=len(self.orders.orders) + 1,
            act="amend",
            document=notice.document,
            reason=notice.reason,
            at=notice.at,
            account=notice.account,
            obligation=obligation,
            contest=contest,
            option=option,
            previous_last_day=None if was == UNKNOWN_DAY else was,
            # The same day moves nothing, also for units that have another one.
            last_day=day if was != day else None,
            deadline_version=version,
        )
        self.orders = self.orders.and_then(order)

"""A fact can arrive before the announcement of its campaign: topics have no common order."""

import time
from collections.abc import Callable, Collection
from typing import NoReturn

from services.campaigns.follower import CampaignFollower
from services.chassis.retry import PermanentError, TransientError


class NotAnnouncedYetError(TransientError):
    """The campaign, or the unit, may be on its way: the fact is to be tried once more."""


class UnknownFacts:
    """Decides what becomes of facts whose campaign or unit is not known here."""

    def __init__(
        self, follower: CampaignFollower, wait_s: float, known: Callable[[], Collection[str]]
    ) -> None:
        """`wait_s`: how long a campaign may lie between its publisher and its topic, in seconds.
        `known`: the campaigns that there are."""
        self._follower = follower
        self._known = known
        self._wait_s = wait_s
        self._first_seen: dict[tuple[str, str], float] = {}

    def refuse_campaign(self, campaign: str) -> NoReturn:
        """Raises NotAnnouncedYetError for as long as the campaign may be on its way, then
        PermanentError: its facts become dead letters, and can be redriven when it is announced.

        A service that knows no campaign at all waits for the first one, however long that takes:
        nothing could be done meanwhile that the wait holds up, as when it is started before the
        campaign of a season that runs is announced.
        """
        if not self._known():
            raise NotAnnouncedYetError(f"no campaign has been announced here, {campaign} neither")
        if self._may_come(("campaign", campaign), self._wait_s):
            raise NotAnnouncedYetError(f"{campaign} has not been announced here")
        raise PermanentError("unknown-campaign", f"{campaign} has not been announced")

    def refuse_unit(self, campaign: str, unit: str) -> NoReturn:
        """The same for a unit that no version of its campaign has: announced before its facts, it
        is on the topic by now."""
        if self._may_come((campaign, unit), 0):
            raise NotAnnouncedYetError(f"{campaign} has no unit {unit} here")
        raise PermanentError("unknown-unit", f"{campaign} has no unit {unit}")

    def give_time(self, campaign: str, code: str) -> None:
        """Raises NotAnnouncedYetError while a later version of the campaign, which knows this code
        of another thing than a unit, may be on its way; after that it has to be done without."""
        if self._may_come((campaign, code), 0):
            raise NotAnnouncedYetError(f"{campaign} has no {code} here")

    def _may_come(self, key: tuple[str, str], wait_s: float) -> bool:
        first = self._first_seen.setdefault(key, time.monotonic())
        return not self._follower.caught_up_since(first + wait_s)

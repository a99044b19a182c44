"""Campaigns of which the topics have a version that this version of the service can't take.

Nothing is done for such a campaign, and its later versions wait: what they change is known only
after the one before. Other campaigns go on. A newer version of the service reads the topics from
their first record, and takes all of it.
"""

from collections.abc import Sequence

from services.contracts.events import CampaignFact


class SetAside:
    """By campaign, the first version that could not be taken. In memory: each start reads anew."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[int, str]] = {}

    def add(self, fact: CampaignFact, why: str) -> None:
        """A version can't be taken."""
        first, _ = self._first.get(fact.campaign, (fact.version, why))
        if fact.version <= first:
            self._first[fact.campaign] = fact.version, why

    def before(self, fact: CampaignFact) -> int | None:
        """The version that this one waits for."""
        first, _ = self._first.get(fact.campaign, (fact.version, ""))
        return first if first < fact.version else None

    def release(self, campaign: str, version: int) -> bool:
        """A version was taken; whether the campaign was set aside because of it."""
        first, _ = self._first.get(campaign, (None, ""))
        if first != version:
            return False
        del self._first[campaign]
        return True

    def why(self, campaign: str) -> str | None:
        """Why nothing can be done for a campaign; None where it is not set aside."""
        if campaign not in self._first:
            return None
        version, why = self._first[campaign]
        return f"version {version} on the topic can't be taken: {why}"

    def campaigns(self) -> Sequence[str]:
        """Those that are set aside, by id."""
        return sorted(self._first)


def first_line(error: Exception) -> str:
    """What a failure says, in a line."""
    return next(iter(str(error).splitlines()), type(error).__name__)

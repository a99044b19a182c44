"""A unit in one row of units.csv."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from services.contracts.campaign.base import CampaignModel, ClusterName, LocalDay, ShortText, Slug
from services.contracts.events.base import UnitCode

_ADMINISTRATIVE_NOUNS = (
    "Tỉnh ",
    "Thành phố ",
    "Quận ",
    "Huyện ",
    "Thị xã ",
    "Thị trấn ",
    "Phường ",
    "Xã ",
    "Đặc khu ",
)


class Unit(CampaignModel):
    """A body that owes obligations and is scored, as it was from `valid_from` to `valid_to`.

    One row of units.csv. A unit that is renamed or moved has a row for each period.
    """

    code: UnitCode
    name: ShortText
    written_in_text: ShortText | None = Field(
        default=None,
        alias="name_in_text",
        description="The name inside a sentence, where the rule does not find it: “Quận Hai Bà"
        " Trưng” keeps its capital because it is named after persons.",
    )
    kind: Slug = Field(description="What it is: department, quan, huyen, phuong, xa …")
    level: Slug = Field(description="Its rung in the plan's words: city, upper, commune …")
    parent: UnitCode | None = Field(default=None, description="The unit that it reports to.")
    cluster: ClusterName | None = Field(
        default=None, description="Units of one cluster are ranked against each other."
    )
    gso_code: Annotated[str, StringConstraints(pattern=r"^[0-9]+$")] | None = Field(
        default=None, description="Code of the General Statistics Office, zeros in front included."
    )
    valid_from: LocalDay | None = Field(
        default=None, description="First day of the row; empty: always was so."
    )
    valid_to: LocalDay | None = Field(
        default=None,
        description="First day on which the row no longer holds (exclusive); empty: no end.",
    )
    successor: UnitCode | None = Field(
        default=None,
        description="Who takes over, from the day on which it is no more, what it did and owes.",
    )

    @property
    def name_in_text(self) -> str:
        """The name inside a sentence: “quận Thanh Xuân”; at its start it is `name`.

        The common noun of an administrative unit is small, but for names made of numbers
        ("Quận 1") and of persons and events, which the units file names (Decree 30/2020/NĐ-CP,
        appendix II).
        """
        if self.written_in_text is not None:
            return self.written_in_text
        for noun in _ADMINISTRATIVE_NOUNS:
            proper = self.name.removeprefix(noun)
            if proper != self.name and not proper[:1].isdigit():
                return noun[0].lower() + self.name[1:]
        return self.name

    @property
    def begins(self) -> date:
        """The first day of the row; `date.min` where it always was so."""
        return self.valid_from or date.min

    @property
    def ends(self) -> date:
        """The first day on which the row no longer holds; `date.max` where it has no end."""
        return self.valid_to or date.max

    def exists_on(self, day: date) -> bool:
        """Whether the row holds on that local day."""
        return self.begins <= day < self.ends

"""Who scores a criterion beside the stages: a named unit, or a panel, and what their marks make.

Source: in most tables of a city a department marks its own field for every district (health,
education, administrative reform), or several mark it together, and the city sums.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal

from pydantic import Field, PositiveInt

from services.contracts.campaign.base import CampaignModel, Points
from services.contracts.events.base import UnitCode
from services.contracts.rules.criteria.base import CriterionFault
from services.contracts.wording import plain

Marks = Literal["mean", "trimmed-mean", "sum", "shares"]
"""What several marks make."""

ScoredToo = Literal["never", "by-others", "by-all"]
"""What a scorer gets that the criterion itself is for."""

FEWEST_TRIMMED = 3
"""Without the lowest and the highest of fewer nothing is left."""


class Scorers(CampaignModel):
    """One unit, or several, that each give a mark."""

    unit: UnitCode | None = Field(default=None, description="The only scorer.")
    units: tuple[UnitCode, ...] | None = Field(default=None, description="A panel.")
    marks: Marks = Field(
        default="mean",
        description="What the panel's marks make: their mean; the mean without the lowest and the"
        " highest (trimmed-mean); their sum; each times its share (shares).",
    )
    at_least: PositiveInt | None = Field(
        default=None,
        description="How many of the panel must have entered a mark before it counts; absent: all.",
    )
    maxima: dict[UnitCode, Points] | None = Field(
        default=None, description="Of a sum: the most that each may give."
    )
    shares: dict[UnitCode, Points] | None = Field(
        default=None, description="Of shares: the part that each mark is worth, together 1."
    )
    scored_too: ScoredToo = Field(
        default="never",
        description="Where a scorer gets the criterion itself: never, it may not; by-others, it is"
        " scored by the others only; by-all, by itself too.",
    )

    @property
    def codes(self) -> tuple[str, ...]:
        """The scorers, in the order of the file."""
        return (self.unit,) if self.unit is not None else self.units or ()

    @property
    def needed(self) -> int:
        """How many must have entered a mark."""
        return self.at_least or len(self.codes)

    @property
    def named_by(self) -> Literal["units", "unit"]:
        """The key that names the scorers."""
        return "unit" if self.unit is not None else "units"

    def place_of(self, at: int) -> tuple[str | int, ...]:
        """Where in the file the scorer with that number stands."""
        return ("unit",) if self.unit is not None else ("units", at)

    def most_of(self, scorer: str, maximum: Decimal) -> Decimal:
        """The most that one scorer may give for a criterion of that maximum."""
        return maximum if self.marks != "sum" else (self.maxima or {}).get(scorer, maximum)

    def faults(self, minimum: Decimal, maximum: Decimal) -> Iterator[CriterionFault]:
        """What is wrong with it, looked at alone."""
        yield from self._of_the_panel()
        yield from self._of_their_number()
        yield from self._of_the_marks("maxima", "sum", self.maxima, maximum)
        yield from self._of_the_marks("shares", "shares", self.shares, Decimal(1))
        if self.marks == "sum" and minimum != 0:
            yield CriterionFault(
                ("marks",),
                f"cộng điểm (sum) thì mỗi đơn vị chấm từ 0; bỏ minimum {plain(minimum)}",
                f"a sum's scorers each start from 0; remove the minimum {plain(minimum)}",
            )

    def _of_the_panel(self) -> Iterator[CriterionFault]:
        if self.unit is not None and self.units is not None:
            yield CriterionFault(
                ("units",),
                "chỉ ghi một trong hai: unit (một đơn vị chấm) hoặc units (nhiều đơn vị); bỏ một",
                "name one scorer (unit) or several (units), not both; remove one",
            )
        elif not self.codes:
            yield CriterionFault(
                ("units",) if self.units is not None else (),
                "chưa có đơn vị nào chấm; ghi unit: MÃ, hoặc units: [MÃ, MÃ]",
                "nobody scores it; write unit: CODE, or units: [CODE, CODE]",
            )
        for at, code in enumerate(self.codes):
            if code in self.codes[:at]:
                yield CriterionFault(
                    ("units", at), f"{code} ghi hai lần; bỏ một", f"{code} comes twice; remove one"
                )

    def _of_their_number(self) -> Iterator[CriterionFault]:
        count = len(set(self.codes))
        if not count:
            return
        if self.needed > count:
            yield CriterionFault(
                ("at_least",),
                f"cần ít nhất {self.needed} điểm mà chỉ có {count} đơn vị chấm: không bao giờ đủ; "
                "hạ xuống, hoặc thêm đơn vị",
                f"at least {self.needed} marks of {count} scorers are never there; lower it, or "
                "name more",
            )
        elif self.marks == "trimmed-mean" and self.needed < FEWEST_TRIMMED:
            yield CriterionFault(
                ("at_least",) if self.at_least is not None else (self.named_by,),
                f"bỏ điểm cao nhất và thấp nhất thì cần ít nhất {FEWEST_TRIMMED} điểm, ở đây "
                f"{self.needed}; nâng lên, hoặc dùng marks: mean",
                f"without the highest and the lowest at least {FEWEST_TRIMMED} marks are needed, "
                f"here {self.needed}; raise it, or use marks: mean",
            )
        elif self.marks in ("sum", "shares") and self.needed < count:
            yield CriterionFault(
                ("at_least",),
                f"với marks: {self.marks}, thiếu một điểm là sai tổng: cần đủ cả {count}; bỏ "
                "at_least",
                f"with marks: {self.marks} all {count} marks are needed, or the result is too low; "
                "remove at_least",
            )

    def _of_the_marks(
        self, key: str, marks: Marks, given: Mapping[str, Decimal] | None, together: Decimal
    ) -> Iterator[CriterionFault]:
        """`maxima` of a sum, `shares` of shares: each scorer has one, and they make the whole."""
        if self.marks != marks:
            if given is not None:
                yield CriterionFault(
                    (key,),
                    f"chỉ dùng với marks: {marks}; bỏ, hoặc ghi marks: {marks}",
                    f"only for marks: {marks}; remove it, or write marks: {marks}",
                )
            return
        given = given or {}
        place = (key,) if given else ("marks",)
        without = [code for code in dict.fromkeys(self.codes) if code not in given]
        if without:
            named = ", ".join(without)
            yield CriterionFault(
                place,
                f"marks: {marks} cần {key} cho từng đơn vị; còn thiếu: {named}",
                f"marks: {marks} needs {key} of every scorer; missing: {named}",
            )
        for code, value in given.items():
            if code not in self.codes:
                yield CriterionFault(
                    (key, code),
                    f"{code} không có trong danh sách đơn vị chấm; bỏ, hoặc thêm vào units",
                    f"{code} is none of the scorers; remove it, or add it to units",
                )
            if value <= 0:
                yield CriterionFault((key, code), "phải lớn hơn 0", "must be more than 0")
        total = sum(given.values(), Decimal(0))
        if given and not without and total != together:
            yield CriterionFault(
                (key,),
                f"cộng lại là {plain(total)}, phải là {plain(together)}",
                f"they add up to {plain(total)} and must make {plain(together)}",
            )

"""What became of a unit that is no more: how every service answers about its code, and refuses what
is sent under it.

Facts, rows and routes keep the code of a unit for ever, so an old code stays readable; who took
over is asked of the tree of the day (`services.contracts.campaign.units`).
"""

from datetime import date

from pydantic import BaseModel, Field

from services.chassis.problems import Problem, Refusal
from services.contracts.campaign.units import UnitTree
from services.contracts.wording import Bilingual, day_en, day_vi

UNIT_ENDED = Problem(
    "unit-ended",
    410,
    "Đơn vị đã kết thúc hoạt động",
    "The unit is no more",
    "The answer says since when, and which unit took over: ask, or send, with that unit's code.",
)


class SuccessorOut(BaseModel):
    """The unit that holds today what another one left."""

    code: str = Field(examples=["X3"])
    name: str = Field(examples=["Xã Ba"])


class EndedOut(BaseModel):
    """What became of a unit that is no more."""

    unit: str = Field(examples=["X1"])
    name: str = Field(examples=["Xã Một"], description="Its last name.")
    day: date = Field(description="The first local day on which it was no more.")
    successor: SuccessorOut | None = Field(
        description="Who holds today what it did and owed; null: nobody took over."
    )

    @property
    def sentence(self) -> Bilingual:
        """The same in words."""
        vi = f"{self.name} đã kết thúc hoạt động từ ngày {day_vi(self.day)} (sáp nhập, sắp xếp lại)"
        en = f"{self.name} no longer exists since {day_en(self.day)}"
        if self.successor is None:
            return Bilingual(
                f"{vi}; không có đơn vị tiếp nhận.", f"{en}, and no unit took over from it."
            )
        taker = f"{self.successor.name} ({self.successor.code})"
        return Bilingual(f"{vi}. Đơn vị tiếp nhận: {taker}.", f"{en}: {taker} took over from it.")


def ended_out(units: UnitTree, code: str, day: date) -> EndedOut | None:
    """What became of the unit by that local day; None where it exists, is yet to begin, or is
    unknown."""
    ended = units.ended(code, day)
    if ended is None:
        return None
    holder = units.holder(code, day)
    taker = SuccessorOut(code=holder.code, name=holder.name) if holder else None
    return EndedOut(unit=code, name=ended.unit.name, day=ended.day, successor=taker)


def refuse_ended(units: UnitTree, code: str, day: date) -> None:
    """Raises Refusal (410) for a unit that is no more on that local day."""
    if (ended := ended_out(units, code, day)) is not None:
        words = ended.sentence
        raise Refusal(UNIT_ENDED, detail=(words.vi, words.en))

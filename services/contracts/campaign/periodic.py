"""Obligations that come back each month, quarter or half-year, and what they are in each period.

The file says one of them; read, it is one obligation for each period, `R1-2026-Q1` and so on, as if
each had been written out. So nothing that units do, are told or are scored by knows of periods.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    GetPydanticSchema,
    Tag,
    ValidationInfo,
    model_validator,
)

from services.contracts.campaign.asked_acts import (
    ESSAY_SUBMITTED,
    FIGURE_REPORTED,
    PROPOSED,
    AskedAct,
)
from services.contracts.campaign.base import CampaignModel, at_most, fault
from services.contracts.campaign.deadlines import Span
from services.contracts.campaign.figure_catalogue import Periods, PeriodWord
from services.contracts.campaign.obligation_plan import (
    ObligationPlan,
    ObligationTerms,
    Option,
    OptionTerms,
)
from services.contracts.campaign.periods import (
    PERIOD_KINDS,
    days_of,
    is_period,
    periods_of,
)
from services.contracts.campaign.report_kinds import REPORT_SUBMITTED
from services.contracts.wording import title_in

MOST_OBLIGATIONS: Final = 500
"""In a file, and in all periods together."""
BY_PERIOD: Final = (REPORT_SUBMITTED, FIGURE_REPORTED)
"""Events that say for which period they are."""
BY_DAY: Final = (ESSAY_SUBMITTED, PROPOSED)
"""Events that are of the period in which they happen."""
LONGEST_ID: Final = 8
"""Characters: with `-2026-Q1` behind it an id has the 16 that ids of obligations may have."""

_DAYS_IN_EACH_PERIOD: Final = ("days_after_end", "day", "own_days")


class DueEachPeriod(CampaignModel):
    """Until when it is due in each period: by one rule, by a day for each period, or by both."""

    days_after_end: int | None = Field(
        default=None,
        ge=0,
        le=366,
        description="The last day in time, counted from the last day of the period; 0: that day.",
    )
    day: int | None = Field(
        default=None, ge=1, le=31, description="A day of the period's last month, or of the next."
    )
    month: Literal["last", "next"] | None = Field(
        default=None, description="With day: of which month; absent: the last of the period."
    )
    included: bool | None = Field(
        default=None, description="With day: whether that day itself is still in time."
    )
    own_days: dict[PeriodWord, Span] = Field(
        default={}, description="Periods that have a day of their own, each with its deadline."
    )

    @model_validator(mode="before")
    @classmethod
    def _no_single_day(cls, value: Any) -> Any:
        if isinstance(value, dict) and "date" in value:
            fault(
                "một ngày cho mọi kỳ; với every thì ghi days_after_end, day hoặc own_days",
                "one day for all periods: with every say days_after_end, day or own_days",
            )
        return value

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if self.days_after_end is not None and self.day is not None:
            fault(
                "ghi days_after_end hoặc day, không ghi cả hai",
                "say days_after_end or day, not both",
            )
        if self.days_after_end is None and self.day is None and not self.own_days:
            fault(
                "chưa ghi thời hạn của từng kỳ; ghi days_after_end, day hoặc own_days",
                "says no day: say days_after_end, day or own_days",
            )
        if self.day is None and (self.month is not None or self.included is not None):
            fault("month và included chỉ dùng với day", "month and included go with day")
        if self.day is not None and self.included is None:
            fault(
                "thiếu included: ngày đó còn tính là đúng hạn (true) hay phải trước ngày đó"
                " (false)?",
                "included is missing: is that day still in time (true), or only before it (false)?",
            )
        return self

    def deadline_in(self, period: str) -> Span | None:
        """The deadline of that period; None: it has none, or its month no such day."""
        if period in self.own_days:
            return self.own_days[period]
        _, end = days_of(period)
        end += timedelta(days=1 if self.month == "next" else self.days_after_end or 0)
        if self.days_after_end is not None:
            return Span(date=end, included=True)
        if self.day is None or self.included is None:
            return None
        if self.day > monthrange(end.year, end.month)[1]:
            return None
        return Span(date=end.replace(day=self.day), included=self.included)


class PeriodicOption(OptionTerms):
    """One of the things a unit may do to fulfil it in each period."""

    due: DueEachPeriod

    def in_period(self, period: str, due: Span, opens: date, closes: date) -> Option:
        """What it is in a period, with its deadline there.

        An act that is of no period, as an essay, counts for the one in which it was done.
        """
        if any(part.by not in BY_PERIOD for part in self.parts):
            first, last = days_of(period)
            due = due.model_copy(
                update={
                    "from_": due.from_ or max(first, opens),
                    "late_until": due.late_until or max(min(last, closes), due.last_day),
                }
            )
        return Option.model_construct(
            **_fields(self, OptionTerms)
            | {
                "id": f"{self.id}-{period}",
                "period": period if self.by in BY_PERIOD else None,
                "also": tuple(_of_part(part, period) for part in self.also),
                "due": due,
            }
        )


class PeriodicObligation(ObligationTerms):
    """One thing that units owe in each period, by one of several options."""

    every: Annotated[Periods, Field(min_length=1)] = Field(
        description="In which periods: all of a kind (year, half-year, quarter, month) that end"
        " while the campaign runs and have half of their days in it, and single ones like 2026-Q1."
    )
    options: Annotated[tuple[PeriodicOption, ...], Field(min_length=1), at_most(50)]

    @model_validator(mode="after")
    def _short_ids(self) -> Self:
        for name in (self.id, *(option.id for option in self.options)):
            if len(name) > LONGEST_ID:
                fault(
                    f"mã {name} dài quá {LONGEST_ID} ký tự; với every mỗi kỳ có mã riêng, ví dụ"
                    f" {name[:2]}-2026-Q1",
                    f"the id {name} has more than {LONGEST_ID} characters; with every each period"
                    f" has its own, like {name[:2]}-2026-Q1",
                )
        return self

    @model_validator(mode="after")
    def _known_periods(self) -> Self:
        named = (*self.every, *(word for option in self.options for word in option.due.own_days))
        for word in named:
            if word not in PERIOD_KINDS and not is_period(word):
                fault(
                    f"“{word}” không phải một kỳ; ghi như 2026-06, 2026-Q1, 2026-H1 hoặc 2026",
                    f"“{word}” is no period; write it like 2026-06, 2026-Q1, 2026-H1 or 2026",
                )
        return self

    def periods(self, opens: date, closes: date) -> tuple[str, ...]:
        """The periods in which it is owed, in the file's order; no more than a plan may have."""
        found: dict[str, None] = {}
        for word in self.every:
            kind = next((known for known in PERIOD_KINDS if known == word), None)
            each = (word,) if kind is None else periods_of(kind, opens, closes)
            found |= dict.fromkeys(islice(each, MOST_OBLIGATIONS + 1))
        return tuple(found)

    def in_period(self, period: str, opens: date, closes: date) -> ObligationPlan | None:
        """What it is in a period; None where an option has no day in it."""
        options = []
        for option in self.options:
            due = option.due.deadline_in(period)
            if due is None:
                return None
            options.append(option.in_period(period, due, opens, closes))
        return ObligationPlan.model_construct(
            **_fields(self, ObligationTerms)
            | {
                "id": f"{self.id}-{period}",
                "title": title_in(self.title, period),
                "only_if": None,  # refused by the check: it has one day, and these are many
                "options": tuple(options),
            }
        )


def _of_part(part: AskedAct, period: str) -> AskedAct:
    return part.model_copy(update={"period": period}) if part.by in BY_PERIOD else part


def _fields(model: CampaignModel, of: type[CampaignModel]) -> dict[str, Any]:
    return {name: getattr(model, name) for name in of.model_fields}


def _which(value: Any) -> str:
    """The model of an obligation in a file, by its key `every`."""
    if isinstance(value, dict):
        periodic = "every" in value
    else:
        periodic = isinstance(value, PeriodicObligation)
    return (PeriodicObligation if periodic else ObligationPlan).__name__


WrittenObligation = Annotated[
    Annotated[ObligationPlan, Tag(ObligationPlan.__name__)]
    | Annotated[PeriodicObligation, Tag(PeriodicObligation.__name__)],
    Discriminator(_which),
]
"""An obligation as a file has it: once, or in each of its periods."""

WrittenObligations = Annotated[
    tuple[WrittenObligation, ...], Field(min_length=1), at_most(MOST_OBLIGATIONS)
]
"""All that a file asks."""


def is_of_period(obligation_id: str) -> bool:
    """Whether it is the id of one of the periods of something that comes back."""
    name, _, last = obligation_id.rpartition("-")
    return is_period(last) or is_period(f"{name.rpartition('-')[2]}-{last}")


def instances(
    written: tuple[WrittenObligation, ...], opens: date, closes: date
) -> Iterator[tuple[int, ObligationPlan]]:
    """What units owe, each with the place of what the file says of it.

    Where a period has no day for it (a fault of the check) that period is left out.
    """
    for at, obligation in enumerate(written):
        if isinstance(obligation, ObligationPlan):
            yield at, obligation
            continue
        for period in obligation.periods(opens, closes):
            if (found := obligation.in_period(period, opens, closes)) is not None:
                yield at, found


def _written_out(
    written: tuple[WrittenObligation, ...], info: ValidationInfo
) -> tuple[ObligationPlan, ...]:
    opens, closes = info.data.get("opens"), info.data.get("closes")
    if opens is None or closes is None:
        return ()  # there are faults
    found = tuple(
        obligation
        for _, obligation in islice(instances(written, opens, closes), MOST_OBLIGATIONS + 1)
    )
    if len(found) > MOST_OBLIGATIONS:
        fault(
            f"các kỳ của every cộng lại nhiều hơn {MOST_OBLIGATIONS} nội dung; ghi ít kỳ hơn",
            f"in all their periods they are more than {MOST_OBLIGATIONS} obligations: name fewer"
            " periods",
        )
    return found


ObligationPlans = Annotated[
    tuple[ObligationPlan, ...],
    GetPydanticSchema(lambda _, handler: handler(WrittenObligations)),
    AfterValidator(_written_out),
]
"""All that a plan asks, of a model that has `opens` and `closes` before it: read as a file has it,
and written out for each period."""

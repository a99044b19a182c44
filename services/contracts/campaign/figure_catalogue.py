"""The catalogue of figures: which numbers units report, for which periods, and by whom.

A plan that was announced before there was a catalogue named a figure by its title alone. It is read
with the meaning that it had: any figure, any period, any number, reported as `_AS_BEFORE` says.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from services.contracts.campaign.audience import Audience
from services.contracts.campaign.base import CampaignModel, Points, fault
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.periods import PERIOD_KINDS, periods_within
from services.contracts.wording import Bilingual, plain

FigureKind = Literal["whole", "decimal"]
ReporterWord = Literal["unit", "above", "board"]
REPORTERS: Final[tuple[ReporterWord, ...]] = ("unit", "above", "board")

_AS_BEFORE: Final[tuple[str, ...]] = REPORTERS
_PERIOD_PATTERN: Final = r"^[A-Za-z0-9-]+$"


def _period_words(value: object) -> object:
    """A list of texts; one word is a list of one, and YAML reads `2020` as a number."""
    items = value if isinstance(value, list | tuple) else [value]
    return [str(item) if type(item) is int else item for item in items]


def _known_period(word: object) -> object:
    if isinstance(word, str) and not word[:1].isdecimal() and word not in PERIOD_KINDS:
        vi, en = did_you_mean(word, PERIOD_KINDS)
        fault(
            f"“{word}” không phải loại kỳ; {vi}; hoặc ghi kỳ như 2020-H1",
            f"“{word}” is no kind of period; {en}; or write a period like 2020-H1",
        )
    return word


def _known_reporter(word: object) -> object:
    if isinstance(word, str) and word == word.lower() and word not in REPORTERS:
        vi, en = did_you_mean(word, REPORTERS)
        fault(
            f"“{word}” không phải người báo cáo; {vi}; hoặc ghi mã đơn vị",
            f"“{word}” is no reporter; {en}; or write the code of a unit",
        )
    return word


PeriodWord = Annotated[
    str,
    StringConstraints(pattern=_PERIOD_PATTERN, max_length=32),
    BeforeValidator(_known_period),
]
"""A kind of period, or one period as the campaign writes it."""

Reporter = Annotated[
    str,
    StringConstraints(pattern=r"^(unit|above|board|[A-Z0-9.]{1,32})$"),
    BeforeValidator(_known_reporter),
]
"""`unit`: the unit itself; `above`: the units above it; `board`; else the code of a unit."""

Periods = Annotated[
    tuple[PeriodWord, ...],
    BeforeValidator(_period_words),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "enum": list(PERIOD_KINDS)},
                {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": ["string", "integer"], "pattern": _PERIOD_PATTERN},
                },
            ]
        }
    ),
]


class FigurePlan(CampaignModel):
    """One figure that units report."""

    title: Bilingual
    kind: FigureKind = Field(
        default="decimal", description="Whole numbers only, or numbers with decimals too."
    )
    min: Points | None = Field(default=None, description="The lowest value that is taken.")
    max: Points | None = Field(default=None, description="The highest value that is taken.")
    periods: Periods = Field(
        min_length=1,
        description="Kinds of periods (year, half-year, quarter, month: all that have a day of the"
        " campaign), and single ones like 2020-H1.",
    )
    applies_to: Audience | None = Field(
        default=None, description="Of which units it is reported; absent: of any."
    )
    reported_by: tuple[Reporter, ...] = Field(
        default=("board",),
        min_length=1,
        description="Who may report it: unit (itself), above (units above it), board, or the code"
        " of a unit that reports it for all; absent: the Board alone.",
    )

    @model_validator(mode="after")
    def _range(self) -> Self:
        low, high = self.min, self.max
        if low is not None and high is not None and low > high:
            fault(
                f"min ({plain(low)}) lớn hơn max ({plain(high)}); sửa một trong hai",
                f"min ({plain(low)}) is above max ({plain(high)}): correct one of them",
            )
        if self.kind == "whole":
            for name, bound in (("min", low), ("max", high)):
                if bound is not None and not is_whole(bound):
                    fault(
                        f"kind là whole nên {name} phải là số nguyên, không phải {plain(bound)}",
                        f"kind is whole, so {name} is a whole number and not {plain(bound)}",
                    )
        return self

    def known_periods(self, opens: date, closes: date) -> tuple[str, ...] | None:
        """Every period that it is taken for, in the plan's order; None: any."""
        return known_periods(self.periods, opens, closes) if self.periods else None

    def reporting_units(self) -> tuple[str, ...]:
        """The codes of units that report it for all."""
        return tuple(word for word in self.reported_by if word not in REPORTERS)


class TitledFigure(FigurePlan):
    """A figure of a plan from before the catalogue: a title, and no word on anything else."""

    periods: Periods = ()
    reported_by: tuple[Reporter, ...] = _AS_BEFORE


def known_periods(words: Iterable[str], opens: date, closes: date) -> tuple[str, ...]:
    """The periods that these words mean, kinds and single ones, in their order, each once."""
    found: dict[str, None] = {}
    for word in words:
        kind = next((known for known in PERIOD_KINDS if known == word), None)
        found |= dict.fromkeys((word,) if kind is None else periods_within(kind, opens, closes))
    return tuple(found)


def takes_any(figures: Mapping[str, FigurePlan], *, given: bool) -> bool:
    """Whether a figure that the plan has not is taken all the same, as before the catalogue.

    So it is where the plan has no `figures` (`given`), or titles alone.
    """
    if not figures:
        return not given
    return all(isinstance(figure, TitledFigure) for figure in figures.values())


def is_whole(value: Decimal) -> bool:
    """Whether a number has no decimals; `3.0` has none."""
    return value == value.to_integral_value()


def _old_spelling(value: Any) -> Any:
    if not isinstance(value, dict) or not value or not value.keys() <= {"vi", "en"}:
        return value
    try:
        return TitledFigure(title=_TITLE.validate_python(value))
    except ValidationError:
        # What is wrong with the title is found at its place; the rest is not asked for.
        return {"title": value, "periods": ["year"]}


_TITLE: Final[TypeAdapter[Bilingual]] = TypeAdapter(Bilingual)

CataloguedFigure = Annotated[FigurePlan, BeforeValidator(_old_spelling)]
"""A figure as a plan has it: declared, or in the old spelling `{vi, en}`."""

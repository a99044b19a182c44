"""What every fact has in common: the types of its fields, its base class, its fact sheet.

A fact is published once it is durable and never changed. Readers ignore fields they don't know, so
that a consumer of last year's schema reads this year's events; a field, once released, is never
removed, renamed or made mandatory later (tests/contracts holds that).
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, cast
from uuid import UUID

from msgspec import to_builtins
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from services.contracts.reading import DECIMAL, read_decimal

TYPE_PREFIX = "vn.gov.hanoi.thidua."
SCHEMA_BASE = "https://thidua.hanoi.gov.vn/schemas/"
"""Names schemas (CloudEvents `dataschema`, JSON Schema `$id`); nothing is fetched from there."""


def nfc(text: str) -> str:
    """Unicode NFC: "Hội" typed on a Mac and on Windows must be the same name."""
    return unicodedata.normalize("NFC", text)


def _shortened_by_nfc(limit: int) -> AfterValidator:
    """Normalise first, then measure: the limit counts letters as they are stored."""

    def check(text: str) -> str:
        text = nfc(text)
        if len(text) > limit:
            raise PydanticKnownError("string_too_long", {"max_length": limit})
        return text

    return AfterValidator(check)


def exact(value: object) -> Decimal:
    """The decimal that a string, a whole number or a Decimal says, at most 14 + 6 digits.

    Raises ValueError for everything else: binary floats, exponents, NaN, more digits.
    """
    try:
        if isinstance(value, str):
            return read_decimal(value)
        if isinstance(value, Decimal):
            read_decimal(format(value, "f"))
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return read_decimal(str(value))
    except ValueError:
        pass
    msg = (
        'write a decimal string like "7.5", at most 14 digits before the point and 6 after it:'
        " never a binary float"
    )
    raise PydanticCustomError("exact_decimal", msg)  # a type, so that HTTP says it in Vietnamese


def _id(value: object) -> str:
    # str(UUID) is slow Python; msgspec does it in a quarter of the time, for every event
    return cast(str, to_builtins(value)) if isinstance(value, UUID) else str(value)


CampaignId = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$"),
    Field(description="The campaign: one year's plan.", examples=["hanoi-2020"]),
]
"""Slug of one year's plan."""

UnitCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z0-9.]{1,32}$"),
    Field(
        description="Code of the unit in the campaign's unit tree; leading zeros are part of it.",
        examples=["Q009", "X00004"],
    ),
]
"""Code of a unit in the campaign's unit tree; a string, leading zeros are part of it."""

ObligationId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{0,15}$"),
    Field(description="Id of the obligation in the plan.", examples=["D2"]),
]
_NO_NUL = r"^[^\x00]*$"  # PostgreSQL can't store it, and no name has one
_FILLED = StringConstraints(min_length=1, pattern=_NO_NUL)
# As the models read it: one letter at least is no blank, since blanks at the ends are stripped.
_FILLED_SCHEMA = {"type": "string", "pattern": r"^[^\x00]*[^\x00\s][^\x00]*$"}
Label = Annotated[
    str,
    _FILLED,
    _shortened_by_nfc(120),
    WithJsonSchema({**_FILLED_SCHEMA, "maxLength": 120}),
]
"""An id or a name of something in a plan or a rule set, NFC."""
Text = Annotated[
    str,
    _FILLED,
    _shortened_by_nfc(500),
    WithJsonSchema({**_FILLED_SCHEMA, "maxLength": 500}),
]
"""A short text, NFC."""
LongText = Annotated[
    str,
    _FILLED,
    _shortened_by_nfc(4000),
    WithJsonSchema({**_FILLED_SCHEMA, "maxLength": 4000}),
]
Version = Annotated[
    int,
    Field(
        ge=1,
        le=2**31 - 1,
        description="Grows with each fact about the same thing; the highest version wins.",
    ),
]
"""Grows with each fact about one aggregate; of two facts of one type the higher version wins."""

ExactDecimal = Annotated[
    Decimal,
    PlainValidator(exact),
    PlainSerializer(lambda d: format(d, "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{DECIMAL}$", "examples": ["7.5"]}),
]
"""A decimal, carried as a JSON string so that no reader makes a binary float of it."""

Moment = AwareDatetime
"""An instant with its offset (RFC 3339)."""

PERSONAL: dict[str, Any] = {"x-personal-data": True}
"""Marks a field that names a person. Phones and addresses of people never leave submissions."""


class Title(BaseModel):
    """What people call a thing, in Vietnamese and English."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    vi: Text = Field(description="In Vietnamese.")
    en: Text = Field(description="In English.")


@dataclass(frozen=True, slots=True)
class FactSheet:
    """The five lines a reader needs of an event type; the catalogue and AsyncAPI print them."""

    publisher: str
    """The service that publishes it."""
    when: str
    """What has just become durable when it is published."""
    key: str
    """Partition key: the field whose value orders nothing but places the event."""
    content: str
    never: str
    """What it never contains."""
    personal: bool = False
    """Whether it carries personal data: such topics have their own access rule."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """A valid `data`, shown in the catalogue and read back by the compatibility tests."""


class Fact(BaseModel):
    """Base of all event data.

    `aggregate` is the field whose value, with the event type, names the thing that a later version
    replaces; `moment` is the field with the time at which it happened (domain time).
    """

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    event: ClassVar[str]
    """Kebab-case name; the CloudEvents type is prefix + event + .v + major."""
    major: ClassVar[int] = 1
    sheet: ClassVar[FactSheet]
    key_field: ClassVar[str] = "unit"
    aggregate_field: ClassVar[str]
    moment_field: ClassVar[str]
    most_bytes: ClassVar[int] = 900_000
    """Longest data: below the broker's default limit of a message, 1 MiB (message.max.bytes), by
    the room that headers need. A type with more has a topic that takes it (`topics.all_topics`)."""

    campaign: CampaignId
    simulated: bool = Field(
        default=False,
        description="True for data of a simulation; whatever displays it must show that.",
    )

    @classmethod
    def versioned(cls) -> str:
        """Name of the event with its major version, e.g. essay-submitted.v1."""
        return f"{cls.event}.v{cls.major}"

    @classmethod
    def ce_type(cls) -> str:
        """CloudEvents `type`, e.g. vn.gov.hanoi.thidua.essay-submitted.v1."""
        return f"{TYPE_PREFIX}{cls.versioned()}"

    @classmethod
    def dataschema(cls) -> str:
        """CloudEvents `dataschema`, the `$id` of the JSON Schema of `data`."""
        return f"{SCHEMA_BASE}{cls.versioned()}.json"

    @property
    def key(self) -> str:
        """Partition key (CloudEvents `partitionkey` and Kafka key)."""
        return _id(getattr(self, self.key_field))

    @property
    def aggregate(self) -> str:
        """Id of the thing the fact is about (CloudEvents `subject`)."""
        return _id(getattr(self, self.aggregate_field))

    @property
    def moment(self) -> datetime:
        """When it happened in the domain's time (CloudEvents `time`)."""
        moment: datetime = getattr(self, self.moment_field)
        return moment


class UnitFact(Fact):
    """A fact about one unit."""

    unit: UnitCode
    version: Version = 1

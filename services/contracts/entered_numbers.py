"""Numbers that people enter: refused where a Vietnamese reader and a machine read another number.

"1.000" is a thousand to whoever writes Vietnamese and one to every JSON library. Nobody can know
which was meant, so the sender is asked to write it in a way that has one meaning.
"""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from services.contracts.events.base import exact
from services.contracts.wording import plain

_GROUPS_OF_THREE = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+")


def unambiguous(value: object) -> Decimal:
    """The decimal that a string, a whole number or a Decimal has.

    Raises what `exact` raises, and a fault with the remedy for digits in groups of three.
    """
    if isinstance(value, str) and _GROUPS_OF_THREE.fullmatch(value):
        whole = value.replace(".", "")
        if value.count(".") > 1:
            vi, en = f"Nhập {whole}, không có dấu chấm.", f"Write {whole}, without points."
        else:
            decimal = plain(Decimal(value))
            decimal = decimal if decimal != value else f"{value}0"
            vi = f"Chưa rõ “{value}” là {whole} hay {decimal}. Nhập {whole} hoặc {decimal}."
            en = f"“{value}” may be {whole} or {decimal}: write {whole} or {decimal}."
        context = {"vi": vi, "en": en, "rule": "numbers.ambiguous"}
        raise PydanticCustomError("field_fault", "{en}", context)
    return exact(value)


EnteredDecimal = Annotated[
    Decimal,
    PlainValidator(unambiguous),
    PlainSerializer(lambda d: format(d, "f"), return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^-?[0-9]{1,14}(\.[0-9]{1,6})?$",
            "description": "A decimal with a point. Refused where the point may separate thousands:"
            " 1.000 is to be written 1000 or 1.",
            "examples": ["7.5"],
        }
    ),
]
"""A decimal in the body of a request, carried as a JSON string."""

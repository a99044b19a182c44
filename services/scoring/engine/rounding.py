"""Rounding to a declared step."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import trunc

from services.contracts.rules import Rounding
from services.measuring.exact import EXACT, Number, divide

_MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
_ONE, _HALF = Decimal(1), Fraction(1, 2)


def rounded(value: Number, rounding: Rounding) -> Decimal:
    """The multiple of the step that the rule names: a half goes away from zero (half-up), to the
    even multiple (half-even), or everything towards zero (down)."""
    if rounding.is_one_digit and isinstance(value, Decimal):
        # The usual case, in one operation: every line and total comes through here.
        return value.quantize(rounding.to, rounding=_MODES[rounding.mode], context=EXACT)
    steps = divide(value, rounding.to)
    if isinstance(steps, Decimal):
        whole = steps.quantize(_ONE, rounding=_MODES[rounding.mode], context=EXACT)
    else:
        whole = Decimal(_whole(steps, rounding))
    return EXACT.multiply(whole, rounding.to)


def _whole(steps: Fraction, rounding: Rounding) -> int:
    if rounding.mode == "half-even":
        return round(steps)
    up = _HALF if rounding.mode == "half-up" else 0
    return trunc(steps + up) if steps >= 0 else trunc(steps - up)

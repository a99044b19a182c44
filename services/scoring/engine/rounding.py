"""Rounding to a declared step."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from services.contracts.rules import Rounding
from services.scoring.engine.measures import EXACT

_MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
_ONE = Decimal(1)


def rounded(value: Decimal, rounding: Rounding) -> Decimal:
    """The multiple of the step that the rule names: a half goes away from zero (half-up), to the
    even multiple (half-even), or everything towards zero (down)."""
    steps = EXACT.divide(value, rounding.to)
    whole = steps.quantize(_ONE, rounding=_MODES[rounding.mode], context=EXACT)
    return EXACT.multiply(whole, rounding.to)

"""Arithmetic that loses nothing: decimals, and fractions for what no decimal can say.

A third of a point has no end as a decimal. Cut at any digit, three of them are less than one, and a
rung that begins there is missed; so it stays a fraction until points are rounded. What has an end
within 34 digits is a decimal, as it is read and shown. No setting of the thread changes any of it.
"""

from decimal import Context, Decimal, Inexact
from fractions import Fraction
from math import floor as _floor

Number = Decimal | Fraction
"""Exact. The two compare with each other exactly as well, and equal ones are equal."""

DIGITS = 34
"""Of decimals. Two different shares of numbers of facts (20 digits) differ long before the last of
them."""
_DECIMALS = Context(prec=DIGITS, traps=[Inexact])
EXACT = Context(prec=DIGITS)
"""For points that were rounded: they have an end far within the digits."""


def add(one: Number, two: Number) -> Number:
    """Their sum."""
    if isinstance(one, Decimal) and isinstance(two, Decimal):
        try:
            return _DECIMALS.add(one, two)
        except Inexact:
            pass
    return _number(Fraction(one) + Fraction(two))


def subtract(one: Number, two: Number) -> Number:
    """The first less the second."""
    if isinstance(one, Decimal) and isinstance(two, Decimal):
        try:
            return _DECIMALS.subtract(one, two)
        except Inexact:
            pass
    return _number(Fraction(one) - Fraction(two))


def multiply(one: Number, two: Number) -> Number:
    """Their product."""
    if isinstance(one, Decimal) and isinstance(two, Decimal):
        try:
            return _DECIMALS.multiply(one, two)
        except Inexact:
            pass
    return _number(Fraction(one) * Fraction(two))


def divide(one: Number, two: Number) -> Number:
    """The first by the second. Raises ZeroDivisionError."""
    if isinstance(one, Decimal) and isinstance(two, Decimal) and two:
        try:
            return _DECIMALS.divide(one, two)
        except Inexact:
            pass
    return _number(Fraction(one) / Fraction(two))


def floor(value: Number) -> Decimal:
    """The whole number at or below it."""
    return Decimal(_floor(value))


def least(one: Number, two: Number) -> Number:
    """The smaller of two."""
    return two if two < one else one


def most(one: Number, two: Number) -> Number:
    """The greater of two."""
    return two if two > one else one


def clamped(value: Number, low: Number | None, high: Number | None) -> Number:
    """The value, held between the ends that are given."""
    if low is not None and value < low:
        return low
    return high if high is not None and value > high else value


def written(value: Number) -> Decimal:
    """As it is shown: a fraction without an end is cut at 34 digits."""
    if isinstance(value, Decimal):
        return value
    return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def _number(value: Fraction) -> Number:
    """A decimal where it has an end within the digits."""
    try:
        return _DECIMALS.divide(Decimal(value.numerator), Decimal(value.denominator))
    except Inexact:
        return value

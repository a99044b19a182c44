"""Which values a measure can take: what ladders must cover, and what conditions can ask.

Never less than there can be: what is said to be impossible is so. Source of the limits: counts are
whole, and fields of whole numbers and those of a measure that says `whole`; fields have the bounds
that their events declare, tests under `where` bound their field.
"""

import types
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from services.contracts.campaign.measuring import (
    BestMeasure,
    CountMeasure,
    DaysLateMeasure,
    LatestMeasure,
    MeanMeasure,
    Measure,
    MetMeasure,
    NumberMeasure,
    OfField,
    ShareMeasure,
    SumMeasure,
    TotalMeasure,
    parts_of,
)
from services.contracts.campaign.measuring.proving.intervals import (
    ANY_NUMBER,
    WHOLE_FROM_0,
    Cut,
    Interval,
    Numbers,
    between,
)
from services.contracts.events import FACTS

_ZERO, _ONE, _ALL = Decimal(0), Decimal(1), Decimal(100)
_EVENTS = {fact.event: fact for fact in FACTS}

MOST_LAYERS = 16
"""Of measures made of measures; printed tables need three, and each layer is a call deeper."""


class MeasureValues(NamedTuple):
    """The numbers that a measure can be; of a days-late measure its days when fulfilled."""

    numbers: Numbers
    may_lack: bool
    """Whether it can have no value."""
    is_obligation: bool = False
    """Whether it has a state beside its number."""


class ValuesOf:
    """What the measures of a rule set can be, each worked out once."""

    def __init__(self, measures: Mapping[str, Measure]) -> None:
        self.measures = measures
        self._found: dict[str, MeasureValues | None] = {}

    def measure(self, name: str) -> MeasureValues | None:
        """What a measure can be; None where a measure in it is not known, they form a circle, or it
        is made of more than MOST_LAYERS layers."""
        return self._of(name, 0)

    def _of(self, name: str, above: int) -> MeasureValues | None:
        if name in self._found:
            return self._found[name]
        self._found[name] = None  # as long as it is looked at: who meets it again is in a circle
        measure = self.measures.get(name)
        if measure is None or above > MOST_LAYERS:
            return None
        if isinstance(measure, ShareMeasure | TotalMeasure | MetMeasure):
            parts = {part: self._of(part, above + 1) for _, part in parts_of(measure)}
            found = _made_of_others(measure, self.measures, parts)
        elif isinstance(measure, DaysLateMeasure):
            found = MeasureValues(WHOLE_FROM_0, may_lack=False, is_obligation=True)
        else:
            found = _over_facts(measure)
        if found is not None and isinstance(measure, NumberMeasure):
            found = found._replace(numbers=_held(found.numbers, measure))
        self._found[name] = found
        return found


def _over_facts(measure: CountMeasure | OfField) -> MeasureValues:
    if isinstance(measure, CountMeasure):
        return MeasureValues(WHOLE_FROM_0, may_lack=False)
    one = _field(measure)
    if isinstance(measure, SumMeasure):
        return MeasureValues(_sums(one), may_lack=False)
    if isinstance(measure, LatestMeasure):
        return MeasureValues(one, may_lack=True)
    if isinstance(measure, MeanMeasure) or measure.give == "mean":
        return MeasureValues(Numbers(one.within), may_lack=True)
    return MeasureValues(_few(one, measure), may_lack=True)


def _few(one: Numbers, measure: BestMeasure) -> Numbers:
    """What one to so many such numbers add up to."""
    low, high, most = one.within.low, one.within.high, measure.count
    return Numbers(
        Interval(
            low if low.at >= 0 else Cut(low.at * most, after=low.after),
            high if high.at <= 0 else Cut(high.at * most, after=high.after),
        ),
        one.step,
    )


def _held(numbers: Numbers, measure: NumberMeasure) -> Numbers:
    """What is left of the numbers between the ends that a measure is held in."""
    low, high = numbers.within
    step = numbers.step
    for end, is_low in ((measure.at_least, True), (measure.at_most, False)):
        if end is None:
            continue
        inside = Interval(low, high).common(
            between(at_least=end) if is_low else between(at_most=end)
        )
        beyond = low < inside.low if is_low else inside.high < high
        if not beyond:
            continue
        # What lay beyond is the end itself, which no step need lead to.
        low, high = (
            (Cut(end), max(high, Cut(end, after=True)))
            if is_low
            else (min(low, Cut(end)), Cut(end, after=True))
        )
        if step is not None and end != numbers.down(end):
            step = None
    return Numbers(Interval(low, high), step)


def _made_of_others(
    measure: ShareMeasure | TotalMeasure | MetMeasure,
    measures: Mapping[str, Measure],
    parts: Mapping[str, MeasureValues | None],
) -> MeasureValues | None:
    known = {part: values for part, values in parts.items() if values is not None}
    if len(known) < len(parts):
        return None
    if isinstance(measure, ShareMeasure):
        return MeasureValues(_share(measure, measures, known), may_lack=True)
    if isinstance(measure, MetMeasure):
        met = between(at_least=_ZERO, at_most=Decimal(len(measure.conditions)))
        return MeasureValues(Numbers(met, _ONE), may_lack=False)
    return MeasureValues(_total(measure, known), may_lack=False)


def _share(
    measure: ShareMeasure, measures: Mapping[str, Measure], known: Mapping[str, MeasureValues]
) -> Numbers:
    """Percent: not below 0 where neither measure is, not above 100 of what is a part for sure."""
    if any(values.numbers.within.low.at < 0 for values in known.values()):
        return ANY_NUMBER
    is_part = is_part_of(measures[measure.part], measures[measure.whole])
    return Numbers(between(at_least=_ZERO, at_most=_ALL if is_part else None))


def is_part_of(part: Measure, whole: Measure) -> bool:
    """Whether all that the one counts is counted by the other too, so that it is never more."""
    return (
        isinstance(part, CountMeasure)
        and isinstance(whole, CountMeasure)
        and (part.of, part.from_day, part.before_day)
        == (whole.of, whole.from_day, whole.before_day)
        and whole.unless in {None, part.unless}
        and set(whole.where) <= set(part.where)
        and (part.at_least, whole.at_most) == (None, None)
    )


def _total(measure: TotalMeasure, known: Mapping[str, MeasureValues]) -> Numbers:
    """From the lowest that its parts can add up to; whole where all of them are."""
    low = high = measure.base
    whole = measure.base == measure.base.to_integral_value()
    for names, sign in ((measure.plus, _ONE), (measure.minus, -_ONE)):
        for name in names:
            numbers = known[name].numbers
            whole = whole and numbers.step == _ONE
            # A part without a value adds nothing, so 0 is among what each can add.
            least = min(numbers.within.low.at, _ZERO)
            most = max(numbers.within.high.at, _ZERO)
            low += least if sign > 0 else -most
            high += most if sign > 0 else -least
    return Numbers(
        between(
            at_least=low if low.is_finite() else None, at_most=high if high.is_finite() else None
        ),
        step=_ONE if whole else None,
    )


def _sums(one: Numbers) -> Numbers:
    """What many such numbers add up to, none included."""
    low = _ZERO if one.within.low.at >= 0 else None
    high = _ZERO if one.within.high.at <= 0 else None
    return Numbers(between(at_least=low, at_most=high), one.step)


def _field(measure: OfField) -> Numbers:
    """What a field can be: by its type and bounds, and by the tests of it."""
    event = _EVENTS.get(measure.of)
    info = event.model_fields.get(measure.field) if event is not None else None
    within = between() if info is None else _declared(info)
    for test in measure.where:
        if test.field == measure.field:
            tested = between(
                at_least=test.at_least,
                more_than=test.more_than,
                at_most=test.at_most,
                less_than=test.less_than,
            )
            within = within.common(tested)
    whole = measure.whole or (info is not None and _is_whole(info.annotation))
    return Numbers(within, _ONE if whole else None)


def _declared(info: FieldInfo) -> Interval:
    bounds: dict[str, Decimal] = {}
    for each in info.metadata:
        for declared, key in (("ge", "at_least"), ("gt", "more_than"), ("le", "at_most")):
            if (bound := getattr(each, declared, None)) is not None:
                bounds[key] = Decimal(bound)
    return between(**bounds)


def _is_whole(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _is_whole(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return all(_is_whole(arg) for arg in get_args(annotation) if arg is not type(None))
    return annotation is int

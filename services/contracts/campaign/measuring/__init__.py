"""The language of measures and conditions: what is counted, and what holds of what was counted.

A plan asks with it on what condition a unit owes something, a rule set what a unit's points are.
Here are its models, what can be proved of them and their checks; what a measure is for a unit's
facts is worked out in `services/measuring`.
"""

from services.contracts.campaign.measuring.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Not,
    comparisons,
    measures_in,
)
from services.contracts.campaign.measuring.measures import (
    BestMeasure,
    CountMeasure,
    DaysLateMeasure,
    FactMeasure,
    FieldMeasure,
    FieldTest,
    LatestMeasure,
    MeanMeasure,
    Measure,
    MetMeasure,
    NumberMeasure,
    OfField,
    OverFacts,
    ShareMeasure,
    SumMeasure,
    TotalMeasure,
    parts_of,
)
from services.contracts.campaign.measuring.operands import MeasureOperand, Operand

__all__ = [
    "AllOf",
    "AnyOf",
    "BestMeasure",
    "Comparison",
    "Condition",
    "CountMeasure",
    "DaysLateMeasure",
    "FactMeasure",
    "FieldMeasure",
    "FieldTest",
    "LatestMeasure",
    "MeanMeasure",
    "Measure",
    "MeasureOperand",
    "MetMeasure",
    "Not",
    "NumberMeasure",
    "OfField",
    "Operand",
    "OverFacts",
    "ShareMeasure",
    "SumMeasure",
    "TotalMeasure",
    "comparisons",
    "measures_in",
    "parts_of",
]

"""rules.yaml: the table of points as data. The formulas live in scoring; here is only the shape.

A rule set is tables for kinds of units; a table is groups of criteria; a criterion turns measures
of facts into points by its kind of rule. All points are decimals, written in quotes.
"""

from services.contracts.rules.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Not,
    comparisons,
    measures_in,
)
from services.contracts.rules.criteria import (
    Assignment,
    Criterion,
    CriterionBase,
    Stage,
    Weight,
    entered_measure,
    measures_of,
)
from services.contracts.rules.groups import Group, Placed
from services.contracts.rules.measures import (
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
from services.contracts.rules.numbers import (
    NOT_ASSIGNED,
    MeasureOperand,
    NoValue,
    Operand,
    Rounding,
)
from services.contracts.rules.rule_set import FlagCandidates, RuleSet
from services.contracts.rules.tables import Band, KnockOut, Table

__all__ = [
    "NOT_ASSIGNED",
    "AllOf",
    "AnyOf",
    "Assignment",
    "Band",
    "BestMeasure",
    "Comparison",
    "Condition",
    "CountMeasure",
    "Criterion",
    "CriterionBase",
    "DaysLateMeasure",
    "FactMeasure",
    "FieldMeasure",
    "FieldTest",
    "FlagCandidates",
    "Group",
    "KnockOut",
    "LatestMeasure",
    "MeanMeasure",
    "Measure",
    "MeasureOperand",
    "MetMeasure",
    "NoValue",
    "Not",
    "NumberMeasure",
    "OfField",
    "Operand",
    "OverFacts",
    "Placed",
    "Rounding",
    "RuleSet",
    "ShareMeasure",
    "Stage",
    "SumMeasure",
    "Table",
    "TotalMeasure",
    "Weight",
    "comparisons",
    "entered_measure",
    "measures_in",
    "measures_of",
    "parts_of",
]

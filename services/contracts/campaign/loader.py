"""Reading a campaign's directory: the only place here that touches files.

All three files are read and checked even when one is faulty, and every problem is told at once.
"""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, TypeAdapter

from services.contracts.campaign.base import (
    ClusterName,
    CriterionId,
    LocalDay,
    known_zone,
)
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.checks.fulfilment import check_fulfilment
from services.contracts.campaign.checks.plan import (
    check_audiences,
    check_days,
    check_last_year,
    check_obligations,
    check_reminders,
)
from services.contracts.campaign.checks.slips import check_slips
from services.contracts.campaign.checks.titles import check_titles
from services.contracts.campaign.checks.units import check_units
from services.contracts.campaign.deadlines import Deadline
from services.contracts.campaign.document import Document
from services.contracts.campaign.explain import few_suggestions
from services.contracts.campaign.parts import part, validate
from services.contracts.campaign.plan import EssayRules, LastYear, ObligationPlan, Plan
from services.contracts.campaign.problems import (
    MOST_PROBLEMS,
    CampaignProblems,
    Problem,
    ProblemList,
)
from services.contracts.campaign.units import UnitTree
from services.contracts.campaign.units_file import UnitRows, read_units
from services.contracts.campaign.yaml_file import read_yaml
from services.contracts.events.base import CampaignId, UnitCode
from services.contracts.rules import Flags, Measure, Rounding, RuleSet, Table
from services.contracts.rules.checks.conditions import check_conditions
from services.contracts.rules.checks.ladders import check_ladders
from services.contracts.rules.checks.levels import check_levels
from services.contracts.rules.checks.marks import check_marks
from services.contracts.rules.checks.measures import check_measures
from services.contracts.rules.checks.names import (
    check_assignments,
    check_cluster_heads,
    check_tie_break,
)
from services.contracts.rules.checks.no_value import check_no_value
from services.contracts.rules.checks.references import (
    check_campaign_ids,
    check_duties_owed,
    check_measures_used,
    check_table_audiences,
    check_zones,
)
from services.contracts.rules.checks.roundings import check_roundings
from services.contracts.rules.checks.sums import check_sums
from services.contracts.rules.checks.tables import check_sample, check_tables
from services.contracts.rules.checks.validity import check_clusters, check_table_days
from services.contracts.rules.numbers import HUNDREDTHS
from services.contracts.wording import Bilingual

PLAN, UNITS, RULES = "plan.yaml", "units.csv", "rules.yaml"

_CAMPAIGN = TypeAdapter(CampaignId)
_TRUTH = TypeAdapter(bool)
_DAY: TypeAdapter[date] = TypeAdapter(LocalDay)
_DEADLINE = TypeAdapter(Deadline)
_BILINGUAL = TypeAdapter(Bilingual)
_ESSAYS = TypeAdapter(EssayRules)
_LAST_YEAR = TypeAdapter(LastYear)
_DISTANCES = TypeAdapter(tuple[int, ...])
_OBLIGATIONS = TypeAdapter(tuple[ObligationPlan, ...])
_MEASURES: TypeAdapter[dict[str, Measure]] = TypeAdapter(dict[str, Measure])
_TABLES = TypeAdapter(tuple[Table, ...])
_ROUNDING = TypeAdapter(Rounding)
_FLAGS = TypeAdapter(Flags)
_TITLES: TypeAdapter[dict[str, Bilingual]] = TypeAdapter(dict[str, Bilingual])
_NAMES: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[CriterionId, ...])
_HEADS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[ClusterName, UnitCode])
_ZONE: TypeAdapter[str] = TypeAdapter(Annotated[str, AfterValidator(known_zone)])


def load_campaign(directory: Path, *, draft: bytes | None = None) -> Campaign:
    """The campaign of a directory with plan.yaml, units.csv and rules.yaml.

    With `draft`, that is the content of rules.yaml, and the file of the directory is not read.
    Raises CampaignProblems with everything that is wrong in the three files.
    """
    campaign, problems = read_campaign(directory, draft)
    if campaign is None:
        raise CampaignProblems(problem for problem in problems if not problem.warning)
    return campaign


def check(directory: Path) -> list[Problem]:
    """Every problem of a campaign's directory, warnings included."""
    return read_campaign(directory)[1]


def read_campaign(
    directory: Path, draft: bytes | None = None
) -> tuple[Campaign | None, list[Problem]]:
    """The campaign, None where it cannot be used, and all its problems, warnings included."""
    problems = ProblemList()
    with few_suggestions():
        campaign = _checked(directory, draft, problems)
    return campaign, _ordered(problems)


def _checked(directory: Path, draft: bytes | None, problems: ProblemList) -> Campaign | None:
    """The campaign; None where something in it cannot be read. Adds what is wrong."""
    given = {} if draft is None else {RULES: draft}
    raw = {
        name: given[name] if name in given else _bytes(directory, name, problems)
        for name in (PLAN, UNITS, RULES)
    }
    plan_file, rules_file = (_yaml(name, raw[name], problems) for name in (PLAN, RULES))
    rows: UnitRows | None = None
    if (table := raw[UNITS]) is not None:
        rows, found = read_units(UNITS, table)
        problems += found
        # Where no row can be read, every level would look unknown: the file's fault is enough.
        rows = rows if rows.rows else None
    plan = rules = None
    if plan_file is not None:
        plan, found = validate(Plan, plan_file)
        problems += found
    if rules_file is not None:
        rules, found = validate(RuleSet, rules_file)
        problems += found
    if rows is not None:
        problems += check_units(UNITS, rows)
        problems += check_slips(UNITS, rows)
    _check_together(plan_file, rules_file, rows, problems)
    if problems.has_errors or plan is None or rules is None or rows is None:
        return None
    return Campaign(plan, UnitTree(row.unit for row in rows.rows), rules)


def _bytes(directory: Path, name: str, problems: ProblemList) -> bytes | None:
    try:
        return (directory / name).read_bytes()
    except OSError as error:
        why = error.strerror or type(error).__name__
        vi = f"không đọc được tệp trong {directory} ({why}); cần ba tệp {PLAN}, {UNITS}, {RULES}"
        en = f"cannot be read in {directory} ({why}); needed are {PLAN}, {UNITS} and {RULES}"
        problems += [Problem(file=name, line=1, vi=vi, en=en)]
        return None


def _yaml(name: str, raw: bytes | None, problems: ProblemList) -> Document | None:
    if raw is None:
        return None
    document, found = read_yaml(name, raw)
    problems += found
    return document


def _check_together(
    plan: Document | None, rules: Document | None, rows: UnitRows | None, found: ProblemList
) -> None:
    """All checks that a model alone cannot make, on the parts that could be read."""
    obligations = part(_OBLIGATIONS, plan, "obligations")
    if plan is not None:
        opens = part(_DAY, plan, "opens")
        closes = part(_DAY, plan, "closes")
        found += check_days(opens, closes, part(_DEADLINE, plan, "contest_ends"), obligations)
        found += check_obligations(obligations)
        essays = part(_ESSAYS, plan, "essays")
        found += check_audiences(obligations, essays, rows)
        found += check_fulfilment(obligations, essays, rows)
        found += check_last_year(part(_LAST_YEAR, plan, "last_year"), opens)
        found += check_reminders(part(_DISTANCES, plan, "approaching_days"))
        levels, clusters = (part(_TITLES, plan, key) for key in ("levels", "clusters"))
        found += check_titles(plan, levels, clusters, rows)
    if rules is not None:
        measures = part(_MEASURES, rules, "measures")
        tables = part(_TABLES, rules, "tables")
        found += check_sample(part(_TRUTH, rules, "sample"), part(_BILINGUAL, rules, "title"))
        found += check_measures(measures, _ids(plan), _names(rules))
        found += check_tables(tables)
        found += check_sums(tables)
        rounding = part(_ROUNDING, rules, "rounding")
        line_rounding = part(_ROUNDING, rules, "line_rounding")
        flags = part(_FLAGS, rules, "flags")
        found += check_roundings(tables, rules, rounding, line_rounding)
        found += check_levels(tables, rounding.value if rounding else HUNDREDTHS, flags)
        found += check_ladders(tables, measures)
        found += check_no_value(tables, measures)
        found += check_measures_used(tables, measures, _names(rules))
        found += check_conditions(tables, measures)
        found += check_tie_break(part(_NAMES, rules, "tie_break"), tables)
        found += check_cluster_heads(part(_HEADS, rules, "cluster_heads"), rows)
        found += check_table_audiences(tables, rows)
        found += check_assignments(tables, rows)
        days = (part(_DAY, plan, "opens"), part(_DAY, plan, "closes"))
        found += check_marks(tables, rows)
        found += check_table_days(tables, *days, rows)
        duties = obligations.value if obligations else None
        found += check_duties_owed(tables, measures, duties, rows)
        found += check_clusters(UNITS, tables, rows)
        ids = part(_CAMPAIGN, plan, "campaign"), part(_CAMPAIGN, rules, "campaign")
        found += check_campaign_ids(*ids)
        zones = part(_ZONE, plan, "timezone"), part(_ZONE, rules, "timezone")
        unnamed = rules.at("timezone") is None
        default = RuleSet.model_fields["timezone"].get_default() if unnamed else None
        found += check_zones(*zones, default)


def _ids(plan: Document | None) -> frozenset[str] | None:
    """The ids of all obligations, also of those that could not be read; None without a plan."""
    if plan is None:
        return None
    inside = plan.at("obligations")
    items = inside.data if inside is not None and isinstance(inside.data, list) else []
    return frozenset(str(item.get("id")) for item in items if isinstance(item, dict))


def _names(rules: Document) -> frozenset[str]:
    """The names of all measures, also of those that could not be read."""
    inside = rules.at("measures")
    return frozenset(inside.data if inside is not None and isinstance(inside.data, dict) else ())


def _ordered(told: ProblemList) -> list[Problem]:
    """By file and line; the last one says whether there are more."""
    files = {PLAN: 0, UNITS: 1, RULES: 2}
    problems = sorted(told.problems, key=lambda problem: (files[problem.file], problem.line))
    if told.more:
        vi = f"còn nữa: chỉ nêu {MOST_PROBLEMS} lỗi; sửa các lỗi này rồi kiểm tra lại"
        en = f"there are more: {MOST_PROBLEMS} problems are told; mend these, then check again"
        problems.append(Problem(file=problems[-1].file, line=problems[-1].line, vi=vi, en=en))
    return problems

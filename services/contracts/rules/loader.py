"""Reading rules.yaml of a campaign, and checking it against the plan and the units.

All three files are read and checked even when one is faulty, and every problem is found at once.
"""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, TypeAdapter

from services.contracts.campaign.base import ClusterName, CriterionId, known_zone
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.checks.quotes import check_titles_quotes
from services.contracts.campaign.document import Document
from services.contracts.campaign.explain import few_suggestions
from services.contracts.campaign.loader import (
    PLAN,
    CampaignFiles,
    Source,
    keys_of,
    read_campaign,
    read_document,
)
from services.contracts.campaign.measuring.checks.answers import check_kinds_counted
from services.contracts.campaign.measuring.checks.contests import check_contests_counted
from services.contracts.campaign.measuring.checks.figures import Catalogue, check_figures_counted
from services.contracts.campaign.measuring.checks.measures import check_measures
from services.contracts.campaign.parts import part, validate
from services.contracts.campaign.problems import CampaignProblems, FileProblem
from services.contracts.campaign.yaml_file import read_yaml
from services.contracts.events.base import CampaignId
from services.contracts.rules import FlagCandidates, Measure, Rounding, RuleSet, Table
from services.contracts.rules.checks.better_results import check_better_results
from services.contracts.rules.checks.conditions import check_conditions
from services.contracts.rules.checks.counts import check_counts
from services.contracts.rules.checks.heads import check_cluster_heads
from services.contracts.rules.checks.ladders import check_ladders
from services.contracts.rules.checks.left_out import check_measures_read, check_units_scored
from services.contracts.rules.checks.levels import check_levels, check_points_below
from services.contracts.rules.checks.names import (
    check_assignments,
    check_tie_break,
)
from services.contracts.rules.checks.no_value import check_no_value
from services.contracts.rules.checks.parts import before_each, check_parts
from services.contracts.rules.checks.references import (
    check_campaign_ids,
    check_measures_used,
    check_obligations_owed,
    check_table_audiences,
    check_zones,
)
from services.contracts.rules.checks.roundings import check_roundings
from services.contracts.rules.checks.score_entries import check_score_entries
from services.contracts.rules.checks.scorers import check_scorers
from services.contracts.rules.checks.sums import check_sums
from services.contracts.rules.checks.tables import check_sample, check_tables
from services.contracts.rules.checks.uncovered import check_uncovered
from services.contracts.rules.checks.validity import check_clusters, check_table_days
from services.contracts.rules.heads import ClusterHead
from services.contracts.rules.numbers import HUNDREDTHS
from services.contracts.wording import Bilingual

RULES = "rules.yaml"

_CAMPAIGN = TypeAdapter(CampaignId)
_TRUTH = TypeAdapter(bool)
_WORD = TypeAdapter(str)
_BILINGUAL = TypeAdapter(Bilingual)
_MEASURES: TypeAdapter[dict[str, Measure]] = TypeAdapter(dict[str, Measure])
_TABLES = TypeAdapter(tuple[Table, ...])
_ROUNDING = TypeAdapter(Rounding)
_FLAG_CANDIDATES = TypeAdapter(FlagCandidates)
_NAMES: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[CriterionId, ...])
_HEADS: TypeAdapter[dict[str, ClusterHead]] = TypeAdapter(dict[ClusterName, ClusterHead])
_ZONE: TypeAdapter[str] = TypeAdapter(Annotated[str, AfterValidator(known_zone)])


def load_with_rules(source: Source, *, draft: bytes | None = None) -> tuple[Campaign, RuleSet]:
    """The campaign of plan.yaml and units.csv, and its rule set of rules.yaml.

    With `draft`, that is the content of rules.yaml, and that of `source` is not read.
    Raises CampaignProblems with everything that is wrong in the three files.
    """
    loaded, problems = read_with_rules(source, draft)
    if loaded is None:
        raise CampaignProblems(problems)
    return loaded


def read_rules(content: bytes) -> RuleSet:
    """A rule set that was checked against its campaign when it was adopted.

    It is not checked again: plan and units may have been amended since. Raises CampaignProblems
    where it can't be read, as one that a newer version adopted.
    """
    document, problems = read_yaml(RULES, content)
    if document is None:
        raise CampaignProblems(problems)
    rules, found = validate(RuleSet, document)
    if rules is None:
        raise CampaignProblems([*problems, *found])
    return rules


def check(source: Source) -> list[FileProblem]:
    """Every problem of a campaign's three files, warnings included."""
    return read_with_rules(source)[1]


def read_with_rules(
    source: Source, draft: bytes | None = None
) -> tuple[tuple[Campaign, RuleSet] | None, list[FileProblem]]:
    """Campaign and rules, None where they cannot be used, and all problems, warnings included."""
    with few_suggestions():
        files = read_campaign(source)
        rules = _read_rules(source, files, draft)
    problems = files.problems.in_order(PLAN, files.units_file, RULES)
    if files.campaign is None or rules is None or files.problems.has_errors:
        return None, problems
    return (files.campaign, rules), problems


def read_files(
    directory: Path,
) -> tuple[tuple[Campaign, RuleSet | None] | None, list[FileProblem]]:
    """As `read_with_rules`, of a directory in which rules.yaml may be missing: a campaign can be
    announced without a table."""
    if (directory / RULES).exists():
        return read_with_rules(directory)
    with few_suggestions():
        files = read_campaign(directory)
    problems = files.problems.in_order(PLAN, files.units_file)
    return (None if files.campaign is None else (files.campaign, None)), problems


def load_files(directory: Path) -> Campaign:
    """The campaign of a directory, whose rules.yaml, where there is one, is right too.

    Raises CampaignProblems with everything that is wrong in the files.
    """
    loaded, problems = read_files(directory)
    if loaded is None:
        raise CampaignProblems(problems)
    return loaded[0]


def _read_rules(source: Source, files: CampaignFiles, draft: bytes | None) -> RuleSet | None:
    """The rule set; None where it cannot be read. Adds what is wrong to the problems of `files`."""
    if draft is None:
        document = read_document(source, RULES, files.problems)
    else:
        document, found = read_yaml(RULES, draft)
        files.problems += found
    if document is None:
        return None
    rules, found = validate(RuleSet, document)
    files.problems += found
    _check(files, document)
    return rules


def _check(files: CampaignFiles, rules: Document) -> None:
    """All checks that a model alone cannot make, on the parts that could be read."""
    found, obligations, rows = files.problems, files.obligations, files.units
    measures = part(_MEASURES, rules, "measures")
    tables = part(_TABLES, rules, "tables")
    found += check_sample(part(_TRUTH, rules, "sample"), part(_BILINGUAL, rules, "title"))
    kinds = files.report_kinds
    found += check_measures(measures, files.obligation_ids, _names(rules), kinds)
    found += check_kinds_counted(measures, kinds)
    found += check_contests_counted(measures, files.contest_ids)
    catalogue = Catalogue(files.figures, files.opens, files.closes)
    found += check_figures_counted(measures, catalogue)
    found += check_tables(tables)
    found += check_sums(tables)
    found += check_counts(tables)
    rounding = part(_ROUNDING, rules, "rounding")
    line_rounding = part(_ROUNDING, rules, "line_rounding")
    candidates = part(_FLAG_CANDIDATES, rules, "flag_candidates")
    found += check_roundings(tables, rules, rounding, line_rounding)
    counts = part(_WORD, rules, "each_table_counts")
    owed = obligations.value if obligations else None
    step, before = rounding.value if rounding else HUNDREDTHS, before_each(counts, tables, rows)
    found += check_points_below(tables)
    found += check_levels(tables, step, candidates, before)
    found += check_parts(counts, tables, measures, owed, rows)
    found += check_ladders(tables, measures)
    found += check_no_value(tables, measures)
    found += check_measures_used(tables, measures, _names(rules))
    found += check_conditions(tables, measures)
    found += check_tie_break(part(_NAMES, rules, "tie_break"), tables)
    heads = part(_HEADS, rules, "cluster_heads")
    found += check_cluster_heads(heads, rows, files.opens, files.closes)
    found += check_table_audiences(tables, rows, files.days)
    found += check_assignments(tables, rows)
    found += check_score_entries(tables, rows)
    found += check_scorers(tables, rows, files.closes)
    found += check_table_days(tables, files.opens, files.closes, rows)
    found += check_obligations_owed(tables, measures, owed, rows)
    if rows is not None:
        found += rows.at_cells(check_clusters(files.units_file, tables, rows))
    found += check_uncovered(tables, measures)
    found += check_better_results(tables, measures)
    found += check_measures_read(tables, measures)
    found += check_units_scored(tables, rows)
    found += check_titles_quotes(rules)
    ids = part(_CAMPAIGN, files.plan, "campaign"), part(_CAMPAIGN, rules, "campaign")
    found += check_campaign_ids(*ids)
    zones = part(_ZONE, files.plan, "timezone"), part(_ZONE, rules, "timezone")
    unnamed = rules.at("timezone") is None
    default = RuleSet.model_fields["timezone"].get_default() if unnamed else None
    found += check_zones(*zones, default)


def _names(rules: Document) -> frozenset[str]:
    """The names of all measures, also of those that could not be read."""
    return keys_of(rules, "measures")

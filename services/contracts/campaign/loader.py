"""Reading plan.yaml and units.csv of a campaign, from a directory or as they were announced.

The units may come in another dress (units.xlsx, UNITS_FILES); they are announced as units.csv.
Both files are read and checked even when one of them is faulty, and every problem is found at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeAlias

from pydantic import TypeAdapter

from services.contracts.campaign.base import FigureName, LocalDay
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.checks.asked_acts import check_asked_acts, check_figures_asked
from services.contracts.campaign.checks.conditions import (
    check_conditions_asked,
    check_plan_measures,
)
from services.contracts.campaign.checks.contests import check_contests, check_essays_asked
from services.contracts.campaign.checks.due_after import check_due_after
from services.contracts.campaign.checks.figures import check_figures
from services.contracts.campaign.checks.fulfilment import check_fulfilment
from services.contracts.campaign.checks.periods import check_periods
from services.contracts.campaign.checks.plan import (
    check_audiences,
    check_days,
    check_last_year,
    check_obligations,
    check_reminders,
)
from services.contracts.campaign.checks.quotes import check_names_quotes, check_titles_quotes
from services.contracts.campaign.checks.report_kinds import (
    check_report_kinds,
    check_reports_asked,
)
from services.contracts.campaign.checks.slips import check_slips
from services.contracts.campaign.checks.spans import check_spans
from services.contracts.campaign.checks.succession import check_endings
from services.contracts.campaign.checks.titles import check_titles
from services.contracts.campaign.checks.units import check_units
from services.contracts.campaign.contest import Contest, Contests
from services.contracts.campaign.document import Document
from services.contracts.campaign.explain import few_suggestions
from services.contracts.campaign.figure_catalogue import CataloguedFigure, FigurePlan
from services.contracts.campaign.former_contest import with_contests
from services.contracts.campaign.last_year import LastYear
from services.contracts.campaign.measuring import Measure
from services.contracts.campaign.measuring.checks.contests import check_contests_counted
from services.contracts.campaign.measuring.checks.figures import Catalogue
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.parts import FilePart, part, validate
from services.contracts.campaign.periodic import (
    PeriodicObligation,
    WrittenObligation,
    WrittenObligations,
    instances,
)
from services.contracts.campaign.plan import Measures, Plan, ReportKinds
from services.contracts.campaign.problems import CampaignProblems, FileProblem, ProblemList
from services.contracts.campaign.report_kinds import ReportKind
from services.contracts.campaign.units import UnitTree
from services.contracts.campaign.units_file import UnitRows, read_units
from services.contracts.campaign.written_out import written_out
from services.contracts.campaign.yaml_file import read_yaml
from services.contracts.wording import Bilingual

PLAN, UNITS = "plan.yaml", "units.csv"
UNITS_FILES = (UNITS, "units.xlsx", "units.txt")
"""What the file of units may be called in a directory: a text, a workbook, Excel's Unicode text."""

Source: TypeAlias = Path | Mapping[str, bytes]
"""Where the files of a campaign are: in a directory, or in hand, by name."""

_DAY: TypeAdapter[date] = TypeAdapter(LocalDay)
_CONTESTS: TypeAdapter[tuple[Contest, ...]] = TypeAdapter(Contests)
_LAST_YEAR = TypeAdapter(LastYear)
_DISTANCES = TypeAdapter(tuple[int, ...])
_FIGURES: TypeAdapter[dict[str, FigurePlan]] = TypeAdapter(dict[FigureName, CataloguedFigure])
_MEASURES: TypeAdapter[dict[str, Measure]] = TypeAdapter(Measures)
_REPORTS: TypeAdapter[tuple[ReportKind, ...]] = TypeAdapter(ReportKinds)
_OBLIGATIONS: TypeAdapter[tuple[WrittenObligation, ...]] = TypeAdapter(WrittenObligations)
_TITLES: TypeAdapter[dict[str, Bilingual]] = TypeAdapter(dict[str, Bilingual])


@dataclass(slots=True)
class CampaignFiles:
    """What could be read of plan.yaml and units.csv, and everything that is wrong with them."""

    plan: Document | None = None
    units_file: str = UNITS
    """What the file of units is called."""
    units: UnitRows | None = None
    """None also where no row could be read: every level would look unknown."""
    campaign: Campaign | None = None
    """None where there is an error."""
    problems: ProblemList = field(default_factory=ProblemList)

    @property
    def opens(self) -> FilePart[date] | None:
        """The first day, where it could be read."""
        return part(_DAY, self.plan, "opens")

    @property
    def closes(self) -> FilePart[date] | None:
        """The last day, where it could be read."""
        return part(_DAY, self.plan, "closes")

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day, where both could be read."""
        return (self.opens.value, self.closes.value) if self.opens and self.closes else None

    @property
    def contests(self) -> FilePart[tuple[Contest, ...]] | None:
        """The essay contests that could be read: () where there are none, None where the plan
        could not be read."""
        if self.plan is not None and self.plan.at("contests") is None:
            return FilePart((), self.plan)
        return part(_CONTESTS, self.plan, "contests")

    @property
    def contest_ids(self) -> list[str] | None:
        """The ids of the contests; None where one of them, or the plan, could not be read."""
        if self.plan is None or (contests := self.contests) is None:
            return None
        if contests.document.is_incomplete():
            return None
        return [contest.id for contest in contests.value]

    @property
    def figures(self) -> FilePart[dict[str, FigurePlan]] | None:
        """The figures that could be read."""
        return part(_FIGURES, self.plan, "figures")

    @property
    def reports(self) -> FilePart[tuple[ReportKind, ...]] | None:
        """The kinds of report that could be read."""
        return part(_REPORTS, self.plan, "reports")

    @property
    def report_kinds(self) -> tuple[ReportKind, ...] | None:
        """The kinds of report; None where one of them, or the plan, could not be read."""
        reports = self.reports
        if reports is None:
            return () if self.plan is not None and self.plan.at("reports") is None else None
        return None if reports.document.is_incomplete() else reports.value

    @property
    def written_obligations(self) -> FilePart[tuple[WrittenObligation, ...]] | None:
        """The obligations that could be read, as the file has them."""
        return part(_OBLIGATIONS, self.plan, "obligations")

    @property
    def obligations(self) -> FilePart[tuple[ObligationPlan, ...]] | None:
        """The same, written out for each period where the days of the campaign are known; each is
        found where the file says it."""
        written = self.written_obligations
        return written_out(written, self.days)

    @property
    def obligation_ids(self) -> frozenset[str] | None:
        """The ids of all obligations, also of those that could not be read; None where they are not
        known: without a plan, or where one that is owed in each period could not be read."""
        plan, written = self.plan, self.written_obligations
        if plan is None:
            return None
        inside = plan.at("obligations")
        items = inside.data if inside is not None and isinstance(inside.data, list) else []
        known = [item for item in items if isinstance(item, dict)]
        once = {str(item.get("id")) for item in known if "every" not in item}
        periodic = [item for item in known if "every" in item]
        if not periodic:
            return frozenset(once)
        read = written.value if written else ()
        readable = sum(isinstance(one, PeriodicObligation) for one in read)
        if self.days is None or readable < len(periodic):
            return None
        return frozenset(once).union(one.id for _, one in instances(read, *self.days))


def load_campaign(source: Source) -> Campaign:
    """The campaign of plan.yaml and units.csv.

    Raises CampaignProblems with everything that is wrong in the two files.
    """
    files = read_campaign(source)
    if files.campaign is None:
        raise CampaignProblems(files.problems.in_order(PLAN, files.units_file))
    return files.campaign


def read_campaign(source: Source) -> CampaignFiles:
    """Both files as far as they can be read; never raises."""
    with few_suggestions():
        return _read_campaign(source)


def _read_campaign(source: Source) -> CampaignFiles:
    files = CampaignFiles()
    problems = files.problems
    files.plan = read_document(source, PLAN, problems)
    plan = None
    if files.plan is not None:
        files.plan = with_contests(files.plan)
        plan, found = validate(Plan, files.plan)
        problems += found
    files.units_file = name = units_file(source, problems)
    if (table := read_bytes(source, name, problems)) is not None:
        rows, found = read_units(name, table)
        problems += found
        files.units = rows if rows.rows else None
    if (read := files.units) is not None:
        problems += read.at_cells(check_units(name, read))
        problems += read.at_cells(check_slips(name, read))
        problems += read.at_cells(check_names_quotes(name, read))
    if files.plan is not None:
        _check(files, files.plan)
    if plan is not None and files.units is not None and not problems.has_errors:
        files.campaign = Campaign(plan, UnitTree(row.unit for row in files.units.rows))
    return files


def _check(files: CampaignFiles, plan: Document) -> None:
    """All checks that a model alone cannot make, on the parts that could be read."""
    found, obligations, rows = files.problems, files.obligations, files.units
    written, contests, days = files.written_obligations, files.contests, files.days
    # Days in periods are looked at period by period, and have sentences of their own.
    found += check_days(files.opens, files.closes, written_out(written, None))
    found += check_periods(written, days)
    found += check_spans(obligations, days)
    found += check_obligations(obligations)
    found += check_contests(contests, rows, days)
    found += check_due_after(obligations, rows)
    found += check_audiences(obligations, rows, days)
    found += check_fulfilment(obligations, contests, rows)
    found += check_asked_acts(obligations, rows)
    found += check_essays_asked(contests, obligations)
    found += check_last_year(part(_LAST_YEAR, plan, "last_year"), files.opens)
    found += check_reminders(part(_DISTANCES, plan, "approaching_days"))
    levels, clusters = (part(_TITLES, plan, key) for key in ("levels", "clusters"))
    found += check_titles(plan, levels, clusters, rows)
    found += check_report_kinds(files.reports, rows, days)
    found += check_reports_asked(plan, files.reports, obligations, rows, days)
    found += check_figures_asked(plan, files.figures, obligations, days, rows)
    found += check_figures(files.figures, rows, days)
    measures, named = part(_MEASURES, plan, "measures"), keys_of(plan, "measures")
    ids, kinds = files.obligation_ids, files.report_kinds
    catalogue = Catalogue(files.figures, files.opens, files.closes)
    found += check_plan_measures(measures, ids, named, kinds, catalogue)
    found += check_contests_counted(measures, files.contest_ids)
    found += check_conditions_asked(written, measures, named)
    found += check_titles_quotes(plan)
    if rows is not None:
        found += rows.at_cells(check_endings(files.units_file, rows, files.opens, files.closes))


def keys_of(document: Document | None, key: str) -> frozenset[str]:
    """The keys of a mapping at the root of a file."""
    inside = document.at(key) if document is not None else None
    return frozenset(inside.data if inside is not None and isinstance(inside.data, dict) else ())


def units_file(source: Source, problems: ProblemList) -> str:
    """The name of the file of units; a problem where a directory has two."""
    if isinstance(source, Mapping):
        return UNITS
    found = [name for name in UNITS_FILES if (source / name).exists()]
    if len(found) > 1:
        listed = ", ".join(found)
        vi = f"có {listed} trong cùng thư mục; giữ lại một tệp"
        en = f"there are {listed} in one directory: keep one of them"
        problems += [FileProblem(file=found[0], line=1, vi=vi, en=en)]
    return found[0] if found else UNITS


def read_bytes(source: Source, name: str, problems: ProblemList) -> bytes | None:
    """The content of a file of the campaign; None, and a problem, where it cannot be read."""
    try:
        return source[name] if isinstance(source, Mapping) else (source / name).read_bytes()
    except KeyError:
        vi = f"thiếu tệp {name}; gửi tệp này cùng các tệp còn lại"
        en = f"{name} is missing: send it with the others"
    except OSError as error:
        why = error.strerror or type(error).__name__
        vi = f"không đọc được tệp {name} trong {source} ({why}); kiểm tra lại đường dẫn"
        en = f"{name} cannot be read in {source} ({why}); check the path"
    problems += [FileProblem(file=name, line=1, vi=vi, en=en)]
    return None


def read_document(source: Source, name: str, problems: ProblemList) -> Document | None:
    """A YAML file of the campaign as plain data; None, and a problem, where it cannot be read."""
    raw = read_bytes(source, name, problems)
    if raw is None:
        return None
    document, found = read_yaml(name, raw)
    problems += found
    return document

"""A small table of figures instead of a season: a row for each unit, a column for each measure.

Columns are named as the rules name measures, or by their titles; a score that people enter, by the
id of its criterion. Pure: from bytes to values, every fault at its cell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from services.contracts.campaign import Unit, UnitTree
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.problems import FileProblem
from services.contracts.reading import Sentence, UnreadableError, read_local_figure
from services.contracts.rules import DaysLateMeasure, Measure, RuleSet
from services.contracts.rules.criteria import Entered
from services.contracts.sheets import (
    Sheet,
    SheetRow,
    UnreadableSheetError,
    folded,
    read_sheets,
)
from services.contracts.titles import SCORING_STAGES
from services.contracts.wording import Bilingual
from services.measuring.values import DaysLate

_UNIT = frozenset(map(folded, ("code", "unit", "mã", "mã đơn vị", "đơn vị")))
_TABLE = frozenset(map(folded, ("table", "bảng", "bảng điểm")))
"""A column of rule sets of which each table counts the work of its days."""
_PASSED_OVER = frozenset(map(folded, ("name", "tên", "tên đơn vị", "STT", "TT", "Ghi chú", "Note")))
_NEAR_THE_TOP = 20

_STATES: Mapping[str, DaysLate] = {
    folded(word): value
    for value, words in (
        (DaysLate("fulfilled"), ("đúng hạn", "đã hoàn thành", "fulfilled", "on time", "in time")),
        (DaysLate("missed"), ("quá hạn", "chưa gửi", "chưa thực hiện", "missed", "overdue")),
        (DaysLate("waived"), ("được miễn", "miễn", "waived")),
        (DaysLate("open"), ("chưa đến hạn", "open", "not yet due")),
    )
    for word in words
}
_SUFFIXES = ("ngay", "day", "days")
"""Behind a number of days late."""


GivenValues = dict[str, Decimal | DaysLate | None]
"""By measure."""


@dataclass(slots=True)
class FiguresTable:
    """What could be read of it, and what is wrong."""

    values: dict[str, GivenValues] = field(default_factory=dict)
    """By unit and measure; a cell that is empty has None."""
    of_tables: dict[tuple[str, str], GivenValues] = field(default_factory=dict)
    """The same of rows that name a table, by unit and table: of the work that this one counts."""
    measures: tuple[str, ...] = ()
    """Those that have a column."""
    problems: list[FileProblem] = field(default_factory=list)

    @property
    def units(self) -> list[str]:
        """Those that have a row, in the order of their first ones."""
        return list(dict.fromkeys([*(unit for unit, _ in self.of_tables), *self.values]))


def read_figures(file: str, raw: bytes, rules: RuleSet, units: UnitTree) -> FiguresTable:
    """The values of a table; never raises."""
    names = _Names(rules, units)
    found = FiguresTable()
    try:
        sheets = [sheet for sheet in read_sheets(raw, names.score) if sheet.rows]
    except UnreadableSheetError as error:
        found.problems.append(FileProblem(file=file, line=error.line, vi=error.vi, en=error.en))
        return found
    if not sheets:
        vi = "tệp trống; dòng đầu là mã đơn vị và tên các chỉ số, mỗi đơn vị một dòng"
        en = "the file is empty; first come code and the names of measures, then a line a unit"
        found.problems.append(FileProblem(file=file, line=1, vi=vi, en=en))
        return found
    sheet = max(sheets, key=lambda one: max(names.score(row.cells) for row in _top(one)))
    header = max(_top(sheet), key=lambda row: names.score(row.cells))
    _Reader(file, sheet, header, names, units, found).read()
    return found


def _top(sheet: Sheet) -> Sequence[SheetRow]:
    return sheet.rows[:_NEAR_THE_TOP]


class _Names:
    """What the columns of the table can be called."""

    def __init__(self, rules: RuleSet, units: UnitTree) -> None:
        self.measures = rules.measured
        self.tables = {
            folded(called): table.id
            for table in (rules.tables if rules.period_begins else ())
            for called in (table.id, table.title.vi, table.title.en)
        }
        """Tables by what they are called, where a row can be about the work of one."""
        self._meant: dict[str, set[str]] = {}
        for name, measure in rules.measured.items():
            title = measure.title
            for called in (name, *((title.vi, title.en) if title else ())):
                self._meant.setdefault(folded(called), set()).add(name)
        self._of_several: dict[str, list[str]] = {}
        """By criterion that several score the headings of its marks."""
        for table in rules.tables:
            for criterion in table.criteria:
                if isinstance(criterion, Entered):
                    self._scores(criterion, units)

    def _scores(self, criterion: Entered, units: UnitTree) -> None:
        """`V.2` where one score is asked first, `V.2 TTT` (or the unit's name) of each scorer,
        `V.2 final` of each stage."""
        called = (criterion.id, criterion.title.vi, criterion.title.en)
        if first := criterion.of_one:
            for heading in called:
                self._meant.setdefault(folded(heading), {first})
        elif criterion.scored_by is not None:
            some = [f"{criterion.id} {code}" for code in criterion.scored_by.codes]
            self._of_several.update((folded(heading), some) for heading in called)
        for read in criterion.reads():
            whose = read.measure.rpartition(":")[2]
            if whose in units:
                names: tuple[str, ...] = (whose, units[whose].name)
            else:
                stage = SCORING_STAGES.get(whose, Bilingual(whose, whose))
                names = (whose, stage.vi, stage.en)
            for giver in names:
                self._meant.setdefault(folded(f"{criterion.id} {giver}"), {read.measure})

    def of(self, heading: str) -> set[str]:
        """The measures that a heading can mean."""
        return self._meant.get(folded(heading), set())

    def of_scorers(self, heading: str) -> list[str]:
        """The headings to write instead of one that names a criterion of several scorers."""
        return self._of_several.get(folded(heading), [])

    def score(self, cells: Sequence[str]) -> int:
        """How many cells of a row are headings."""
        return sum(folded(cell) in _UNIT or bool(self.of(cell)) for cell in cells)

    def known(self) -> list[str]:
        """Names for a remedy."""
        return list(self.measures)


@dataclass(frozen=True, slots=True)
class _Reader:
    file: str
    sheet: Sheet
    header: SheetRow
    names: _Names
    units: UnitTree
    found: FiguresTable

    def read(self) -> None:
        """Headings, then rows."""
        for fault in self.sheet.faults:
            self._problem(fault.line, fault.column, fault.sentence)
        columns = [self._column(at, cell) for at, cell in enumerate(self.header.cells)]
        self.found.measures = tuple(name for name in columns if name)
        at = next((n for n, cell in enumerate(self.header.cells) if folded(cell) in _UNIT), None)
        if at is None:
            self._problem(
                self.header.line,
                None,
                (
                    "thiếu cột mã đơn vị; đặt tên cột là “Mã”",
                    "the column of units is missing; call it “code”",
                ),
            )
            return
        named: dict[str, Unit] = {}
        for unit in self.units:
            named[folded(unit.code)] = unit
            named.setdefault(folded(unit.name), unit)
        for row in self.sheet.rows:
            if row.line > self.header.line:
                self._row(row, at, columns, named)

    def _column(self, at: int, heading: str) -> str | None:
        name = folded(heading)
        if not name or name in _UNIT or name in _PASSED_OVER or self._is_table(name):
            return None
        meant = sorted(self.names.of(heading))
        if len(meant) == 1:
            return meant[0]
        if meant:
            listed = ", ".join(meant)
            sentence = (
                f"“{heading}” là tên của nhiều chỉ số; ghi một trong: {listed}",
                f"“{heading}” is the title of several measures; write one of: {listed}",
            )
        elif some := self.names.of_scorers(heading):
            listed = ", ".join(some)
            sentence = (
                f"nhiều đơn vị chấm “{heading}”; mỗi đơn vị một cột: {listed}",
                f"several units score “{heading}”; a column for each: {listed}",
            )
        else:
            vi, en = did_you_mean(heading, self.names.known())
            sentence = (
                f"không có chỉ số “{heading}”; {vi}",
                f"there is no measure “{heading}”; {en}",
            )
        self._problem(self.header.line, at, sentence)
        return None

    def _row(
        self, row: SheetRow, at: int, columns: Sequence[str | None], named: Mapping[str, Unit]
    ) -> None:
        cells = [*row.cells, *[""] * (len(columns) - len(row.cells))]
        written = cells[at].strip()
        unit = named.get(folded(written))
        if unit is None:
            vi, en = did_you_mean(written, (one.code for one in self.units))
            self._problem(
                row.line,
                at,
                (f"không có đơn vị “{written}”; {vi}", f"there is no unit “{written}”; {en}"),
            )
            return
        values = self._values_of(row, at, unit.code)
        if values is None:
            return
        for column, name in enumerate(columns):
            if name is not None:
                try:
                    values[name] = _value(cells[column].strip(), self.names.measures[name])
                except UnreadableError as error:
                    text = cells[column].strip()
                    self._problem(
                        row.line, column, (f"“{text}”: {error.vi}", f"“{text}”: {error.en}")
                    )

    def _is_table(self, heading: str) -> bool:
        return bool(self.names.tables) and heading in _TABLE

    def _values_of(self, row: SheetRow, at: int, unit: str) -> GivenValues | None:
        """Where the values of a row belong; None, and a problem, where they belong nowhere."""
        found: GivenValues = {}
        column = next(
            (n for n, cell in enumerate(self.header.cells) if self._is_table(folded(cell))), None
        )
        written = (
            row.cells[column].strip() if column is not None and column < len(row.cells) else ""
        )
        table = self.names.tables.get(folded(written)) if written else None
        if written and table is None:
            vi, en = did_you_mean(written, dict.fromkeys(self.names.tables.values()))
            sentence = f"không có bảng “{written}”; {vi}", f"there is no table “{written}”; {en}"
            self._problem(row.line, column, sentence)
            return None
        if (table is None and unit in self.found.values) or (
            table is not None and (unit, table) in self.found.of_tables
        ):
            each_vi, each_en = (" và bảng", " and table") if column is not None else ("", "")
            self._problem(
                row.line,
                at,
                (
                    f"{unit} đã có ở dòng trên; mỗi đơn vị{each_vi} một dòng",
                    f"{unit} has a row above; one row for a unit{each_en}",
                ),
            )
            return None
        if table is None:
            self.found.values[unit] = found
        else:
            self.found.of_tables[unit, table] = found
        return found

    def _problem(self, line: int, column: int | None, sentence: Sentence) -> None:
        path = "" if column is None else self.sheet.cell(line, column)
        vi, en = sentence
        self.found.problems.append(FileProblem(file=self.file, line=line, path=path, vi=vi, en=en))


def _value(text: str, measure: Measure) -> Decimal | DaysLate | None:
    if not isinstance(measure, DaysLateMeasure):
        return read_local_figure(text) if text else None
    if not text:
        return DaysLate("open")
    words = folded(text).split()
    if words[:1] in (["cham"], ["late"]):
        words = words[1:]
    if words and words[0].isdecimal() and words[1:] in ([], *([suffix] for suffix in _SUFFIXES)):
        return DaysLate("fulfilled", int(words[0]))
    state = _STATES.get(folded(text))
    if state is None:
        raise UnreadableError(
            "ghi số ngày chậm (0: đúng hạn), hoặc: đúng hạn, quá hạn, được miễn, chưa đến hạn",
            "write the days late (0: in time), or: in time, overdue, waived, not yet due",
        )
    return state

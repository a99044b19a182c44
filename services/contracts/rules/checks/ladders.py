"""Checks of ladders: each number that their measure can be stands on one rung, and on no second."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from services.contracts.campaign.document import Path
from services.contracts.campaign.measuring.proving.case_words import title_of
from services.contracts.campaign.measuring.proving.intervals import (
    EVERYTHING,
    Cut,
    Interval,
    Numbers,
    between,
)
from services.contracts.campaign.measuring.proving.measure_values import ValuesOf
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.rules import Measure
from services.contracts.rules.checks.tables import Tables, criteria_of
from services.contracts.rules.criteria import Ladder, Step
from services.contracts.wording import plain


class _Titled(NamedTuple):
    """The steps of a ladder, and what people call its measure."""

    steps: Sequence[Step]
    vi: str
    en: str


class _Placed(NamedTuple):
    """A rung, what it takes of the numbers there can be, and its place in the list."""

    interval: Interval
    at: int


def check_ladders(
    tables: Tables | None, measures: FilePart[dict[str, Measure]] | None
) -> Iterator[FileProblem]:
    """No rung that takes nothing, no number on two rungs, none on no rung."""
    if tables is None or measures is None:
        return
    known = ValuesOf(measures.value)
    for at, table in enumerate(tables.value):
        for path, criterion in criteria_of(at, table):
            if not isinstance(criterion, Ladder) or tables.document.is_incomplete(path):
                continue
            values = known.measure(criterion.measure)
            if values is None or values.is_obligation or any(map(_end_twice, criterion.steps)):
                continue  # reported elsewhere
            counts = measures.value[criterion.measure].kind not in {"share", "mean"}
            place = (*path, "steps")
            title = title_of(criterion.measure, measures.value)
            ladder = _Titled(criterion.steps, title.vi, title.en)
            yield from _ladder(tables, place, ladder, values.numbers, counts=counts)


def _end_twice(step: Step) -> bool:
    if step.equals is not None:
        return step.has_ends
    return None not in (step.above, step.at_least) or None not in (step.at_most, step.below)


def _interval(step: Step) -> Interval:
    if step.equals is not None:
        return between(at_least=step.equals, at_most=step.equals)
    return between(
        at_least=step.at_least, more_than=step.above, at_most=step.at_most, less_than=step.below
    )


def _ladder(
    tables: Tables, path: Path, ladder: _Titled, numbers: Numbers, *, counts: bool
) -> Iterator[FileProblem]:
    """`counts`: whether it is of a kind that can be whole by what it counts."""
    placed = []
    for at, step in enumerate(ladder.steps):
        inside = numbers.inside(_interval(step))
        if inside.is_empty:
            yield _takes_nothing(tables, (*path, at), step, ladder, numbers)
        else:
            placed.append(_Placed(inside, at))
    if not placed:
        return
    placed.sort()
    whole = numbers.inside(EVERYTHING)
    if placed[0].interval.low > whole.low:
        hole = Interval(whole.low, placed[0].interval.low)
        yield _end_missing(tables, (*path, placed[0].at), ladder, numbers.words(hole), "lowest")
    furthest = placed[0]
    for one in placed[1:]:
        pair = (path, furthest.at, one.at)
        if one.interval.low > furthest.interval.high:
            hole = Interval(furthest.interval.high, one.interval.low)
            words = numbers.words(hole)
            yield _gap(
                tables, pair, ladder, words, may_be_whole=counts and _no_whole_in(hole, numbers)
            )
        elif one.interval.low < furthest.interval.high:
            twice = numbers.words(one.interval.common(furthest.interval))
            yield _overlap(tables, pair, ladder, twice)
        furthest = max(furthest, one, key=lambda placed: placed.interval.high)
    if furthest.interval.high < whole.high:
        hole = Interval(furthest.interval.high, whole.high)
        yield _end_missing(tables, (*path, furthest.at), ladder, numbers.words(hole), "highest")


def _takes_nothing(
    tables: Tables, path: Path, step: Step, ladder: _Titled, numbers: Numbers
) -> FileProblem:
    if _interval(step).is_empty:
        return tables.problem(
            path,
            f"bậc {step.words} không có số nào: đầu dưới không thấp hơn đầu trên; sửa một đầu",
            f"no number is {step.words}: its lower end is not below its upper; correct one end",
        )
    can = numbers.words(numbers.inside(EVERYTHING))
    return tables.problem(
        path,
        f"bậc {step.words} không bao giờ dùng: {ladder.vi} chỉ có thể {can}"
        f"{_whole(numbers)[0]}; sửa hoặc bỏ bậc",
        f"the rung {step.words} is never used: {ladder.en} can only be {can}{_whole(numbers)[1]}; "
        "correct or remove it",
    )


def _whole(numbers: Numbers) -> tuple[str, str]:
    return ("", "") if numbers.step is None else (" và là số nguyên", " and is a whole number")


def _pair(tables: Tables, pair: tuple[Path, int, int]) -> tuple[Path, int]:
    """Where a fault of two rungs is reported, the later of the two; the line of the other one."""
    path, lower, upper = pair
    return (*path, max(lower, upper)), tables.document.line((*path, min(lower, upper)))


def _no_whole_in(hole: Interval, numbers: Numbers) -> bool:
    """Whether only numbers with a fraction have no rung, of what is not known to be whole."""
    return numbers.step is None and Numbers(step=Decimal(1)).inside(hole).is_empty


def _gap(
    tables: Tables, pair: tuple[Path, int, int], ladder: _Titled, hole: str, *, may_be_whole: bool
) -> FileProblem:
    place, other = _pair(tables, pair)
    key = _begin_where_ends(_interval(ladder.steps[pair[1]]).high)
    vi, en = f"bậc trên phải bắt đầu bằng {key}", f"let the upper rung begin with {key}"
    if may_be_whole:
        vi = f"{vi}; nếu chỉ số đếm số nguyên, ghi whole: true cho chỉ số lấy từ sự kiện"
        en = f"{en}; or, if it counts in whole numbers, say whole: true at the measure of facts"
    return tables.problem(
        place,
        f"hở giữa bậc này và bậc ở dòng {other}: {hole} ({ladder.vi}) không có điểm; {vi}",
        f"a gap to the rung in line {other}: {hole} ({ladder.en}) gives no points; {en}",
    )


def _overlap(
    tables: Tables, pair: tuple[Path, int, int], ladder: _Titled, twice: str
) -> FileProblem:
    place, other = _pair(tables, pair)
    lower, upper = (_interval(ladder.steps[at]) for at in pair[1:])
    vi, en = "sửa các đầu của một bậc, hoặc bỏ một bậc", "correct the ends of one, or remove it"
    if upper.low > lower.low:
        key = _end_where_begins(upper.low)
        vi, en = f"bậc dưới phải kết thúc bằng {key}", f"let the lower rung end with {key}"
    return tables.problem(
        place,
        f"chồng lên bậc ở dòng {other}: {twice} ({ladder.vi}) có điểm ở hai bậc; {vi}",
        f"overlaps the rung in line {other}: {twice} ({ladder.en}) is on both; {en}",
    )


def _begin_where_ends(cut: Cut) -> str:
    return f'{"above" if cut.after else "at_least"}: "{plain(cut.at)}"'


def _end_where_begins(cut: Cut) -> str:
    return f'{"at_most" if cut.after else "below"}: "{plain(cut.at)}"'


def _end_missing(tables: Tables, path: Path, ladder: _Titled, hole: str, end: str) -> FileProblem:
    lowest = end == "lowest"
    step = ladder.steps[int(path[-1])]
    vi, en = _open_end(step, lowest=lowest)
    cut = _interval(step).low if lowest else _interval(step).high
    if cut.after != lowest:  # the end itself is on the rung
        key = f'{"at_least" if lowest else "at_most"}: "{plain(cut.at)}"'
        vi = f"{vi}; nếu không thể có số như vậy thì ghi {key} cho chỉ số"
        en = f"{en}; where there can be no such number, say {key} at the measure"
    return tables.problem(
        path,
        f"bậc {'thấp' if lowest else 'cao'} nhất bỏ sót {hole} ({ladder.vi}); {vi}",
        f"the {end} rung leaves out {hole} ({ladder.en}); {en}",
    )


def _open_end(step: Step, *, lowest: bool) -> tuple[str, str]:
    """How the rung itself takes what lies beyond it."""
    if step.equals is not None:
        key = f'{"at_most" if lowest else "at_least"}: "{plain(step.equals)}"'
        return f"đổi is thành {key}, hoặc thêm một bậc", f"write {key} for is, or add a rung"
    keys = "above/at_least" if lowest else "at_most/below"
    return f"bỏ {keys} của bậc này, hoặc thêm một bậc", f"drop its {keys}, or add a rung"

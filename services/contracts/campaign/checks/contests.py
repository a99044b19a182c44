"""Checks of the essay contests that a plan declares, and of the obligations that ask for essays."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.contracts.campaign.asked_acts import ESSAY_SUBMITTED, AskedAct
from services.contracts.campaign.checks.asked_acts import parts_of
from services.contracts.campaign.checks.audience import unknown_words
from services.contracts.campaign.contest import Contest
from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows
from services.contracts.events.obligations import FULFILLING
from services.contracts.wording import plain

ContestsPart = FilePart[tuple[Contest, ...]]
Obligations = FilePart[tuple[ObligationPlan, ...]]
_Found = Iterator[tuple[Path, str, str]]
"""The key of a part, and what is wrong with it."""


def check_contests(
    contests: ContestsPart | None,
    units: UnitRows | None,
    days: tuple[date, date] | None,
) -> Iterator[FileProblem]:
    """Ids come once, ends lie in the campaign, levels are those of the units. `days`: the first
    and the last of the campaign."""
    if contests is None:
        return
    seen: set[str] = set()
    for at, contest in enumerate(contests.value):
        if contest.id in seen:
            yield contests.problem(
                (at, "id"),
                f"mã {contest.id} đã dùng; mỗi cuộc thi một mã",
                f"id {contest.id} is used already; one id for each contest",
            )
        seen.add(contest.id)
        ends = contest.ends.last_day
        if days and days[0] <= days[1] and not days[0] <= ends <= days[1]:
            between = f"{days[0]} … {days[1]}"
            yield contests.problem(
                (at, "ends"),
                f"ngày kết thúc {ends} ngoài thời gian của đợt ({between}); sửa ngày",
                f"the end {ends} is outside the campaign ({between}); correct the day",
            )
        if units is not None:
            yield from unknown_words(contests, (at, "levels"), contest.levels, units.levels)


def check_essays_asked(
    contests: ContestsPart | None,
    obligations: Obligations | None,
) -> Iterator[FileProblem]:
    """What asks for essays names a contest that there is, and goes with its rules.

    `contests`: None where the plan has some that can't be read.
    """
    if obligations is None or contests is None or contests.document.is_incomplete():
        return  # a contest that could not be read would look unknown
    known = contests.value
    for at, planned in enumerate(obligations.value):
        for place, part in parts_of(planned):
            if part.by not in FULFILLING:
                continue  # a misspelt event is a problem of its own
            option = planned.options[int(place[1])]
            for key, vi, en in _asked(part, option, known):
                yield obligations.problem((at, *place, *key), vi, en)


def contests_of(part: AskedAct, contests: Sequence[Contest]) -> list[Contest]:
    """The contests whose essays count for a part."""
    return [one for one in contests if part.takes_essays_of(one.id)]


def _asked(part: AskedAct, option: Option, contests: Sequence[Contest]) -> _Found:
    if part.by != ESSAY_SUBMITTED:
        if part.contest is not None:
            yield (
                ("contest",),
                f"chỉ dùng với by: {ESSAY_SUBMITTED}; bỏ khóa này",
                f"goes with by: {ESSAY_SUBMITTED} only: remove it",
            )
        return
    if not contests:
        yield (
            ("by",),
            "đợt thi đua không có cuộc thi nào; khai báo cuộc thi trong contests, hoặc đổi by",
            "the campaign has no contest: declare one under contests, or change by",
        )
        return
    meant = contests_of(part, contests)
    if not meant:
        vi, en = did_you_mean(part.contest or "", [one.id for one in contests])
        yield (
            ("contest",),
            f"không có cuộc thi “{part.contest}” trong contests; {vi}",
            f"there is no contest “{part.contest}”; {en}",
        )
        return
    yield from _forms(part, meant)
    yield from _mark(part, meant)
    yield from _day(option, meant)


def _forms(part: AskedAct, meant: Sequence[Contest]) -> _Found:
    allowed = tuple(dict.fromkeys(form for one in meant for form in one.forms))
    for at, form in enumerate(part.forms):
        if form not in allowed:
            listed = ", ".join(allowed)
            yield (
                ("forms", at),
                f"{part.by} không có hình thức “{form}”; chọn trong: {listed}",
                f"{part.by} has no form “{form}”; choose among: {listed}",
            )


def _mark(part: AskedAct, meant: Sequence[Contest]) -> _Found:
    for one in meant:
        if part.mark is not None and not one.mark.min <= part.mark <= one.mark.max:
            scale = f"{plain(one.mark.min)} … {plain(one.mark.max)}"
            of_vi, of_en = ("", "") if len(meant) == 1 else (f" của {one.id}", f" of {one.id}")
            more = ("", "") if len(meant) == 1 else (", hoặc ghi contest", ", or name the contest")
            yield (
                ("mark",),
                f"điểm {plain(part.mark)} ngoài thang điểm{of_vi} ({scale}); sửa điểm{more[0]}",
                f"the mark {plain(part.mark)} is outside the scale{of_en} ({scale}): correct"
                f" it{more[1]}",
            )
            return


def _day(option: Option, meant: Sequence[Contest]) -> _Found:
    """An essay is late for what is owed by the day by which it is late for its contest."""
    by_act = option.counted_by == "act"
    for one in meant:
        if by_act != (one.counted_by == "act"):
            yield (
                (),
                f"cuộc thi {one.id} ghi nhận theo {one.counted_by}, phương án {option.id} theo"
                f" {option.counted_by}; ghi counted_by giống nhau",
                f"the contest {one.id} counts by {one.counted_by}, the option {option.id} by"
                f" {option.counted_by}: let both count by the same day",
            )
            return

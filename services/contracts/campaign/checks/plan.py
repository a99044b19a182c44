"""Checks of the plan: days in order, ids once, events and levels that exist, usable options.

They look at parts, so that one fault does not hide another; a part that could not be read is None
and its checks are left out (its own fault was already reported).
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from services.contracts.campaign.asked_acts import ESSAY_SUBMITTED, AskedAct
from services.contracts.campaign.checks.asked_acts import CONFERENCE, parts_of
from services.contracts.campaign.checks.audience import Days, check_audience
from services.contracts.campaign.document import Path
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.last_year import LastYear
from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.report_kinds import REPORT_SUBMITTED
from services.contracts.campaign.units_file import UnitRows
from services.contracts.events import FACTS
from services.contracts.events.obligations import FULFILLING

EVENTS = {fact.event: fact for fact in FACTS}


def check_days(
    opens: FilePart[date] | None,
    closes: FilePart[date] | None,
    obligations: FilePart[tuple[ObligationPlan, ...]] | None,
) -> Iterator[FileProblem]:
    """The campaign opens before it closes, and every deadline lies between."""
    if opens is None or closes is None:
        return
    first, last = opens.value, closes.value
    if first > last:
        yield closes.problem(
            (),
            f"{last} trước ngày bắt đầu {first}; đổi closes hoặc opens",
            f"{last} is before the opening day {first}; correct closes or opens",
        )
        return
    between = f"{first} … {last}"
    for path, option in _options(obligations):
        day, reporting = option.last_day, option.last_reporting_day
        if day is None or reporting is None:
            continue
        if obligations and not (first <= day and reporting <= last):
            days = f"{day} … {reporting}"
            yield obligations.problem(
                (*path, "due"),
                f"thời hạn và ngày báo cáo cuối ({days}) ngoài thời gian của đợt ({between}); sửa "
                "thời hạn, closes hoặc reporting_grace_days",
                f"deadline and last reporting day ({days}) are outside the campaign ({between}); "
                "correct the deadline, closes or reporting_grace_days",
            )
    if obligations:
        yield from _conditions(obligations, first, last)


def _conditions(
    obligations: FilePart[tuple[ObligationPlan, ...]], first: date, last: date
) -> Iterator[FileProblem]:
    """A condition is read between the opening and the deadlines that depend on it, or the
    closing where these have no day yet."""
    for at, obligation in enumerate(obligations.value):
        if obligation.only_if is None:
            continue
        asked = obligation.only_if.day
        key = "no_essays_by" if obligation.only_if.when is None else "on"
        earliest = min(last, *(option.until for option in obligation.options))
        if not first <= asked <= earliest:
            yield obligations.problem(
                (at, "only_if", key),
                f"{asked} phải từ ngày bắt đầu {first} đến thời hạn {earliest}",
                f"{asked} must lie between the opening {first} and the deadline {earliest}",
            )


def check_obligations(
    obligations: FilePart[tuple[ObligationPlan, ...]] | None,
) -> Iterator[FileProblem]:
    """Ids come once; each option names an event that can take it."""
    if obligations is None:
        return
    yield from _ids_once(obligations)
    for at, obligation in enumerate(obligations.value):
        for place, part in parts_of(obligation):
            if part.by not in FULFILLING:
                vi, en = did_you_mean(part.by, FULFILLING)
                yield obligations.problem(
                    (at, *place, "by"),
                    f"không có sự kiện “{part.by}” để hoàn thành nội dung này; {vi}",
                    f"no event “{part.by}” fulfils an obligation; {en}",
                )
    for path, option in _options(obligations):
        if all(part.by in FULFILLING for part in option.parts):
            yield from _option(obligations, path, option)
    for at, obligation in enumerate(obligations.value):
        yield from _unreachable(obligations, at, obligation)


def _options(
    obligations: FilePart[tuple[ObligationPlan, ...]] | None,
) -> Iterator[tuple[Path, Option]]:
    if obligations is not None:
        for at, obligation in enumerate(obligations.value):
            for which, option in enumerate(obligation.options):
                yield (at, "options", which), option


def _ids_once(obligations: FilePart[tuple[ObligationPlan, ...]]) -> Iterator[FileProblem]:
    """Documents move options by their ids, reports name obligations by theirs: each is unique."""
    owner: dict[str, str] = {}
    seen: set[str] = set()
    for at, obligation in enumerate(obligations.value):
        if obligation.id in owner:
            yield obligations.problem(
                (at, "id"),
                f"mã {obligation.id} đã dùng; mỗi nội dung một mã",
                f"id {obligation.id} is used already; one id for each obligation",
            )
        owner.setdefault(obligation.id, obligation.id)
    for path, option in _options(obligations):
        mine = obligations.value[int(path[0])].id
        if option.id in seen or owner.get(option.id, mine) != mine:
            yield obligations.problem(
                (*path, "id"),
                f"mã {option.id} đã dùng cho phương án hoặc nội dung khác; mỗi phương án một mã",
                f"id {option.id} is used for another option or obligation; one id for each option",
            )
        seen.add(option.id)


def _option(
    obligations: FilePart[tuple[ObligationPlan, ...]], path: Path, option: Option
) -> Iterator[FileProblem]:
    if option.counted_by == "held-on" and not any(_has_a_day(part) for part in option.parts):
        yield obligations.problem(
            (*path, "counted_by"),
            "held-on chỉ dùng khi mọi báo cáo của phương án này có ngày tổ chức; dùng received",
            "held-on needs reports that all have a day on which it was held; use received",
        )
    if option.counted_by == "act" and not all(_may_have_a_day(part) for part in option.parts):
        yield obligations.problem(
            (*path, "counted_by"),
            "act chỉ dùng cho bài dự thi và báo cáo có ngày thực hiện (day_of_act); dùng received",
            "act is for essays and reports that have a day of the act (day_of_act); use received",
        )
    by_mark = any(part.mark is not None for part in option.parts)
    if option.reporting_grace_days and option.counted_by == "received" and not by_mark:
        yield obligations.problem(
            (*path, "reporting_grace_days"),
            "chỉ có nghĩa khi counted_by là held-on hoặc act, hoặc có mark; bỏ khóa này",
            "means something only with counted_by held-on or act, or with a mark; remove it",
        )
    if option.city_document_required and option.forms != ("written",):
        yield obligations.problem(
            (*path, "city_document_required"),
            "chỉ dùng cho phương án bằng văn bản; đặt forms: [written] hoặc bỏ khóa này",
            "is for an option in writing only; say forms: [written] or remove it",
        )


def _may_have_a_day(part: AskedAct) -> bool:
    """Whether acts like these can say on which day they were done; whether those of the plan do,
    look `checks/contests.py` and `checks/report_kinds.py`."""
    return part.by in (ESSAY_SUBMITTED, REPORT_SUBMITTED) or _has_a_day(part)


def _has_a_day(part: AskedAct) -> bool:
    """Whether each act that counts has a day on which it was held."""
    in_writing = part.by == CONFERENCE and part.forms != ("held",)
    return "held_on" in EVENTS[part.by].model_fields and not in_writing


def _unreachable(
    obligations: FilePart[tuple[ObligationPlan, ...]], at: int, obligation: ObligationPlan
) -> Iterator[FileProblem]:
    """An option whose every report already fulfils an earlier option of the same obligation."""
    for which, option in enumerate(obligation.options):
        for earlier in obligation.options[:which]:
            if _covers(earlier, option):
                yield obligations.problem(
                    (at, "options", which),
                    f"không bao giờ được dùng: báo cáo như vậy đã theo phương án {earlier.id}; "
                    "phân biệt bằng by, forms, report, contest hoặc period",
                    f"is never used: such reports fulfil option {earlier.id}; tell them apart by"
                    " by, forms, report, contest or period",
                )
                break


def _covers(earlier: Option, option: Option) -> bool:
    """Whether any act that goes `option` fulfils the earlier one, or the two ask for the same."""
    if not earlier.is_one_act:
        same = {"id": "", "source": None, "due": None, "counted_by": None}
        begun = earlier.first_day is None or (
            option.first_day is not None and earlier.first_day <= option.first_day
        )
        return begun and earlier.model_copy(update=same) == option.model_copy(update=same)
    return any(_is_taken(earlier, part) for part in option.parts)


def _is_taken(earlier: Option, part: AskedAct) -> bool:
    forms = not earlier.forms or (part.forms and {*part.forms} <= {*earlier.forms})
    periods = earlier.period in (None, part.period)
    contests = earlier.contest in (None, part.contest)
    same = part.by == earlier.by and part.report == earlier.report
    return bool(same and forms and periods and contests)


def check_audiences(
    obligations: FilePart[tuple[ObligationPlan, ...]] | None,
    units: UnitRows | None,
    days: Days | None,
) -> Iterator[FileProblem]:
    """Whom each obligation is for are units of units.csv. `days`: those of the campaign."""
    if obligations is not None:
        for at, obligation in enumerate(obligations.value):
            yield from check_audience(obligations, (at,), obligation, units, days)


def check_last_year(
    last_year: FilePart[LastYear] | None, opens: FilePart[date] | None
) -> Iterator[FileProblem]:
    """Each day once, before this year's opening, and no count above the total."""
    if last_year is None:
        return
    seen: set[tuple[int, int]] = set()
    total = last_year.value.total
    for at, known in enumerate(last_year.value.same_day):
        day = (known.day.month, known.day.day)
        if day in seen:
            yield last_year.problem(
                ("same_day", at, "day"),
                f"ngày {known.day:%d/%m} đã có; bỏ một dòng",
                f"{known.day:%d %B} is there already; remove one",
            )
        seen.add(day)
        if total is not None and known.count > total:
            yield last_year.problem(
                ("same_day", at, "count"),
                f"{known.count} lớn hơn tổng cả năm {total}; sửa một trong hai",
                f"{known.count} is more than the year's total {total}; correct one",
            )
        if opens is not None and known.day >= opens.value:
            yield last_year.problem(
                ("same_day", at, "day"),
                f"{known.day} không phải ngày của năm trước (đợt bắt đầu {opens.value}); sửa năm",
                f"{known.day} is no day of last year (this one opens {opens.value}); correct it",
            )


def check_reminders(distances: FilePart[tuple[int, ...]] | None) -> Iterator[FileProblem]:
    """No distance twice."""
    if distances is not None:
        for days, times in Counter(distances.value).items():
            if times > 1:
                yield distances.problem(
                    (),
                    f"{days} ngày viết {times} lần; mỗi khoảng một lần",
                    f"{days} days comes {times} times; each distance once",
                )

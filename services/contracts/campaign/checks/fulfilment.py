"""Plans that cannot be run: an obligation that some unit could never fulfil, whatever it sends.

What a unit sends fulfils every obligation that asks for it; its conference it reports once, in one
form. Essays and proposals come from the levels that may send some, and essays alone decide a
`no_essays_by`.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

from services.contracts.campaign.asked_acts import ESSAY_SUBMITTED as ESSAY
from services.contracts.campaign.asked_acts import PROPOSED
from services.contracts.campaign.checks.asked_acts import CONFERENCE, parts_of
from services.contracts.campaign.checks.audience import KEYS
from services.contracts.campaign.checks.contests import ContestsPart, contests_of
from services.contracts.campaign.contest import Contest
from services.contracts.campaign.obligation_plan import ObligationPlan, Option
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows

BY_ENTRY = (ESSAY, PROPOSED)
"""What units of the levels of the contests alone may send."""


def check_fulfilment(
    obligations: FilePart[tuple[ObligationPlan, ...]] | None,
    contests: ContestsPart | None,
    units: UnitRows | None,
) -> Iterator[FileProblem]:
    """Every unit can fulfil everything that it owes."""
    if obligations is None:
        return
    meant = cache(partial(_meant, obligations.value, units))
    for at, planned in enumerate(obligations.value):
        yield from _one_conference(obligations, at, planned, meant)
        yield from _condition_by_essays(obligations, at, planned)
        if contests is not None and contests.value and units is not None:
            yield from _may_send_essays(obligations, at, planned, contests.value, units)


def _one_conference(
    obligations: FilePart[tuple[ObligationPlan, ...]],
    at: int,
    planned: ObligationPlan,
    meant: Callable[[int], frozenset[object]],
) -> Iterator[FileProblem]:
    """A unit reports its conference once: not as held to the one obligation and as written to the
    other. `meant`: whom an obligation is for, by its place."""
    for other, earlier in ((at, planned), *enumerate(obligations.value[:at])):
        # The units last: finding them is what takes time.
        clash = all(_clash(one, two) for one in earlier.options for two in planned.options)
        if clash and (other == at or not meant(other).isdisjoint(meant(at))):
            yield obligations.problem(
                (at, "options"),
                f"mỗi đơn vị chỉ báo cáo Hội nghị một lần, theo một hình thức; {earlier.id} của"
                " cùng đơn vị cần hình thức khác: sửa forms hoặc gộp thành các options",
                f"a unit reports its conference once, in one form, and {earlier.id} of the same"
                " units needs the other form: correct forms, or make them options of one",
            )
            return


def _clash(one: Option, other: Option) -> bool:
    """Whether no conference goes both."""
    return any(
        left.by == right.by == CONFERENCE
        and left.forms
        and right.forms
        and {*left.forms}.isdisjoint(right.forms)
        for left in one.parts
        for right in other.parts
    )


def _meant(
    obligations: Sequence[ObligationPlan], units: UnitRows | None, at: int
) -> frozenset[object]:
    """The rows of units that an obligation is for; without units the words that name them."""
    planned = obligations[at]
    if units is None:
        return frozenset((key, word) for key in KEYS for word in getattr(planned, key))
    return frozenset(which for which, row in enumerate(units.rows) if planned.applies_to(row.unit))


def _condition_by_essays(
    obligations: FilePart[tuple[ObligationPlan, ...]], at: int, planned: ObligationPlan
) -> Iterator[FileProblem]:
    """Whether a unit had sent essays is looked at when it sends essays, and at no report."""
    if planned.only_if is None or planned.only_if.no_essays_by is None:
        return
    for place, part in parts_of(planned):
        if part.by != ESSAY:
            yield obligations.problem(
                (at, *place, "by"),
                f"nội dung có no_essays_by chỉ hoàn thành bằng {ESSAY}; đổi by, hoặc ghi on và"
                " when",
                f"an obligation with no_essays_by is fulfilled by {ESSAY} alone: change by, or say"
                " on and when",
            )


def _may_send_essays(
    obligations: FilePart[tuple[ObligationPlan, ...]],
    at: int,
    planned: ObligationPlan,
    contests: Sequence[Contest],
    units: UnitRows,
) -> Iterator[FileProblem]:
    """What essays alone fulfil is owed by units that may send some."""
    if any(all(part.by not in BY_ENTRY for part in option.parts) for option in planned.options):
        return
    if not units.levels >= {level for one in contests for level in one.levels}:
        return  # a level is misspelt: a problem of its own
    sending = {level for option in planned.options for level in _may_send(option, contests)}
    levels = {row.unit.level for row in units.rows if planned.applies_to(row.unit)}
    if barred := sorted(levels - sending):
        yield obligations.problem(
            (at, "options"),
            f"đơn vị cấp {', '.join(barred)} phải thực hiện nhưng không được gửi bài dự thi; sửa"
            " đơn vị phải thực hiện hoặc levels của cuộc thi",
            f"units of the level {', '.join(barred)} owe it and may send no essays: correct"
            " whom it is for, or the levels of the contest",
        )


def _may_send(option: Option, contests: Sequence[Contest]) -> set[str]:
    """The levels that may send every essay or proposal that the option takes."""
    levels = {level for one in contests for level in one.levels}
    for part in option.parts:
        if part.by == ESSAY:
            meant = contests_of(part, contests) or contests
            levels &= {level for one in meant for level in one.levels}
    return levels

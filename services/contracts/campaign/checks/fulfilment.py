"""Plans that cannot be run: an obligation that some unit could never fulfil, whatever it sends.

A unit sends each report once, and a report fulfils one obligation; essays, proposals and figures
fulfil every obligation that accepts them. Essays and proposals come from the levels that may send
some, and essays alone decide an `only_if`.
"""

from collections.abc import Iterator

from services.contracts.campaign.asked_acts import ESSAY_SUBMITTED as ESSAY
from services.contracts.campaign.asked_acts import FIGURE_REPORTED, PROPOSED, AskedAct
from services.contracts.campaign.checks.asked_acts import parts_of
from services.contracts.campaign.checks.audience import KEYS
from services.contracts.campaign.contest import EssayRules
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows

BY_ENTRY = (ESSAY, PROPOSED)
"""What units of the levels of `essays` alone may send."""


def check_fulfilment(
    obligations: FilePart[tuple[ObligationPlan, ...]] | None,
    essays: FilePart[EssayRules] | None,
    units: UnitRows | None,
) -> Iterator[FileProblem]:
    """Every unit can fulfil everything that it owes."""
    if obligations is None:
        return
    for at, planned in enumerate(obligations.value):
        yield from _reports_once(obligations, at, planned, units)
        yield from _condition_by_essays(obligations, at, planned)
        if essays is not None and units is not None:
            yield from _may_send_essays(obligations, at, planned, essays.value, units)


def _reports_once(
    obligations: FilePart[tuple[ObligationPlan, ...]],
    at: int,
    planned: ObligationPlan,
    units: UnitRows | None,
) -> Iterator[FileProblem]:
    """A report that fulfils an earlier obligation of the same units is not left for this one."""
    for place, part in parts_of(planned):
        for earlier in obligations.value[:at]:
            if (
                part.by not in (*BY_ENTRY, FIGURE_REPORTED)
                and any(_same_report(other, part) for _, other in parts_of(earlier))
                and _same_units(earlier, planned, units)
            ):
                yield obligations.problem(
                    (at, *place, "by"),
                    f"báo cáo “{part.by}” của cùng đơn vị đã dùng cho {earlier.id}; mỗi đơn vị"
                    " chỉ gửi báo cáo này một lần: gộp hai nội dung hoặc đổi by",
                    f"{earlier.id} of the same units is by “{part.by}” already, and a unit sends"
                    " it once: make the two one obligation, or name another event",
                )
                break


def _same_report(one: AskedAct, other: AskedAct) -> bool:
    """Whether one report may go both options."""
    periods = one.period == other.period or None in (one.period, other.period)
    return one.by == other.by and one.report == other.report and periods


def _same_units(one: ObligationPlan, other: ObligationPlan, units: UnitRows | None) -> bool:
    if units is None:
        return any({*getattr(one, key)} & {*getattr(other, key)} for key in KEYS)
    return any(one.applies_to(row.unit) and other.applies_to(row.unit) for row in units.rows)


def _condition_by_essays(
    obligations: FilePart[tuple[ObligationPlan, ...]], at: int, planned: ObligationPlan
) -> Iterator[FileProblem]:
    """Whether a unit had sent essays is looked at when it sends essays, and at no report."""
    if planned.only_if is None:
        return
    for place, part in parts_of(planned):
        if part.by != ESSAY:
            yield obligations.problem(
                (at, *place, "by"),
                f"nội dung có only_if chỉ hoàn thành bằng {ESSAY}; đổi by hoặc bỏ only_if",
                f"an obligation with only_if is fulfilled by {ESSAY} alone: change by, or remove"
                " only_if",
            )


def _may_send_essays(
    obligations: FilePart[tuple[ObligationPlan, ...]],
    at: int,
    planned: ObligationPlan,
    essays: EssayRules,
    units: UnitRows,
) -> Iterator[FileProblem]:
    """What essays alone fulfil is owed by units that may send some."""
    if any(all(part.by not in BY_ENTRY for part in option.parts) for option in planned.options):
        return
    if not units.levels >= {*essays.levels}:
        return  # a level is misspelt: a problem of its own
    levels = {row.unit.level for row in units.rows if planned.applies_to(row.unit)}
    if barred := sorted(levels - {*essays.levels}):
        yield obligations.problem(
            (at, "options"),
            f"đơn vị cấp {', '.join(barred)} phải thực hiện nhưng không được gửi bài dự thi; sửa"
            " đơn vị phải thực hiện hoặc essays.levels",
            f"units of the level {', '.join(barred)} owe it and may send no essays: correct"
            " whom it is for, or essays.levels",
        )

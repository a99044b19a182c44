"""The kinds of report, as the plan has them, and to whom a unit sends one. Pure."""

from datetime import date

from services.chassis.problems import NOT_FOUND, Refusal
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.report_kinds import ReportKind
from services.contracts.campaign.units import Unit, UnitTree
from services.contracts.wording import Bilingual, period_title
from services.submissions.declared_reports.schemas import (
    ChoiceOut,
    FieldOut,
    KindOut,
    KindsOut,
    ReportPeriodOut,
)
from services.submissions.schemas import AudienceOut


def kind_of_path(plan: Plan, kind: str) -> ReportKind:
    """The kind that a path names. Raises Refusal (404), with the nearest one."""
    known = plan.report_kind(kind)
    if known is None:
        vi, en = did_you_mean(kind, [one.id for one in plan.reports])
        raise Refusal(
            NOT_FOUND,
            detail=(
                f"Đợt thi đua không có loại báo cáo “{kind}”: {vi}.",
                f"The campaign has no kind of report “{kind}”: {en}.",
            ),
        )
    return known


def title_of(plan: Plan, kind: str) -> Bilingual:
    """The title of a kind; the id of one that the plan has no more."""
    known = plan.report_kind(kind)
    return Bilingual(kind, kind) if known is None else known.title


def receiver_of(kind: ReportKind, unit: Unit, tree: UnitTree, day: date) -> str:
    """The unit that a report goes to, by the tree of a local day; at the top it is the unit."""
    if kind.receiver not in ("parent", "root"):
        return kind.receiver
    above = tree.on(day).ancestors(unit.code)
    if not above:
        return unit.code
    return above[0].code if kind.receiver == "parent" else above[-1].code


def kinds_of(plan: Plan) -> KindsOut:
    """Every kind of the newest version of the plan, in its order."""
    return KindsOut(kinds=[_kind_out(kind, plan) for kind in plan.reports])


def _kind_out(kind: ReportKind, plan: Plan) -> KindOut:
    return KindOut(
        **dict(AudienceOut.of(kind)),
        id=kind.id,
        title=kind.title,
        source=kind.source,
        receiver=kind.receiver,
        periods=[
            ReportPeriodOut(period=period, title=period_title(period))
            for period in kind.known_periods(plan.opens, plan.closes)
        ],
        fields=[
            FieldOut(
                id=field.id,
                title=field.title,
                type=field.type,
                required=field.required,
                personal=field.personal,
                min=field.min,
                max=field.max,
                longest=field.longest,
                not_before=field.not_before,
                not_after=field.not_after,
                choices=[ChoiceOut(code=code, title=one) for code, one in field.choices.items()],
            )
            for field in kind.fields
        ],
    )

"""Which contest of the plan is meant. Pure."""

from services.chassis.problems import Faults
from services.contracts.campaign.contest import Contest
from services.contracts.campaign.explain import did_you_mean
from services.contracts.campaign.plan import Plan
from services.submissions.wording import sentence_start


def known_contest(faults: Faults, plan: Plan, named: str, *, rule: str) -> Contest | None:
    """The contest of that id, or a fault with the nearest one and None."""
    contest = plan.contest(named)
    if contest is not None:
        return contest
    if not plan.contests:
        _none(faults, plan, "/contest", rule)
        return None
    vi, en = did_you_mean(named, [one.id for one in plan.contests])
    faults.add(
        "/contest",
        f"Không tìm thấy cuộc thi có mã “{named}”; {vi}.",
        f"The plan has no contest “{named}”; {en}",
        rule=rule,
    )
    return None


def contest_of_essay(faults: Faults, plan: Plan, named: str | None) -> Contest | None:
    """The contest that an essay is for: the one that it names, or the only one there is; else a
    fault and None."""
    rule = "essays.contest"
    if named is not None:
        return known_contest(faults, plan, named, rule=rule)
    if len(plan.contests) == 1:
        return plan.contests[0]
    if not plan.contests:
        _none(faults, plan, "", rule)
        return None
    vi = "; ".join(f"{one.title.vi} ({one.id})" for one in plan.contests)
    en = "; ".join(f"{one.title.en} ({one.id})" for one in plan.contests)
    faults.add(
        "/contest",
        f"Chưa chọn cuộc thi. Đợt thi đua có các cuộc thi: {vi}.",
        f"The contest is missing: choose one of {en}.",
        rule=rule,
    )
    return None


def _none(faults: Faults, plan: Plan, pointer: str, rule: str) -> None:
    vi, en = sentence_start(plan.short_title.vi), sentence_start(plan.short_title.en)
    faults.add(
        pointer,
        f"{vi} không có cuộc thi viết, không tiếp nhận bài dự thi.",
        f"{en} has no essay contest and takes no essays.",
        rule=rule,
    )

"""What the Board may adopt, and from when it holds. Pure."""

from datetime import datetime, time

from services.chassis.problems import FAULTY, Faults, Problem, Refusal
from services.contracts.rules import RuleSet
from services.contracts.wording import moment
from services.scoring.rule_sets.adopt import Adoption
from services.scoring.rule_sets.schemas import AdoptionIn
from services.scoring.scored_campaign import ScoredCampaign

NOT_SHOWN = Problem(
    "rules-not-shown",
    409,
    "Bảng điểm này khác với bảng đã được xem trước",
    "These are not the rules whose effect was shown",
    "Ask what-if about exactly this document, look at what it changes, and send the digest that it"
    " answers.",
)
SAME_RULES = Problem(
    "rules-in-force-already",
    409,
    "Bảng điểm này đã có hiệu lực",
    "These rules are in force already",
    "Nothing to do: the list of rule sets has it.",
)


def adoption_of(
    campaign: ScoredCampaign, body: AdoptionIn, rules: RuleSet, at: datetime
) -> Adoption:
    """What is adopted `at` a moment. Raises Refusal: 409 for rules that were not shown or are in
    force already, 422 for a moment of the past and a missing reason."""
    if rules.digest() != body.rules_digest:
        raise Refusal(NOT_SHOWN)
    since = body.in_force_since or _default(campaign, at)
    before = campaign.in_force_at(since)
    if before is not None and before.row.rules_digest == rules.digest():
        raise Refusal(SAME_RULES)
    faults = Faults()
    if body.in_force_since is not None and body.in_force_since < at:
        asked, now = moment(since, campaign.zone), moment(at, campaign.zone)
        faults.add(
            "/in_force_since",
            f"{asked.vi} đã qua: bây giờ là {now.vi}. Chọn thời điểm từ bây giờ trở đi, hoặc bỏ"
            " trường này để áp dụng từ bây giờ.",
            f"{asked.en} is over: it is {now.en}; choose a moment from now on, or leave this out.",
        )
    if campaign.adopted and body.reason is None:
        faults.add(
            "/reason",
            "Bảng điểm thay thế phải có lý do.",
            "A rule set that replaces another one needs its reason.",
        )
    faults.refuse_as(FAULTY)
    return Adoption(
        rules,
        body.rules,
        body.document,
        reason=body.reason,
        in_force_since=since,
        adopted_at=at,
    )


def _default(campaign: ScoredCampaign, at: datetime) -> datetime:
    """Now; the first rule set holds from the campaign's first day on: none was there before it."""
    if campaign.adopted:
        return at
    opens = datetime.combine(campaign.plan.opens, time.min, campaign.zone)
    return min(at, opens)

"""A campaign that the Board took back: what is stored of it can be read, and nothing is added."""

from services.campaigns.announced import AnnouncedCampaign
from services.chassis.problems import Problem, Refusal

CAMPAIGN_WITHDRAWN = Problem(
    "campaign-withdrawn",
    409,
    "Đợt thi đua đã được rút lại",
    "The campaign was withdrawn",
    "Nothing is changed, adopted, entered or published in it any more. Announce another one under"
    " another code, if one is meant.",
)


def refuse_withdrawn(announced: AnnouncedCampaign) -> None:
    """Raises Refusal (409) for a campaign that was withdrawn."""
    if announced.withdrawn_at is not None:
        title = announced.newest.plan.short_title
        raise Refusal(
            CAMPAIGN_WITHDRAWN,
            detail=(
                f"{title.vi[:1].upper()}{title.vi[1:]} đã được rút lại, nên không thay đổi, áp dụng"
                " bảng điểm, nhập điểm hoặc công bố kết quả được nữa. Nếu vẫn tổ chức, công bố đợt"
                " thi đua với mã khác.",
                f"{title.en[:1].upper()}{title.en[1:]} was withdrawn: nothing is changed, adopted,"
                " entered or published in it any more. If it is held after all, announce it under"
                " another code.",
            ),
        )

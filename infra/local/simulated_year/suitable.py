"""Whether the simulated year can be played with a campaign: its stories are those of 2020."""

from collections.abc import Iterator

from infra.local.simulated_year.script import (
    FIRST_DAY,
    LATE_COMMUNE,
    LATE_CONTEST_REPORT,
    LATE_DISTRICT,
    MOVED_OPTION,
    NO_CONFERENCE,
    PRAISED,
    SILENT,
    YEAR_ENDS,
)
from infra.local.simulated_year.tiers import first_tier, lower_tiers
from services.contracts.campaign import Campaign
from services.contracts.wording import Bilingual, day_en, day_vi, number_vi

UPPER = frozenset({*PRAISED, *SILENT, NO_CONFERENCE, LATE_DISTRICT, LATE_CONTEST_REPORT})
"""Units of the stories, of those that report to the city itself."""
OPTIONS = frozenset({"D1", "D2", "D3", "D5", MOVED_OPTION, "D7"})
"""What they do, or do late, or not at all: options of obligations."""
_MOST_NAMED = 5


def why_no_season(campaign: Campaign) -> Bilingual | None:
    """None where the simulated year can be played; else the reasons and what to do instead."""
    reasons = list(_reasons(campaign))
    if not reasons:
        return None
    title = campaign.plan.short_title
    vi = "; ".join(reason.vi for reason in reasons)
    en = "; ".join(reason.en for reason in reasons)
    return Bilingual(
        f"Chương trình mô phỏng diễn lại năm 2020 theo Văn bản số 251, không dùng được cho"
        f" {title.vi}: {vi}. Để chạy hệ thống với đợt này mà không mô phỏng, dùng"
        " `thidua up --campaign`.",
        f"The simulation plays the year 2020 after Notice 251 and does not fit {title.en}: {en}."
        " To start the system with this campaign and no simulation, use `thidua up --campaign`.",
    )


def _reasons(campaign: Campaign) -> Iterator[Bilingual]:
    plan, units = campaign.plan, campaign.units
    if plan.opens > FIRST_DAY or plan.closes < YEAR_ENDS:
        yield Bilingual(
            f"đợt này không diễn ra từ {day_vi(FIRST_DAY)} đến {day_vi(YEAR_ENDS)}",
            f"it does not run from {day_en(FIRST_DAY)} to {day_en(YEAR_ENDS)}",
        )
    upper = {unit.code for unit in first_tier(units)}
    communes = {unit.code for unit in lower_tiers(units)}
    if missing := sorted(UPPER - upper) + sorted({LATE_COMMUNE} - communes):
        named = ", ".join(f"“{code}”" for code in missing[:_MOST_NAMED])
        more_vi = more_en = ""
        if (more := len(missing) - _MOST_NAMED) > 0:
            more_vi, more_en = f" và {number_vi(more)} đơn vị nữa", f" and {more} more"
        yield Bilingual(
            f"thiếu các đơn vị có mã {named}{more_vi}", f"the units {named}{more_en} are missing"
        )
    if len(plan.contests) != 1:
        yield Bilingual(
            f"đợt này có {number_vi(len(plan.contests))} cuộc thi, cần đúng một",
            f"it has {len(plan.contests)} contests where one is needed",
        )
    elif plan.contests[0].counted_by == "act":
        yield Bilingual(
            "cuộc thi ghi nhận theo ngày thực hiện", "its contest counts by the day of the act"
        )
    options = {option.id for one in plan.obligations for option in one.options}
    if missing := sorted(OPTIONS - options):
        named = ", ".join(f"“{option}”" for option in missing)
        yield Bilingual(
            f"kế hoạch không có phương án có mã {named}", f"the plan has no option {named}"
        )

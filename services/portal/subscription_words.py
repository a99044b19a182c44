"""What people call what they subscribe to, and how the sending of it stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.contracts.wording import Bilingual
from services.portal.wording import FACT_TITLES


@dataclass(frozen=True, slots=True)
class NewsGroup:
    """News about one subject, as the form lists them."""

    title: Bilingual
    news: Mapping[str, Bilingual]
    """By the event's name."""


def _titled(*events: str, **others: Bilingual) -> Mapping[str, Bilingual]:
    named = {name.replace("_", "-"): title for name, title in others.items()}
    return {**{event: FACT_TITLES[event] for event in events}, **named}


NEWS: tuple[NewsGroup, ...] = (
    NewsGroup(
        Bilingual("Thời hạn và nội dung phải thực hiện", "Deadlines and what is to be done"),
        _titled(
            "deadline-approaching",
            "deadline-missed",
            "deadline-moved",
            "obligation-fulfilled",
            "obligation-waived",
            "obligation-reopened",
        ),
    ),
    NewsGroup(
        Bilingual("Bài dự thi", "Essays"),
        _titled("essay-submitted", "essay-judged", "essay-withdrawn"),
    ),
    NewsGroup(
        Bilingual("Báo cáo, số liệu, khen thưởng", "Reports, figures, commendations"),
        _titled(
            "conference-reported",
            "contest-reported",
            "ceremony-reported",
            "report-submitted",
            "report-returned",
            "figure-reported",
            "commendation-proposed",
        ),
    ),
    NewsGroup(
        Bilingual("Điểm và kết quả", "Points and results"),
        _titled(
            "score-entered",
            points_recomputed=Bilingual("Điểm tạm tính thay đổi", "Running points changed"),
            points_published=Bilingual(
                "Điểm của đơn vị được công bố", "Points of a unit published"
            ),
            standings_published=Bilingual("Kết quả xếp hạng được công bố", "Standings published"),
        ),
    ),
)
NEWS_TITLES: Mapping[str, Bilingual] = {
    event: title for group in NEWS for event, title in group.news.items()
}
"""By the event's name."""

LANGUAGES: Mapping[str, Bilingual] = {
    "vi": Bilingual("Tiếng Việt", "Vietnamese"),
    "en": Bilingual("Tiếng Anh", "English"),
    "vi+en": Bilingual("Tiếng Việt, kèm tiếng Anh", "Vietnamese with English below"),
}
CHANNELS: Mapping[str, Bilingual] = {
    "email": Bilingual("Thư điện tử", "E-mail"),
    "webhook": Bilingual("Webhook (phần mềm của đơn vị)", "Webhook (software of the unit)"),
}
DELIVERY_STATES: Mapping[str, tuple[Bilingual, str]] = {
    "pending": (Bilingual("Đang chờ gửi", "Waiting"), "blue"),
    "held": (Bilingual("Tạm giữ", "Held"), "yellow"),
    "accepted": (Bilingual("Đã gửi", "Sent"), "green"),
    "failed": (Bilingual("Không gửi được", "Not sent"), "red"),
    "cancelled": (Bilingual("Đã hủy", "Cancelled"), "grey"),
}
"""With the colour of the tag."""
ATTEMPT_OUTCOMES: Mapping[str | None, Bilingual] = {
    "accepted": Bilingual("nơi nhận đã tiếp nhận", "accepted by the receiver"),
    "transient": Bilingual("chưa gửi được, có thể gửi lại", "did not succeed, may be tried again"),
    "refused": Bilingual("nơi nhận từ chối", "refused by the receiver"),
    "gone": Bilingual("địa chỉ nhận không còn sử dụng", "the address is no longer in use"),
    "lost": Bilingual("không rõ kết quả do bị ngắt giữa chừng", "interrupted, outcome not known"),
    None: Bilingual("đang gửi", "under way"),
}
"""Of an attempt; each is small inside a sentence."""


def event_name(event_type: str) -> str:
    """The short name of a CloudEvents type."""
    return event_type.split(".")[-2] if "." in event_type else event_type


def news_title(event: str) -> Bilingual:
    """Of an event's name or type; its name where it has no title here."""
    name = event_name(event)
    return NEWS_TITLES.get(name) or Bilingual(name, name)

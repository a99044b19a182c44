"""Words of this service for people: how forms and roles are called inside a sentence."""

from collections.abc import Iterable
from typing import Final

from services.contracts.campaign.contest import EssayForm
from services.contracts.campaign.plan import Form
from services.contracts.wording import Bilingual

ESSAY_FORMS: Final[dict[EssayForm, Bilingual]] = {
    "written": Bilingual("bài viết", "written essay"),
    "recorded": Bilingual("tác phẩm phát thanh, truyền hình", "recorded work"),
    "press": Bilingual("tác phẩm báo chí", "press work"),
}
CONFERENCE_FORMS: Final[dict[Form, Bilingual]] = {
    "held": Bilingual("tổ chức Hội nghị", "a conference that was held"),
    "written": Bilingual("đánh giá kết quả bằng văn bản", "an assessment in writing"),
}
ROLES: Final[dict[str, Bilingual]] = {
    "contestant": Bilingual("người dự thi", "contestant"),
    "jury": Bilingual("thành viên Ban Giám khảo", "member of the jury"),
    "organiser": Bilingual("thành viên Ban Tổ chức", "organiser"),
}
"""Capacities of authors by the plan's words for them; one that is not here is its own title."""


def listed(titles: Iterable[Bilingual]) -> Bilingual:
    """Several titles in a row, in the order given."""
    titles = tuple(titles)
    return Bilingual("; ".join(t.vi for t in titles), "; ".join(t.en for t in titles))


def sentence_start(text: str) -> str:
    """A text that begins a sentence: with a capital."""
    return text[:1].upper() + text[1:]

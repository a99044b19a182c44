"""The menu: what there is for whom."""

from typing import Protocol

from services.portal.language import Language, in_language
from services.portal.login.session import Session


class MenuPlace(Protocol):
    """Where the menu leads: the pages of one campaign."""

    @property
    def base(self) -> str:
        """Their path."""

    @property
    def takes_essays(self) -> bool:
        """Whether the campaign has an essay contest."""


_UNIT = (
    ("", "Trang đơn vị", "Home"),
    ("/noi-dung", "Nội dung phải thực hiện", "To do"),
    ("/bai-du-thi", "Bài dự thi", "Essays"),
    ("/bao-cao", "Báo cáo", "Reports"),
    ("/so-lieu", "Số liệu", "Figures"),
    ("/xep-hang", "Xếp hạng", "Standings"),
    ("/cong-bo", "Công bố", "Publications"),
    ("/lich", "Lịch", "Calendar"),
    ("/cap-duoi", "Đơn vị cấp dưới", "Units below"),
    ("/thong-bao", "Thông báo", "Notifications"),
)
_BOARD = (
    ("", "Tổng quan", "Overview"),
    ("/don-vi", "Đơn vị", "Units"),
    ("/cham-bai", "Chấm bài", "Marking"),
    ("/van-ban", "Thời hạn, miễn", "Deadlines, waivers"),
    ("/xep-hang", "Xếp hạng", "Standings"),
    ("/cong-bo", "Công bố", "Publications"),
    ("/thong-bao", "Thông báo", "Notifications"),
)


def menu_of(
    session: Session, scope: MenuPlace, path: str, language: Language
) -> list[dict[str, str | bool]]:
    """The items for who is logged in, as the library's navigation takes them."""
    entries = _BOARD if session.has("board") or session.unit is None else _UNIT
    return [
        {
            "text": vi if language == "vi" else en,
            "href": in_language(scope.base + tail, language),
            "current": path == scope.base + tail,
        }
        for tail, vi, en in entries
        if (tail not in ("/bai-du-thi", "/cham-bai") or scope.takes_essays)
        and (tail != "/cap-duoi" or session.has("district"))
    ]

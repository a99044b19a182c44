"""Simulated content of essays and proposals: phrases from lists, no real or plausible person.

Names of people are numbered ("Người viết mô phỏng 17") so that nobody can mistake or find them.
"""

import random

_DEEDS = (
    "Giữ sạch dòng kênh",
    "Lớp học buổi tối",
    "Bếp cơm tình thương",
    "Tổ tự quản an toàn",
    "Vườn rau chung của khu phố",
    "Chuyến xe cứu trợ",
    "Tủ sách đầu ngõ",
    "Đội tình nguyện chống dịch",
    "Cải tiến ca kíp",
    "Hiến đất mở đường",
)
_SHARE_RECORDED, _SHARE_PRESS = 0.05, 0.14
"""Shares of recorded and press entries; 353 of 2,503 works were press works in 2020."""


def essay(draw: random.Random, number: int) -> dict[str, object]:
    """Fields of one entry; the caller puts them into the shape of the HTTP interface."""
    chance = draw.random()
    form = (
        "recorded"
        if chance < _SHARE_RECORDED
        else "press"
        if chance < _SHARE_RECORDED + _SHARE_PRESS
        else "written"
    )
    return {
        "title": f"{draw.choice(_DEEDS)} ({number})",
        "form": form,
        "words": draw.randrange(700, 1500),
        "minutes": f"{draw.randrange(3, 8)}",
        "exemplar": exemplar(draw),
        "author": f"Người viết mô phỏng {number}",
    }


def exemplar(draw: random.Random) -> dict[str, object]:
    """A simulated person or collective, numbered."""
    number = draw.randrange(1, 5000)
    if draw.random() < 0.6:  # noqa: PLR2004  more people than collectives
        return {"kind": "person", "name": f"Gương mô phỏng {number}"}
    return {"kind": "collective", "name": f"Tập thể mô phỏng {number}"}


def commendation(draw: random.Random) -> dict[str, object]:
    """Fields of one commendation proposal."""
    return {"exemplar": exemplar(draw), "level": draw.choice(["unit", "city", "city", "state"])}

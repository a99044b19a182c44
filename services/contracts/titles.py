"""What people call the values of fields of events: no sentence for people shows the value itself.

Each is small inside a sentence; a cell or a line begins it with a capital.
"""

from collections.abc import Mapping

from services.contracts.wording import Bilingual

SERVICES: Mapping[str, Bilingual] = {
    "submissions": Bilingual("tiếp nhận", "submissions"),
    "scoring": Bilingual("chấm điểm", "scoring"),
    "notifications": Bilingual("thông báo", "notifications"),
}
"""Those that publish facts, by the name on the fact sheets."""

ESSAY_FORMS: Mapping[str, Bilingual] = {
    "written": Bilingual("bài viết", "written essay"),
    "recorded": Bilingual(
        "tác phẩm phát thanh, truyền hình (phóng sự, video clip)", "recorded work"
    ),
    "press": Bilingual("tác phẩm báo chí", "press work"),
}
EXEMPLAR_KINDS: Mapping[str, Bilingual] = {
    "person": Bilingual("cá nhân", "person"),
    "collective": Bilingual("tập thể", "collective"),
}
CONFERENCE_FORMS: Mapping[str, Bilingual] = {
    "held": Bilingual("tổ chức Hội nghị", "conference held"),
    "written": Bilingual("đánh giá kết quả bằng văn bản", "assessment in writing"),
}
CEREMONY_OCCASIONS: Mapping[str, Bilingual] = {
    "none": Bilingual("tổ chức riêng", "on its own"),
    "half-year-review": Bilingual(
        "gắn với Hội nghị sơ kết công tác 6 tháng đầu năm", "with the half-year review"
    ),
    "conference": Bilingual(
        "gắn với Hội nghị điển hình tiên tiến", "with the conference of advanced examples"
    ),
}
COMMENDATION_LEVELS: Mapping[str, Bilingual] = {
    "unit": Bilingual("cấp đơn vị", "the unit"),
    "city": Bilingual("cấp Thành phố", "the city"),
    "state": Bilingual("cấp Nhà nước", "the state"),
}
STAGES: Mapping[str, Bilingual] = {
    "self": Bilingual("điểm tự chấm", "the unit's own score"),
    "cluster": Bilingual("điểm cụm chấm", "the cluster's score"),
    "final": Bilingual("điểm thẩm định", "the final score"),
}
SCORING_STAGES: Mapping[str, Bilingual] = {
    **STAGES,
    "scorers": Bilingual("điểm đơn vị phụ trách chấm", "the scorers' marks"),
}
"""As rule sets have them; an event has the first three, and names the scorer."""
ROLES: Mapping[str, Bilingual] = {
    "unit": Bilingual("đơn vị", "unit"),
    "district": Bilingual("đơn vị cấp trên trực tiếp", "unit that others report to"),
    "board": Bilingual("cơ quan thi đua - khen thưởng", "board"),
    "ops": Bilingual("người vận hành", "ops"),
}
"""Of accounts. The Board's own name is the campaign's."""

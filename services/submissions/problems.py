"""The answers to what cannot be accepted: one problem type for each decision.

docs/submissions.md is the table of these for people; a test holds it to this file. What is wrong
inside a body is `FAULTY` of the chassis, with a rule id for each fault; what contradicts something
stored before is one of these.
"""

from services.chassis.problems import Problem

ALREADY_ANNOUNCED = Problem(
    "already-announced",
    409,
    "Đợt thi đua này đã được công bố",
    "The campaign was announced already",
    "Amend it by a later version, or announce another one under another code. That of a campaign"
    " that was withdrawn stays taken too: its documents are on the topics under it for ever.",
)
AMENDED_MEANWHILE = Problem(
    "amended-meanwhile",
    409,
    "Đợt thi đua đã có phiên bản khác",
    "The campaign has another version",
    "Read the newest version, and amend that one.",
)
CAMPAIGN_OPENED = Problem(
    "campaign-opened",
    409,
    "Đợt thi đua đã bắt đầu tiếp nhận, không rút lại được",
    "The campaign has opened",
    "A campaign is withdrawn before it opens; afterwards release units by waivers, or amend it.",
)
SECOND_REPORT = Problem(
    "second-report",
    409,
    "Đơn vị đã gửi báo cáo này",
    "The unit has sent this report already",
    "The first report counts, with its day of receipt, which the answer names. If its content is"
    " wrong, write to the Board, which may return a report of a kind that the plan declares.",
)
ALREADY_RETURNED = Problem(
    "already-returned",
    409,
    "Báo cáo đã được trả lại",
    "The report was returned before",
    "Nothing to do: the unit may send it again.",
)
ESSAY_WITHDRAWN = Problem(
    "essay-withdrawn",
    409,
    "Bài dự thi đã được rút",
    "The essay was withdrawn",
    "A withdrawn essay is neither judged nor withdrawn a second time; send a new entry if one is"
    " meant.",
)
SAME_DEADLINE = Problem(
    "same-deadline",
    409,
    "Thời hạn đã là ngày này",
    "The deadline is this day already",
    "Nothing to do: the move was entered before. For another day, name that day.",
)
ALREADY_WAIVED = Problem(
    "already-waived",
    409,
    "Đơn vị đã được miễn hoặc không phải thực hiện nội dung này",
    "The unit was released before, or does not owe this",
    "Nothing to do: nothing fires for this obligation.",
)
TOO_MANY_LINKS = Problem(
    "too-many-links",
    409,
    "Đơn vị đã có đủ số đường dẫn lịch được phép",
    "There are too many calendar links",
    "Revoke a link that nobody uses any more, then make another one.",
)
TOO_MANY_READS = Problem(
    "too-many-reads",
    429,
    "Lịch được đọc quá nhiều lần",
    "The calendar is read too often",
    "Wait as long as Retry-After says; a calendar program need not ask more than hourly.",
)

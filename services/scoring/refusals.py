"""The answers to what contradicts a mark that was entered before; docs/scoring.md says when.

What is wrong inside a body is `FAULTY` of the chassis, with a rule id for each fault.
"""

from services.chassis.problems import Problem

SECOND_MARK = Problem(
    "second-mark",
    409,
    "Điểm này đã được chấm",
    "This mark was entered before",
    "The first mark stands. To correct it, name the version that the answer gives in `replaces`,"
    " with a reason.",
)
OTHER_VERSION = Problem(
    "other-version",
    409,
    "Bản cần sửa không phải bản hiện hành",
    "What is corrected is not the current version",
    "Somebody corrected the mark meanwhile, or there is none: read it again, then decide.",
)

"""Versions of a mark: 1 for the first, one more for each correction of the current one. Pure."""

from collections.abc import Sequence

from services.chassis.problems import Fault, Problem, Refusal
from services.scoring.engine.records import KnownFact, current

SECOND_MARK = Problem(
    "second-mark",
    409,
    "Điểm này đã được chấm",
    "This mark was entered before",
    "The first mark stands. To correct it, send the version that the answer gives in `replaces`,"
    " with a reason.",
)
OTHER_MARK = Problem(
    "other-mark",
    409,
    "Bản cần sửa không phải bản hiện hành",
    "What is corrected is not the current version",
    "Somebody corrected the mark meanwhile, or there is none: read it again, then decide.",
)


def next_version(replaces: int | None, known: Sequence[KnownFact]) -> int:
    """The version of a mark that `replaces` another one, or none, after what is known of it.

    Raises Refusal (409): a first mark where there is one, or the correction of another version than
    the current one.
    """
    stands = max((fact.version for fact in current(known).values()), default=0)
    if replaces is None:
        if not stands:
            return 1
        raise Refusal(
            SECOND_MARK,
            [
                Fault(
                    "/replaces",
                    f"Điểm này đã có, bản hiện hành là {stands}; để sửa, ghi replaces: {stands}.",
                    f"There is a mark, its current version is {stands}: to correct it, set"
                    f" replaces to {stands}.",
                )
            ],
        )
    if replaces == stands:
        return stands + 1
    vi, en = (
        (
            f"Bản hiện hành là {stands}, không phải {replaces}; hãy xem lại rồi quyết định.",
            f"The current version is {stands}, not {replaces}: read it again, then decide.",
        )
        if stands
        else (
            "Chưa có điểm nào để sửa; hãy bỏ replaces.",
            "There is no mark to correct yet: leave replaces out.",
        )
    )
    raise Refusal(OTHER_MARK, [Fault("/replaces", vi, en)])

"""Versions of a score entry: 1 for the first, one more for each correction. Pure."""

from collections.abc import Sequence

from services.chassis.problems import Fault, Problem, Refusal
from services.measuring.records import KnownFact, current

ALREADY_ENTERED = Problem(
    "score-already-entered",
    409,
    "Điểm này đã được chấm",
    "This score was entered before",
    "The first entry counts. To correct it, send the version that the answer gives in `replaces`,"
    " with a reason.",
)
ENTRY_CHANGED = Problem(
    "score-entry-changed",
    409,
    "Bản cần sửa không phải bản hiện hành",
    "What is corrected is not the current version",
    "Somebody corrected the entry meanwhile, or there is none: read it again, then decide.",
)


def next_version(replaces: int | None, known: Sequence[KnownFact]) -> int:
    """The version of an entry that `replaces` another one, or none, after what is known of it.

    Raises Refusal (409): a first entry where there is one, or the correction of another version
    than the current one.
    """
    present = max((fact.version for fact in current(known).values()), default=0)
    if replaces is None:
        if not present:
            return 1
        raise Refusal(
            ALREADY_ENTERED,
            [
                Fault(
                    "/replaces",
                    f"Điểm này đã có; để sửa, ghi số của bản hiện hành là {present}.",
                    f"There is an entry: to correct it, give the number of its current version,"
                    f" {present}.",
                )
            ],
        )
    if replaces == present:
        return present + 1
    vi, en = (
        (
            f"Bản hiện hành là {present}, không phải {replaces}. Xem lại rồi quyết định.",
            f"The current version is {present}, not {replaces}: read it again, then decide.",
        )
        if present
        else (
            "Chưa có điểm nào để sửa. Bỏ số của bản được sửa.",
            "There is no entry to correct yet: leave the number out.",
        )
    )
    raise Refusal(ENTRY_CHANGED, [Fault("/replaces", vi, en)])

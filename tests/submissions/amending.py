"""Amendments of the campaign of 2020, as the Board sends them."""

from typing import Any

from tests.submissions.replica import Replica
from tests.submissions.test_campaigns import announcement_of
from tests.support.announcing import announcement

NOTICE = {"document": "300/BTĐ-NV2", "reason": "Sửa đổi kế hoạch"}
D6 = "due: {date: 2020-07-10, included: false}"
SECOND_OPTION = """due: {date: 2020-07-10, included: false}
      - id: D6B
        by: ceremony-reported
        counted_by: held-on
        due: {date: 2020-08-01, included: false}"""
NEW_OBLIGATION = """
  - id: D8
    title: {vi: "Gửi bài bổ sung", en: "Send essays once more"}
    source: "Văn bản sửa đổi"
    levels: [upper]
    options:
      - id: D8
        by: essay-submitted
        counted_by: received
        due: {date: 2020-07-20, included: false}
"""


def amendment(
    *replaced: tuple[str, str], more: str = "", version: int = 1, units: tuple[str, str] = ("", "")
) -> dict[str, Any]:
    """The body of an amendment: the plan of 2020 with texts replaced, and something more."""

    def edit(text: str) -> str:
        for old, new in replaced:
            assert old in text, old
            text = text.replace(old, new)
        return text + more

    fact = announcement(
        edit=edit, edit_units=lambda text: text.replace(*units) if units[0] else text
    )
    body = announcement_of(fact)
    del body["files"]["rules.yaml"]
    return {"files": body["files"], "version": version, **NOTICE}


def without(obligation: str) -> tuple[str, str]:
    """Takes an obligation out of the plan."""
    plan = announcement().plan
    begin = plan.index(f"\n  - id: {obligation}\n")
    end = plan.find("\n  - id: ", begin + 1)
    return plan[begin : end if end > 0 else len(plan)], "\n"


async def amend(replica: Replica, *replaced: tuple[str, str], **more: Any) -> dict[str, Any]:
    return await replica.taken("/versions", amendment(*replaced, **more), role="board")


async def status(replica: Replica, unit: str, obligation: str) -> str:
    found: str = (await replica.owed(unit, obligation))["status"]
    return found


CONTEST = {"unit": "SNV", "entries": 1, "prizes": 0}

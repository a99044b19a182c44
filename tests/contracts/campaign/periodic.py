"""A plan in which figures and reports are owed each month, quarter and half-year."""

from tests.submissions.declared import REPORTS

DAY_EACH = {
    "after its end": "{days_after_end: 10}",
    "in its last month": "{day: 25, included: false}",
    "in the next month": "{day: 5, month: next, included: true}",
}
OBLIGATIONS = """
  - id: R1
    title: {vi: "Số văn bản gửi qua trục", en: "Documents sent over the bus"}
    source: Văn bản mô phỏng
    levels: [upper]
    every: quarter
    options:
      - id: R1
        by: figure-reported
        figure: documents-over-the-bus
        counted_by: received
        due: {days_after_end: 10, own_days: {2020-Q4: {date: 2020-12-20, included: true}}}
  - id: R2
    title: {vi: "Báo cáo phong trào thi đua", en: "Report on the movement"}
    source: Văn bản mô phỏng
    levels: [upper]
    every: [2020-Q2, 2020-Q3]
    options:
      - id: R2
        by: report-submitted
        report: quarterly-summary
        counted_by: received
        due: {day: 25, included: false}
"""


def periodic(plan: str) -> str:
    """The plan of 2020 with two obligations that come back, and the report that one asks for."""
    before, found, after = plan.partition("\ntimezone:")
    assert found
    return f"{before}\n{REPORTS.strip()}{found}{after.rstrip()}\n{OBLIGATIONS.strip(chr(10))}\n"

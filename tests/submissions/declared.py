"""A plan with kinds of report: one by each district and department once a quarter, one once."""

REPORTS = """
reports:
  - id: quarterly-summary
    title: {vi: "Báo cáo kết quả phong trào", en: "Summary of the movement"}
    levels: [upper]
    periods: quarter
    fields:
      - {id: summary, title: {vi: "Tóm tắt", en: "Summary"}, type: text, longest: 200}
      - {id: households, title: {vi: "Số hộ", en: "Households"}, type: whole, min: "0", max: "9000"}
      - {id: budget, title: {vi: "Tiền", en: "Budget"}, type: decimal, min: "0", required: false}
      - {id: met_on, title: {vi: "Ngày họp", en: "Day of the meeting"}, type: date,
         not_before: 2020-01-01, not_after: 2020-12-31, required: false}
      - {id: decision, title: {vi: "Quyết định", en: "Decision"}, type: document, required: false}
      - id: way
        title: {vi: "Cách làm", en: "Way"}
        type: choice
        choices: {team: {vi: "Tổ", en: "Team"}, whole-unit: {vi: "Cả đơn vị", en: "The whole unit"}}
      - {id: joined, title: {vi: "Có tham gia", en: "Joined"}, type: yes-no}
      - {id: contact, title: {vi: "Người liên hệ", en: "Contact"}, type: text, personal: true}
      - {id: age, title: {vi: "Tuổi", en: "Age"}, type: whole, personal: true, max: "99",
         required: false}
  - id: commune-note
    title: {vi: "Báo cáo của xã, phường", en: "Note of a commune"}
    levels: [commune]
    receiver: root
    fields:
      - {id: note, title: {vi: "Nội dung", en: "Note"}, type: text}
"""
OBLIGATION = """
  - id: E1
    title: {vi: "Báo cáo quý II", en: "Report of the second quarter"}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - id: E1
        by: report-submitted
        report: quarterly-summary
        period: 2020-Q2
        counted_by: received
        due: {date: 2020-07-15, included: true}
"""
FILLED = {
    "summary": "Sôi nổi",
    "households": 120,
    "way": "team",
    "joined": True,
    "contact": "Người liên hệ mô phỏng",
}


def with_reports(plan: str) -> str:
    """The plan of 2020 with two kinds of report, and an obligation that one of them fulfils."""
    before, found, after = plan.partition("\ntimezone:")
    assert found
    return f"{before}\n{REPORTS.strip()}{found}{after.rstrip()}\n{OBLIGATION.strip(chr(10))}\n"


def report(
    unit: str = "SNV", period: str | None = "2020-Q2", **answers: object
) -> dict[str, object]:
    """The body of a report that breaks no rule; a field that is None is left out."""
    filled = {key: value for key, value in {**FILLED, **answers}.items() if value is not None}
    return {"unit": unit, "period": period, "answers": filled}

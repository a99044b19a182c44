"""A plan that counts: essays, marks, proposals, a figure, and several things at once."""

_OPTION = "counted_by: received, due: {date: 2020-07-09, included: true}"
OBLIGATIONS = f"""
  - id: M1
    title: {{vi: "Gửi bài dự thi", en: "Send essays"}}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {{id: M1, by: essay-submitted, at_least: 3,
         targets: [{{kinds: [department], at_least: 2}}, {{units: [STP], at_least: 1}}], {_OPTION}}}
  - id: M2
    title: {{vi: "Bài được chấm từ 80 điểm", en: "An essay with a mark of 80"}}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {{id: M2, by: essay-submitted, mark: "80", reporting_grace_days: 30, {_OPTION}}}
  - id: M3
    title: {{vi: "Đề nghị khen thưởng", en: "Propose commendations"}}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {{id: M3, by: commendation-proposed, at_least: 2, {_OPTION}}}
  - id: M4
    title: {{vi: "Quỹ thi đua", en: "The fund"}}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {{id: M4, by: figure-reported, figure: emulation-fund, period: 2020-H1, reaches: "800",
         also: [{{by: essay-submitted, forms: [press]}}], {_OPTION}}}
  - id: M5
    title: {{vi: "Đề nghị khen thưởng một gương", en: "Propose one commendation"}}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {{id: M5, by: commendation-proposed, {_OPTION}}}
"""


def counting(plan: str) -> str:
    """The plan of 2020 with obligations that count."""
    return f"{plan.rstrip()}\n{OBLIGATIONS.strip(chr(10))}\n"

"""A plan in which what is done before a day does not count, and proposals are owed each quarter."""

D6, D7 = "due: {date: 2020-07-10, included: false}", "due: {date: 2020-08-20, included: false}"
_DUE = "due: {from: 2020-06-10, date: 2020-06-20, included: true}"
OBLIGATIONS = f"""
  - id: S1
    title: {{vi: "Bài dự thi đợt hai", en: "Essays of the second wave"}}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {{id: S1, by: essay-submitted, counted_by: received, {_DUE}}}
  - id: S2
    title: {{vi: "Đề nghị khen thưởng tháng 6", en: "Proposals of June"}}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - id: S2
        by: commendation-proposed
        counted_by: received
        due: {{from: 2020-06-10, date: 2020-06-20, included: true, late_until: 2020-06-25}}
  - id: S3
    title: {{vi: "Số liệu quỹ", en: "The fund"}}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {{id: S3, by: figure-reported, figure: emulation-fund, period: 2020-H1, reaches: "800",
         counted_by: received, {_DUE}}}
  - id: S4
    title: {{vi: "Có đề nghị khen thưởng", en: "A proposal"}}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {{id: S4, by: commendation-proposed, counted_by: received,
         due: {{date: 2020-11-30, included: true}}}}
  - id: P1
    title: {{vi: "Đề nghị khen thưởng", en: "Proposals"}}
    source: Văn bản mô phỏng
    levels: [upper]
    every: quarter
    options:
      - {{id: P1, by: commendation-proposed, counted_by: received, due: {{days_after_end: 0}}}}
"""


def with_spans(plan: str) -> str:
    """The plan of 2020 with them; the contest's report and the ceremony begin on a day, too."""
    for due, first in ((D6, "2020-07-01"), (D7, "2020-06-10")):
        before, found, after = plan.rpartition(due)
        assert found
        plan = f"{before}{due.replace('{', f'{{from: {first}, ')}{after}"
    return f"{plan.rstrip()}\n{OBLIGATIONS.strip(chr(10))}\n"

"""Each kind of fault in plan.yaml is found alone, at its line, with its remedy."""

import pytest

from tests.contracts.campaign.planting import Fault, Planted

D6_OPTION = "      - id: D6\n        by: contest-reported\n        counted_by: received\n"
D7_OPTION = "      - id: D7\n        by: ceremony-reported\n"

FAULTS: dict[str, Fault] = {
    "a typo in a key": Fault(
        "approaching_days: [7, 1]",
        "approaching_days: [7, 1]\napproching_hours: [7]",
        (1, "did you mean “approaching_days”?"),
    ),
    "a typo in a key that must be there": Fault(
        '    title:\n      vi: "Báo cáo',
        '    titel:\n      vi: "Báo cáo',
        (-1, "the key “title” is missing; add it"),
        (0, "did you mean “title”?"),
    ),
    "an id as the document numbers it": Fault(
        "  - id: D7\n", "  - id: 7a\n", (0, "like D2 or D2-A; write D7A")
    ),
    "an id with small letters": Fault("  - id: D7\n", "  - id: D7a\n", (0, "; write D7A")),
    "a kind of units as people write it": Fault(
        "levels: [upper]\n    options:\n      - id: D7",
        "levels: [upper]\n    kinds: [Thị xã]\n    options:\n      - id: D7",
        (1, "; write thi-xa"),
    ),
    "a day without a word on the day itself": Fault(
        "due: {date: 2020-06-30, included: false}",
        "due: {date: 2020-06-30}",
        (0, "before that day is included: false, on or before it is included: true"),
    ),
    "a day under another name": Fault(
        "due: {date: 2020-06-30, included: false}",
        "due: {to: 2020-06-30, included: false}",
        (0, "the key “date” is missing"),
        (0, "there is no key “to”; write “date”"),
    ),
    "days that are worked": Fault(
        "due: {date: 2020-06-30, included: false}",
        "due: {working_days: 10, after: D2}",
        (0, "the key “days” is missing"),
        (0, "every day counts here, holidays too: convert it, and write “days”"),
    ),
    "a title in one language": Fault(
        'title: {vi: "Văn bản gửi qua trục liên thông", en: "Documents sent over the document bus"'
        "}",
        "title: Văn bản gửi qua trục",
        (0, 'both languages are needed: {vi: "Văn bản gửi qua trục", en: "…"}'),
    ),
    "a day that is no day": Fault(
        "opens: 2019-12-17", "opens: 2019-12-32", (0, "not a real day; write year-month-day")
    ),
    "a day written the Vietnamese way": Fault(
        "date: 2020-06-30",
        "date: 30/6/2020",
        (0, "days are written year-month-day; write 2020-06-30"),
    ),
    "closing before opening": Fault(
        "closes: 2020-12-31", "closes: 2019-12-01", (0, "before the opening day 2019-12-17")
    ),
    "a contest that ends outside the campaign": Fault(
        "{date: 2020-06-11, included: true}",
        "{date: 2021-06-11, included: true}",
        (0, "outside the campaign"),
    ),
    "a deadline after the campaign closes": Fault(
        "due: {date: 2020-07-10, included: false}",
        "due: {date: 2021-07-10, included: false}",
        (0, "outside the campaign"),
    ),
    "grace that reaches beyond the closing day": Fault(
        "        reporting_grace_days: 3\n        due: {date: 2020-08-20, included: false}\n"
        "        source",
        "        reporting_grace_days: 3\n        due: {date: 2020-12-31, included: false}\n"
        "        source",
        (1, "(2020-12-30 … 2021-01-02) are outside the campaign"),
    ),
    "a deadline that does not say whether its day is good": Fault(
        "due: {date: 2020-07-10, included: false}",
        "due: {date: 2020-07-10}",
        (0, "“included” is missing"),
    ),
    "an event that there is not": Fault(
        "by: contest-reported", "by: contest-report", (0, "did you mean “contest-reported”?")
    ),
    "an event that fulfils nothing": Fault(
        "by: contest-reported",
        "by: essay-withdrawn",
        (0, "no event “essay-withdrawn” fulfils an obligation"),
    ),
    "a level that no unit has": Fault(
        "levels: [commune]\n    options",
        "levels: [communes]\n    options",
        (0, "did you mean “commune”?"),
    ),
    "a kind that no unit has": Fault(
        "levels: [commune]\n    options",
        "kinds: [xa, phuong, thi-trann]\n    options",
        (0, "did you mean “thi-tran”?"),
    ),
    "an audience of nobody": Fault(
        "    levels: [commune]\n    options", "    options", (-8, "names nobody")
    ),
    "essays from a level that no unit has": Fault(
        "    levels: [upper]\n    # ASSUMPTION",
        "    levels: [uper]\n    # ASSUMPTION",
        (0, "did you mean “upper”?"),
    ),
    "an obligation's id twice": Fault(
        "- id: D7\n    title", "- id: D6\n    title", (0, "used already")
    ),
    "an option's id twice": Fault("- id: D3 #", "- id: D2 #", (0, "id D2 is used")),
    "an option with the id of another obligation": Fault(
        "- id: D3 #", "- id: D7 #", (0, "id D7 is used"), (55, "id D7 is used")
    ),
    "forms of an event that has none": Fault(
        D6_OPTION, D6_OPTION + "        forms: [held]\n", (3, "remove the key forms")
    ),
    "held-on for what is only received": Fault(
        D6_OPTION, D6_OPTION.replace("received", "held-on"), (2, "use received")
    ),
    "held-on for a conference in writing": Fault(
        "forms: [held]\n",
        "forms: [held, written]\n",
        (1, "use received"),
        (6, "is never used: such reports fulfil option D2"),
    ),
    "grace for what is counted on receipt": Fault(
        D6_OPTION,
        D6_OPTION + "        reporting_grace_days: 2\n",
        (3, "only with counted_by held-on"),
    ),
    "a document to the city for what is held": Fault(
        D7_OPTION,
        D7_OPTION + "        city_document_required: true\n",
        (2, "an option in writing"),
    ),
    "a condition read after the deadline": Fault(
        "no_essays_by: 2020-06-05", "no_essays_by: 2020-06-25", (0, "must lie between")
    ),
    "no essays by a day, of what is fulfilled by a report": Fault(
        "    levels: [upper]\n    options:\n      - id: D6\n",
        "    levels: [upper]\n    only_if: {no_essays_by: 2020-06-05}\n"
        "    options:\n      - id: D6\n",
        (4, "is fulfilled by essay-submitted alone"),
    ),
    "a conference held and written for one option": Fault(
        D6_OPTION,
        D6_OPTION.replace("contest-reported", "conference-reported\n        forms: [held]")
        + "        also: [{by: conference-reported, forms: [written]}]\n",
        (-1, "D6 of the same units needs the other form"),
    ),
    "a conference written for one obligation and held for another": Fault(
        D6_OPTION,
        D6_OPTION + "        also: [{by: conference-reported, forms: [written]}]\n"
        "        due: {date: 2020-07-10, included: false}\n"
        "  - id: D9\n    title: {vi: Hội nghị, en: Conference}\n    source: Mô phỏng\n"
        "    levels: [upper]\n    options:\n      - id: D9\n        by: conference-reported\n"
        "        forms: [held]\n        counted_by: received\n",
        (9, "D6 of the same units needs the other form"),
    ),
    "essays of those who may send none": Fault(
        '    levels: [upper]\n    # "các đơn vị chưa',
        '    levels: [commune]\n    # "các đơn vị chưa',
        (3, "units of the level commune owe it and may send no essays"),
    ),
    "last year's day in this year": Fault(
        "day: 2019-05-30", "day: 2020-05-30", (0, "no day of last year")
    ),
    "more on one day than in the year": Fault(
        "count: 1221", "count: 12210", (0, "more than the year's total 1620")
    ),
    "a reminder twice": Fault("[7, 1]", "[7, 7]", (0, "7 days comes 2 times")),
    "a scale of marks upside down": Fault(
        'mark: {min: "0", max: "100"}',
        'mark: {min: "100", max: "0"}',
        (0, "min must be lower than max"),
    ),
    "a mark that is no exact decimal": Fault(
        'mark: {min: "0", max: "100"}',
        'mark: {min: "0", max: 99.5}',
        (0, 'written in quotes: "99.5"'),
    ),
    "a time zone that there is not": Fault(
        "timezone: Asia/Ho_Chi_Minh",
        "timezone: Asia/Hanoi",
        (0, "write it like Asia/Ho_Chi_Minh"),
    ),
    "a campaign's name with a space": Fault(
        "campaign: hanoi-2020", "campaign: Hanoi 2020", (0, "like hanoi-2020")
    ),
    "a number in words": Fault(
        "max_words: 2000", "max_words: hai nghìn", (0, "must be a whole number")
    ),
    "no words at all": Fault("max_words: 2000", "max_words: 0", (0, "must be 1 or more")),
    "a form that there is not": Fault(
        "forms: [written, recorded, press]",
        "forms: [written, record, press]",
        (0, "did you mean “recorded”?"),
    ),
    "a list where there is one word": Fault(
        "barred: [jury, organiser]", "barred: jury", (0, "must be a list")
    ),
    "a text where there is a group": Fault(
        "    ends: {date: 2020-06-11, included: true}",
        "    ends: 2020-06-11",
        (0, "must be a group"),
    ),
    "an empty value": Fault('number: "251/BTĐ-NV2"', "number:", (0, "must be text")),
    "an obligation without options": Fault(
        "    options:\n      - id: D5\n",
        "    options: []\n    option:\n      - id: D5\n",
        (0, "needs at least 1"),
        (1, "did you mean “options”?"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_the_plan_is_found_at_its_line_with_its_remedy(
    planted: Planted, name: str
) -> None:
    planted.assert_found("plan.yaml", FAULTS[name])


def test_last_years_figures_are_left_out_where_they_are_not_known(planted: Planted) -> None:
    total = "  total: 1620 # public figure of the city for 2019: essays in the end\n"
    planted.plant("plan.yaml", total, "")
    assert planted.problems() == []
    plan = (planted.directory / "plan.yaml").read_text(encoding="utf-8")
    before, rest = plan.split("last_year:\n")
    _, after = rest.split("\n# ASSUMPTION: remind seven days")
    planted.write("plan.yaml", f"{before}# ASSUMPTION: remind seven days{after}")
    assert planted.problems() == []

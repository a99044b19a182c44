"""Plans with no essay contest, and with two that have ends, levels, marks and days of their own."""

FORMER = """
# the end
contest_ends: {date: 2020-06-11, included: true}

essays:
  levels: [upper]
  forms: [written, recorded, press]
  max_words: 2000
  max_minutes: 7
  barred: [jury, organiser]
  mark: {min: "0", max: "100"}
"""
FILMS = """
  - id: films
    title: {vi: "Cuộc thi phim ngắn", en: "contest of short films"}
    ends: {date: 2020-07-31, included: true}
    levels: [upper, commune]
    forms: [recorded, press]
    max_minutes: 5
    mark: {min: "0", max: "10"}
    counted_by: act
"""
ASKED = """
  - id: F1
    title: {vi: "Gửi phim ngắn", en: "Send a short film"}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {id: F1, by: essay-submitted, contest: films, counted_by: act, reporting_grace_days: 10,
         due: {date: 2020-08-15, included: true}}
  - id: F2
    title: {vi: "Hai bài viết", en: "Two essays"}
    source: Văn bản mô phỏng
    levels: [upper]
    options:
      - {id: F2, by: essay-submitted, contest: essays, at_least: 2, counted_by: received,
         due: {date: 2020-06-25, included: true}}
"""
CATCH_UP = "by: essay-submitted\n        counted_by: received"


def without_contest(plan: str) -> str:
    """The plan of 2020 without its contest, and without what is owed of essays (D5)."""
    before, _, rest = plan.partition("\ncontests:\n")
    plan = f"{before}\n{rest[rest.index('last_year:') :]}"
    begin = plan.index("\n  - id: D5\n")
    return plan[:begin] + plan[plan.index("\n  - id: ", begin + 1) :]


def two_contests(plan: str) -> str:
    """The plan of 2020 with a contest of films beside its own, and essays owed of each."""
    assert CATCH_UP in plan
    of_essays = CATCH_UP.replace("\n", "\n        contest: essays\n")
    plan = plan.replace(CATCH_UP, of_essays)
    before, found, after = plan.partition("\nlast_year:")
    assert found
    return f"{before.rstrip()}{FILMS.rstrip()}\n{found}{after.rstrip()}{ASKED.rstrip()}\n"


def former_words(plan: str) -> str:
    """The plan of 2020 as it was written before plans had several contests."""
    before, _, rest = plan.partition("\ncontests:\n")
    return f"{before}\n{FORMER.strip()}\n\n{rest[rest.index('last_year:') :]}"

"""Promises about entries: what is refused and with which rule, what is kept and how."""

from typing import Any
from uuid import uuid4

import pytest

from services.contracts.events import EssayJudged, EssaySubmitted, EssayWithdrawn
from tests.submissions.replica import Replica, essay


def rules(problem: dict[str, Any]) -> set[tuple[str, str]]:
    """Where each fault is and which rule it breaks."""
    return {(fault.get("pointer", ""), fault.get("rule", "")) for fault in problem["faults"]}


def authored(**fields: Any) -> dict[str, Any]:
    """An entry whose author data differ."""
    return essay(author={**essay()["author"], **fields})


# What is kept


async def test_an_entry_is_kept_and_published_without_its_private_data(replica: Replica) -> None:
    taken = await replica.taken("/essays", essay(simulated=True))
    (published,) = await replica.facts(EssaySubmitted)
    assert str(published.essay_id) == taken["essay_id"]
    assert (published.unit, published.words, published.late, published.simulated) == (
        "SNV",
        1480,
        False,
        True,
    )
    (event,) = await replica.events()
    wire = event.data.model_dump_json()
    for private in ("Người viết", "Địa chỉ", "024 0000 0000"):
        assert private not in wire


async def test_a_repeated_post_keeps_one_entry_and_answers_alike(replica: Replica) -> None:
    first = await replica.send("/essays", essay(), key="one")
    second = await replica.send("/essays", essay(), key="one")
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert len(await replica.facts(EssaySubmitted)) == 1


async def test_names_are_kept_in_nfc_whatever_machine_typed_them(replica: Replica) -> None:
    decomposed = "Ho\u0302\u0323i Nga\u0300y hội"
    body = essay(title=decomposed)
    body["exemplar"]["name"] = "Tổ diê\u0303n tập"
    taken = await replica.taken("/essays", body)
    (published,) = await replica.facts(EssaySubmitted)
    assert published.title == "Hội Ngày hội"
    assert published.exemplar.name == "Tổ diễn tập"
    stored = (await replica.read(f"/essays/{taken['essay_id']}")).json()
    assert stored["title"] == "Hội Ngày hội"


async def test_a_recorded_and_a_press_work_are_kept_with_what_they_need(replica: Replica) -> None:
    recorded = essay(form="recorded", minutes="6.5")
    del recorded["words"]
    await replica.taken("/essays", recorded)
    press = essay(form="press", published_in="Báo mô phỏng", published_on="2020-04-02", words=9000)
    await replica.taken("/essays", press)
    assert [str(fact.minutes) for fact in await replica.facts(EssaySubmitted)] == ["6.5", "None"]


# Late


async def test_a_late_entry_is_kept_and_marked_late(replica: Replica) -> None:
    await replica.taken("/essays", essay())  # so that SNV owes no first essays
    await replica.at("2020-06-11 23:59:59")
    in_time = await replica.taken("/essays", essay())
    await replica.at("2020-06-12 00:00:00")
    late = await replica.taken("/essays", essay())
    assert (in_time["late"], in_time["days_late"]) == (False, 0)
    assert (late["late"], late["days_late"]) == (True, 1)
    assert [fact.late for fact in await replica.facts(EssaySubmitted)] == [False, False, True]


async def test_an_entry_is_taken_up_to_the_closing_day_and_not_after_it(replica: Replica) -> None:
    await replica.at("2020-12-31 23:59:59")
    await replica.taken("/essays", essay())
    await replica.at("2021-01-01 00:00:00")
    problem = await replica.refused(422, "/essays", essay())
    assert rules(problem) == {("", "campaign.open")}


async def test_a_unit_that_had_sent_none_has_until_the_day_the_notice_gave_it(
    replica: Replica,
) -> None:
    await replica.at("2020-06-19 23:59:59")
    taken = await replica.taken("/essays", essay())
    assert (taken["late"], taken["last_day"]) == (False, "2020-06-19")
    await replica.at("2020-06-20 00:00:00")
    assert (await replica.taken("/essays", essay()))["days_late"] == 1


# Refused by the rules of the contest


BROKEN: list[tuple[dict[str, Any], set[tuple[str, str]]]] = [
    (authored(full_name=None), {("/author/full_name", "essays.author-data")}),
    (authored(full_name="  "), {("/author/full_name", "essays.author-data")}),
    (authored(address=None), {("/author/address", "essays.author-data")}),
    (authored(phone=None), {("/author/phone", "essays.author-data")}),
    (authored(phone="gọi sau"), {("/author/phone", "essays.author-data")}),
    (authored(role="jury"), {("/author/role", "essays.barred-author")}),
    (authored(role="organiser"), {("/author/role", "essays.barred-author")}),
    (authored(role="passer-by"), {("/author/role", "essays.author-role")}),
    (essay(photocopy=True), {("/photocopy", "essays.photocopy")}),
    (essay(words=2001), {("/words", "essays.max-words")}),
    (essay(words=None), {("/words", "essays.max-words")}),
    (essay(form="recorded", minutes="7.01"), {("/minutes", "essays.max-minutes")}),
    (
        essay(form="press"),
        {
            ("/published_in", "essays.press-published"),
            ("/published_on", "essays.press-published"),
        },
    ),
    (
        essay(form="press", published_in="Báo", published_on="2020-05-02"),
        {("/published_on", "essays.press-published")},
    ),
    (
        essay(exemplar={"kind": "person", "name": "", "address": None}),
        {("/exemplar/name", "essays.exemplar"), ("/exemplar/address", "essays.exemplar")},
    ),
]


async def test_an_entry_that_breaks_a_rule_is_refused_with_that_rule(replica: Replica) -> None:
    for body, expected in BROKEN:
        problem = await replica.refused(422, "/essays", body)
        assert rules(problem) == expected


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_a_press_work_of_a_year_that_is_a_slip_is_refused(replica: Replica, day: str) -> None:
    body = essay(form="press", published_in="Báo", published_on=day)
    problem = await replica.refused(422, "/essays", body)
    (fault,) = problem["faults"]
    assert (fault["pointer"], fault["vi"]) == ("/published_on", "Năm phải từ 1900 đến 2200.")


async def test_all_faults_are_named_at_once(replica: Replica) -> None:
    body = essay("X00004", words=5000, photocopy=True, author={"role": "jury"})
    problem = await replica.refused(422, "/essays", body)
    assert {rule for _, rule in rules(problem)} == {
        "essays.level",
        "essays.max-words",
        "essays.photocopy",
        "essays.author-data",
        "essays.barred-author",
    }


async def test_without_any_author_the_entry_is_refused_not_the_request(replica: Replica) -> None:
    body = essay()
    del body["author"]
    problem = await replica.refused(422, "/essays", body)
    assert {rule for _, rule in rules(problem)} == {"essays.author-data"}


async def test_the_limit_itself_is_still_good(replica: Replica) -> None:
    await replica.taken("/essays", essay(words=2000))
    await replica.taken("/essays", essay(form="recorded", minutes="7"))


# Refused for the unit


async def test_a_commune_s_entry_goes_through_its_district(replica: Replica) -> None:
    problem = await replica.refused(422, "/essays", essay("X00004"))
    (fault,) = problem["faults"]
    assert (fault["pointer"], fault["rule"]) == ("/unit", "essays.level")
    assert "quận Ba Đình" in fault["vi"]
    assert "Q001" in fault["en"]


async def test_an_unknown_unit_is_refused_and_named(replica: Replica) -> None:
    problem = await replica.refused(422, "/essays", essay("SNV2"))
    assert rules(problem) == {("/unit", "units.known")}


async def test_leading_zeros_are_part_of_a_code(replica: Replica) -> None:
    problem = await replica.refused(422, "/essays", essay("X4"))
    assert rules(problem) == {("/unit", "units.known")}
    report = {"unit": "X00004", "form": "written"}
    assert (await replica.taken("/conference-reports", report))["unit"] == "X00004"


async def test_a_unit_sends_for_itself_only(replica: Replica) -> None:
    await replica.refused(403, "/essays", essay("SNV"), unit="STP")
    await replica.refused(403, "/essays", essay("SNV"), role="board")
    await replica.refused(403, "/essays", essay("SNV"), role="ops")


# Withdrawn and judged


async def test_a_withdrawn_entry_is_neither_judged_nor_withdrawn_again(replica: Replica) -> None:
    path = f"/essays/{(await replica.taken('/essays', essay()))['essay_id']}"
    reason = {"reason": "Trùng với bài đã gửi"}
    await replica.taken(f"{path}/withdrawal", reason, unit="SNV")
    for what, body, who in (
        ("judgement", {"mark": "80"}, {"role": "board"}),
        ("withdrawal", reason, {"unit": "SNV"}),
    ):
        problem = await replica.refused(409, f"{path}/{what}", body, **who)
        assert problem["type"].endswith("/essay-withdrawn")
    assert (await replica.read(path)).json()["status"] == "withdrawn"
    assert len(await replica.facts(EssayWithdrawn)) == 1


async def test_a_later_mark_replaces_an_earlier_one(replica: Replica) -> None:
    path = f"/essays/{(await replica.taken('/essays', essay()))['essay_id']}"
    await replica.taken(f"{path}/judgement", {"mark": "80"}, role="board")
    second = {"mark": "86.5", "prize": "Giải Nhì"}
    await replica.taken(f"{path}/judgement", second, role="board")
    stored = (await replica.read(path)).json()
    assert (stored["mark"], stored["prize"]) == ("86.5", "Giải Nhì")
    published = await replica.facts(EssayJudged)
    assert [(str(each.mark), each.version) for each in published] == [("80", 2), ("86.5", 3)]


async def test_a_mark_outside_the_scale_is_refused(replica: Replica) -> None:
    path = f"/essays/{(await replica.taken('/essays', essay()))['essay_id']}/judgement"
    for mark in ("100.5", "-1"):
        problem = await replica.refused(422, path, {"mark": mark}, role="board")
        assert rules(problem) == {("/mark", "essays.mark")}


async def test_a_mark_is_a_decimal_and_never_a_binary_float(replica: Replica) -> None:
    path = f"/essays/{(await replica.taken('/essays', essay()))['essay_id']}/judgement"
    problem = await replica.refused(422, path, {"mark": 86.5}, role="board")
    assert rules(problem) == {("/mark", "")}


async def test_an_unknown_entry_is_not_found(replica: Replica) -> None:
    path = f"/essays/{uuid4()}"
    await replica.refused(404, f"{path}/judgement", {"mark": "80"}, role="board")
    await replica.refused(404, f"{path}/withdrawal", {"reason": "Trùng"}, unit="SNV")
    assert (await replica.read(path)).status_code == 404


async def test_only_the_unit_that_sent_it_takes_an_entry_back(replica: Replica) -> None:
    path = f"/essays/{(await replica.taken('/essays', essay()))['essay_id']}"
    await replica.refused(403, f"{path}/withdrawal", {"reason": "Trùng"}, unit="STP")

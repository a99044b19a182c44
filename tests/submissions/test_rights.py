"""Promises about who may read and write what, on every route."""

from datetime import timedelta
from typing import Any

from infra.local.issuer import Issuer
from services.contracts.campaign.campaign import Campaign
from services.submissions.settings import SubmissionsSettings
from tests.submissions.declared import report, with_reports
from tests.submissions.replica import Replica, announced, essay, running_replica, settings_of
from tests.submissions.test_essays import rules
from tests.support.announcing import announcement
from tests.support.foreign import Foreign
from tests.support.refusals import check_refusals

POST = "POST /v1/campaigns/{campaign}"


async def test_every_route_refuses_whom_and_what_it_must(dsn: str, issuer: Issuer) -> None:
    declared = announcement(edit=with_reports)
    async with running_replica(settings_of(dsn, issuer), issuer, declared) as replica:
        await _walk(replica)


async def _walk(replica: Replica) -> None:
    mine = await replica.taken("/essays", essay("Q001"))
    sent = await replica.taken("/reports/quarterly-summary", report("Q001"))
    link = await replica.taken("/v1/calendar-links", {}, unit="Q001")
    await replica.taken("/essays", essay("Q001"))  # the last one can't be taken back
    exemplar = essay("Q001")["exemplar"]
    foreign = Foreign(
        ids={
            "essay_id": mine["essay_id"],
            "campaign": replica.campaign,
            "version": "1",
            "kind": "quarterly-summary",
            "report_id": sent["report_id"],
            "link_id": link["link_id"],
        },
        for_all=dict.fromkeys(
            (
                "GET /v1/campaigns/{campaign}",
                "GET /v1/campaigns/{campaign}/figures/catalogue",
                "GET /v1/campaigns/{campaign}/report-kinds",
                "GET /v1/campaigns/{campaign}/versions/{version}",
            ),
            "a campaign is announced to everyone",
        ),
        bodies={
            f"{POST}/essays": essay("Q001"),
            f"{POST}/essays/{{essay_id}}/withdrawal": {"reason": "Gửi nhầm"},
            f"{POST}/commendation-proposals": {
                "unit": "Q001", "level": "city", "exemplar": exemplar,
            },
            f"{POST}/figures": {
                "unit": "Q001", "name": "documents-over-the-bus", "period": "2020-H1",
                "value": "1", "evidence": "Báo cáo 12",
            },
            f"{POST}/conference-reports": {"unit": "Q001", "form": "written"},
            f"{POST}/contest-reports": {"unit": "Q001", "entries": 1, "prizes": 0},
            f"{POST}/reports/{{kind}}": report("Q001"),
            "POST /v1/calendar-links": {"unit": "Q001"},
            f"{POST}/ceremony-reports": {"unit": "Q001", "held_on": "2020-05-01"},
        },
    )  # fmt: skip
    assert await check_refusals(replica.url, replica.issuer, foreign=foreign) > 200


async def status(replica: Replica, path: str, role: str, caller: str, **query: Any) -> int:
    return (await replica.read(path, query, role=role, unit=caller)).status_code


async def test_a_unit_reads_its_own_a_district_its_communes_the_board_all(replica: Replica) -> None:
    for path, unit, reads in (
        ("/obligations", "X00004", {"X00004": 200, "Q001": 200, "Q002": 403, "SNV": 403}),
        ("/obligations", "Q001", {"Q001": 200, "X00004": 403, "SNV": 403}),
        ("/essays", "Q001", {"Q001": 200, "X00004": 403, "Q002": 403}),
    ):
        for caller, expected in reads.items():
            role = "district" if caller.startswith("Q") else "unit"
            assert await status(replica, path, role, caller, unit=unit) == expected, (path, caller)
        assert await status(replica, path, "board", "", unit=unit) == 200
        assert await status(replica, path, "ops", "", unit=unit) == 403
    assert await status(replica, "/units/Q001/communes", "district", "Q001") == 200
    assert await status(replica, "/units/Q001/communes", "district", "Q002") == 403
    assert await status(replica, "/units/Q001/communes", "unit", "X00004") == 403
    assert await status(replica, "/statistics", "unit", "SNV") == 403
    assert await status(replica, "/statistics", "board", "") == 200


async def test_the_role_unit_alone_opens_no_communes_even_for_a_district(replica: Replica) -> None:
    assert await status(replica, "/obligations", "unit", "Q001", unit="X00004") == 403


async def test_unknown_units_are_not_found_by_the_board_and_forbidden_to_others(
    replica: Replica,
) -> None:
    assert await status(replica, "/obligations", "board", "", unit="SNV2") == 404
    assert await status(replica, "/obligations", "unit", "SNV", unit="SNV2") == 403
    assert await status(replica, "/units/Q999/communes", "board", "") == 404


async def test_private_data_are_read_by_the_unit_and_the_board_only(replica: Replica) -> None:
    taken = await replica.taken("/essays", essay("Q001"), role="district")
    path = f"/essays/{taken['essay_id']}"
    for role, unit in (("unit", "Q001"), ("district", "Q001"), ("board", "")):
        read = (await replica.read(path, role=role, unit=unit)).json()
        assert read["author"]["full_name"] == "Người viết mô phỏng 1"
        assert read["author"]["exemplar_address"] == "Địa chỉ mô phỏng"
    for role, unit in (("unit", "X00004"), ("district", "Q002"), ("ops", "")):
        assert await status(replica, path, role, unit) == 403
    listed = (await replica.read("/essays", {"unit": "Q001"})).json()["essays"]
    assert [each["author"] for each in listed] == [None]


async def test_private_data_stand_in_one_table_and_no_log_of_answers_or_events(
    replica: Replica,
) -> None:
    await replica.taken("/essays", essay())
    async with replica.chassis.database.transaction() as tx:
        for table in ("event_log", "idempotency_keys", "essays"):
            for row in await tx.fetch(f"SELECT * FROM {table}"):  # noqa: S608
                text = b" ".join(
                    value if isinstance(value, bytes) else str(value).encode() for value in row
                )
                for private in ("Người viết", "Địa chỉ", "024 0000"):
                    assert private.encode() not in text, table


async def test_essays_come_in_pages_that_miss_none_and_repeat_none(replica: Replica) -> None:
    sent = [(await replica.taken("/essays", essay()))["essay_id"] for _ in range(7)]
    seen: list[str] = []
    after: dict[str, Any] = {}
    while True:
        page = (await replica.read("/essays", {"unit": "SNV", "limit": 3, **after})).json()
        seen += [each["essay_id"] for each in page["essays"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert sorted(seen) == sorted(sent)
    assert len(seen) == len(sent)


async def test_production_takes_no_simulated_data(
    dsn: str, issuer: Issuer, campaign: Campaign
) -> None:
    open_now = campaign.plan.model_copy(update={"closes": campaign.plan.closes + timedelta(36500)})
    production = SubmissionsSettings(
        database_url=dsn,
        environment="production",
        jwks_url=issuer.jwks_url,
        token_issuer=issuer.url,
    )
    now = Campaign(open_now, campaign.units)
    async with running_replica(production, issuer, announced(now)) as one:
        problem = await one.refused(422, "/essays", essay(simulated=True))
        assert rules(problem) == {("/simulated", "data.simulated")}
        await one.taken("/essays", essay())
        clock = await one.send("/v1/clock", {"now": "2020-06-01T00:00:00+07:00"}, role="ops")
        assert clock.status_code == 404


async def test_two_replicas_answer_alike(dsn: str, issuer: Issuer, campaign: Campaign) -> None:
    settings = settings_of(dsn, issuer)
    async with (
        running_replica(settings, issuer, announced(campaign)) as one,
        running_replica(settings, issuer, announced(campaign)) as other,
    ):
        await one.at("2020-06-12")
        first = await one.send("/essays", essay(), key="one")
        second = await other.send("/essays", essay(), key="one")
        assert first.json() == second.json()
        assert first.json()["submitted_at"].startswith("2020-06-12")
        assert (await other.owed("SNV", "D5"))["status"] == "fulfilled"

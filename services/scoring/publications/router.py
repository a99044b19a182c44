"""HTTP: the Board publishes standings, and everybody reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from fastapi import Depends, Path, Response

from services.campaigns.withdrawn import CAMPAIGN_WITHDRAWN, refuse_withdrawn
from services.chassis.http import Caller, Once, Router, access, context_of, large_answer
from services.chassis.problems import NOT_FOUND, Fault, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.rules import Criterion, RuleSet, Table
from services.contracts.wording import Bilingual
from services.scoring.context import NO_RULE_SET, Asked, Context, being_computed
from services.scoring.engine.criteria import formula
from services.scoring.engine.parts import within
from services.scoring.engine.results import Line, UnitPoints
from services.scoring.engine.texts import FormulaNames, level_title
from services.scoring.models import Publication, PublishedUnit
from services.scoring.points.rights import check_reader
from services.scoring.publications import publish as publication
from services.scoring.publications import queries
from services.scoring.publications.schemas import (
    PublicationIn,
    PublicationOut,
    PublishedGroupOut,
    PublishedLineOut,
    PublishedStandingOut,
    PublishedStandingsOut,
    PublishedUnitOut,
)
from services.scoring.publications.watermark import (
    DEAD_LETTERS_OPEN,
    FACTS_MISSING,
    PublishedThrough,
)
from services.scoring.repeatable_read import repeatable_read
from services.scoring.schemas import parts_out, subtotals_out
from services.scoring.scored_campaign import ScoredCampaign

_EVERYBODY = access("unit", "district", "board", "ops", refuses=[NOT_FOUND])

Version = Annotated[
    int, Path(ge=1, le=2**31 - 1, description="Number of the publication.", examples=[1])
]
Code = Annotated[str, Path(description="Code of the unit.", examples=["Q009"])]

router = Router(prefix="/v1/campaigns/{campaign}/publications", tags=["publications"])


@dataclass(frozen=True, slots=True)
class PublicationContext:
    """What publishing needs beside `ScoringContext`."""

    published_through: PublishedThrough


@router.post(
    "",
    status_code=201,
    response_model=PublicationOut,
    openapi_extra=access(
        "board",
        refuses=[
            NOT_FOUND,
            NO_RULE_SET,
            CAMPAIGN_WITHDRAWN,
            publication.NOTHING_CHANGED,
            publication.OTHER_PUBLICATION,
            DEAD_LETTERS_OPEN,
            FACTS_MISSING,
        ],
    ),
)
async def publish_standings(
    body: PublicationIn,
    campaign: Asked,
    once: Once,
    *,
    context: Context,
    publishing: Annotated[PublicationContext, Depends(context_of(PublicationContext))],
) -> Response:
    """Freeze the standings with digest, rule set and the facts that were counted.

    Counted is every fact that was accepted before the request, and none after: facts on their way
    are waited for. A later change is a correction: the next version, with its reason.
    """
    as_of = context.clock.now()
    refuse_withdrawn(campaign.announced)
    context.snapshot(campaign)  # refuses at once where nothing is scored
    watermark = await publishing.published_through(datetime.now(UTC), campaign)
    await context.campaigns.refresh()
    campaign = await context.campaigns.of(campaign.id)
    refuse_withdrawn(campaign.announced)
    snapshot = context.snapshot(campaign, as_of)
    if not campaign.is_as_of(as_of):
        raise being_computed()  # whoever verifies takes version and rule set of that moment
    drawn = await publication.draw_up(context.database, snapshot, as_of, watermark)

    async def freeze(tx: Transaction) -> tuple[int, PublicationOut]:
        row = await publication.publish(
            tx,
            context.campaigns,
            drawn,
            replaces=body.replaces,
            reason=body.reason,
            now=as_of,
        )
        return 201, _publication_out(row, campaign.zone)

    return await once(freeze)


@router.get("", openapi_extra=_EVERYBODY)
async def read_publications(campaign: Asked, context: Context) -> list[PublicationOut]:
    """All publications, the last one first."""
    async with repeatable_read(context.database) as tx:
        rows = await queries.all_of(tx, campaign.id)
    return [_publication_out(row, campaign.zone) for row in rows]


@router.get("/{version}", response_model=PublishedStandingsOut, openapi_extra=_EVERYBODY)
async def read_publication(version: Version, campaign: Asked, context: Context) -> Response:
    """Ranks, totals and levels as they were frozen."""
    async with repeatable_read(context.database) as tx:
        row = await _publication(tx, campaign, version)
        units = await queries.units_of(tx, row)
        return await large_answer(_standings_out, campaign, row, units)


@router.get(
    "/{version}/units/{code}",
    response_model=PublishedUnitOut,
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
)
async def read_published_unit(
    version: Version,
    code: Code,
    campaign: Asked,
    *,
    caller: Caller,
    context: Context,
) -> Response:
    """One unit's frozen lines, each with its formula, and the facts that were counted."""
    check_reader(campaign.newest.units, caller, code, context.day(campaign))
    async with repeatable_read(context.database) as tx:
        row = await _publication(tx, campaign, version)
        unit = await queries.unit_of(tx, row, code)
        if unit is None:
            raise _unknown(
                "path:code",
                f"Đơn vị có mã “{code}” không có điểm trong lần công bố {version}.",
                f"Unit {code} has no points in publication {version}.",
            )
        return await large_answer(_unit_out, campaign, row, unit)


def _standings_out(
    campaign: ScoredCampaign, row: Publication, units: Sequence[tuple[str, Any]]
) -> PublishedStandingsOut:
    clusters: dict[str, list[UnitPoints]] = {}
    for cluster, detail in units:
        clusters.setdefault(cluster, []).append(msgspec.convert(detail, UnitPoints))
    rules = RuleSet.model_validate(row.rules) if row.rules else None
    return PublishedStandingsOut(
        **_publication_out(row, campaign.zone).model_dump(),
        rule_set_title=rules.title if rules else None,
        ties=rules.ties if rules else None,
        tie_break=list(rules.tie_break) if rules else [],
        clusters={
            name: [
                _standing_out(campaign, row, rules, one)
                for one in sorted(points, key=lambda one: (one.rank, one.unit))
            ]
            for name, points in sorted(clusters.items())
        },
    )


async def _publication(tx: Transaction, campaign: ScoredCampaign, version: int) -> Publication:
    row = await tx.session.get(Publication, (campaign.id, version))
    if row is None:
        raise _unknown(
            "path:version",
            f"Chưa có lần công bố {version}. Xem danh sách các lần công bố.",
            f"There is no publication {version}: see the list of publications.",
        )
    return row


def _unknown(parameter: str, vi: str, en: str) -> Refusal:
    return Refusal(NOT_FOUND, [Fault("", vi, en, parameter=parameter)])


def _publication_out(row: Publication, zone: ZoneInfo) -> PublicationOut:
    """Its moments in the zone of the campaign, whose days count."""
    fields = {name: getattr(row, name) for name in PublicationOut.model_fields}
    local = {name: fields[name].astimezone(zone) for name in ("as_of", "published_at")}
    return PublicationOut(**{**fields, **local})


def _name(campaign: ScoredCampaign, whole: Publication, code: str) -> str:
    """The unit's name on the day of the publication; its code where no version has it: what was
    frozen stays readable."""
    then = campaign.announced.known_at(whole.as_of).units
    unit = then.get(code, whole.as_of.astimezone(campaign.zone).date()) or campaign.unit(code)
    return unit.name if unit else code


def _standing_out(
    campaign: ScoredCampaign, whole: Publication, rules: RuleSet | None, points: UnitPoints
) -> PublishedStandingOut:
    title = level_title(rules, points) if rules else None
    return PublishedStandingOut(
        rank=points.rank,
        unit=points.unit,
        name=_name(campaign, whole, points.unit),
        total=points.total,
        maximum=points.maximum,
        level=points.level,
        level_title=Bilingual(title.vi, title.en) if title else None,
        flag_candidate=points.flag_candidate,
    )


def _unit_out(campaign: ScoredCampaign, whole: Publication, row: PublishedUnit) -> PublishedUnitOut:
    points = msgspec.convert(row.detail, UnitPoints)
    rules = RuleSet.model_validate(whole.rules) if whole.rules else None
    names = FormulaNames(rules, campaign.newest.units) if rules else None
    tables = _tables(rules, points) if rules else {}
    criteria = {
        f"{before}{one.id}": one for before, table in tables.items() for one in table.criteria
    }
    titles = {
        f"{before}{group.id}": group.title
        for before, table in tables.items()
        for group in table.all_groups
    }
    return PublishedUnitOut(
        campaign=campaign.id,
        version=whole.version,
        unit=points.unit,
        name=_name(campaign, whole, points.unit),
        rule_set=whole.rule_set,
        sample=whole.sample,
        simulated=whole.simulated,
        cluster=row.cluster,
        table=points.table,
        rank=points.rank,
        total=points.total,
        maximum=points.maximum,
        comparable=points.comparable,
        knocked_out=list(points.knocked_out),
        parts=parts_out(rules, points),
        groups=[
            PublishedGroupOut(
                group=group.group,
                title=titles.get(group.group),
                points=group.points,
                maximum=group.maximum,
                capped=group.capped,
                bonus=group.bonus,
                subtotals=subtotals_out(group, titles),
            )
            for group in points.groups
        ],
        level=points.level,
        flag_candidate=points.flag_candidate,
        digest=row.digest,
        lines=[_line_out(criteria.get(line.criterion), line, names) for line in points.lines],
        facts=row.facts,
        facts_root=row.facts_root,
    )


def _tables(rules: RuleSet, points: UnitPoints) -> dict[str, Table]:
    """The tables of the unit by what stands before their ids: nothing for the only one."""
    if not points.parts:
        table = rules.table(points.table)
        return {} if table is None else {"": table}
    found = ((within(part.table, ""), rules.table(part.table)) for part in points.parts)
    return {before: table for before, table in found if table is not None}


def _line_out(
    criterion: Criterion | None, line: Line, names: FormulaNames | None
) -> PublishedLineOut:
    return PublishedLineOut(
        criterion=line.criterion,
        title=criterion.title if criterion else None,
        legal_source=criterion.legal_source if criterion else None,
        points=line.points,
        maximum=line.maximum,
        assigned=line.assigned,
        inputs=dict(line.inputs),
        formula=formula(criterion, line.inputs, line.points, names)
        if criterion and names
        else None,
    )

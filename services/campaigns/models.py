"""The tables of announced campaigns, in the database of every service."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field

from services.chassis.storage.models import MOMENT, Stored, tables_of
from services.chassis.storage.tables import Operations


class CampaignHead(Stored, table=True):
    """One campaign; whoever changes what a service makes of it locks this row."""

    __tablename__: ClassVar[str] = "campaigns"

    campaign: str = Field(primary_key=True)
    generation: int
    """Grows with each change that this service took: a version, an adoption. A replica that has
    another one in memory does nothing for the campaign until it has read it anew."""


class CampaignVersion(Stored, table=True):
    """One version of a campaign, as it was announced or withdrawn. Never changed."""

    __tablename__: ClassVar[str] = "campaign_versions"

    campaign: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    plan: str | None = None
    """plan.yaml as written; None where the campaign was withdrawn."""
    units: str | None = None
    """units.csv as written; None where the campaign was withdrawn."""
    document: str
    reason: str | None = None
    at: datetime = Field(sa_type=MOMENT)
    """When it was announced or withdrawn; it holds from then on."""


CAMPAIGNS = tables_of(__name__)


def create_campaign_tables(op: Operations) -> None:
    """A step of each service's migrations."""
    CAMPAIGNS.create_all(op.get_bind(), checkfirst=False)

"""Bodies of the requests about rule sets and of their answers."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.http.fields import Moment, VisibleText
from services.contracts.campaign.problems import FileProblem
from services.contracts.wording import Bilingual
from services.scoring.models import AdoptedRuleSet


class RulesInForceOut(BaseModel):
    """A rule set that was adopted, and since when it is in force."""

    number: int = Field(ge=1, description="1 for the campaign's first one.")
    rule_set: str = Field(examples=["hanoi-2020-sample"])
    sample: bool = Field(description="True where it is nobody's official table.")
    rules_digest: str
    since: datetime = Field(description="In force from then on, until the next one is.")
    document: str | None = Field(
        description="Number and date of the document behind it; null for one of before campaigns"
        " were announced."
    )
    reason: str | None
    adopted_at: datetime
    contradictions: list[Bilingual] | None = Field(
        description="Why it could not be adopted for the newest version of plan and units: each"
        " with its place in the document and its remedy. It is counted by all the same. Empty:"
        " nothing; null: not looked at, since another one has replaced it or the answer is as of a"
        " moment."
    )


def in_force_out(
    row: AdoptedRuleSet, zone: ZoneInfo, contradictions: Iterable[FileProblem] | None = None
) -> RulesInForceOut:
    """A rule set that was adopted, and what the newest version of its campaign contradicts. `zone`:
    the campaign's, whose days count."""
    sentences = None
    if contradictions is not None:
        sentences = [
            Bilingual(f"{one.place}: {one.vi}", f"{one.place}: {one.en}") for one in contradictions
        ]
    return RulesInForceOut(
        number=row.number,
        rule_set=row.rule_set,
        sample=row.sample,
        rules_digest=row.rules_digest,
        since=row.in_force_since.astimezone(zone),
        document=row.document,
        reason=row.reason,
        adopted_at=row.adopted_at.astimezone(zone),
        contradictions=sentences,
    )


class RulesAdopted(RulesInForceOut):
    """A rule set that was adopted just now."""

    advice: list[Bilingual] = Field(description="What should be mended in a later one.")


class RulesOut(RulesInForceOut):
    """A rule set with its document."""

    rules: str = Field(description="rules.yaml as it was written.")


class AdoptionIn(BaseModel):
    """The Board adopts a rule set that what-if was asked about."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "rules": "rule_set: hanoi-2020-2\n…",
                    "rules_digest": "0123456789abcdef" * 4,
                    "document": "90/QĐ-BTĐ, 01/7/2020",
                    "reason": "Bổ sung tiêu chí",
                    "in_force_since": "2020-08-01T00:00:00+07:00",
                }
            ]
        },
    )

    rules: str = Field(min_length=1, description="The content of a rules.yaml, as it is written.")
    rules_digest: str = Field(
        min_length=64,
        max_length=64,
        pattern="^[0-9a-f]*$",
        description="`draft.digest` of the answer of what-if: what is adopted was seen before.",
    )
    document: VisibleText = Field(description="Number and date of the document behind it.")
    reason: VisibleText | None = Field(
        default=None, description="Required where the campaign has a rule set already."
    )
    in_force_since: Moment | None = Field(
        default=None,
        description="Points of this moment and later count by it; not in the past. Absent: now,"
        " and for a campaign's first rule set its first day.",
    )

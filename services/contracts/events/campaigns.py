"""Facts about campaigns: what is asked of whom, and by which table it is scored.

They carry whole documents as they were written, comments included, so that everything that was
decided by them can be decided again from the topics alone (`services.contracts.campaign.loader` and
`services.contracts.rules.loader` read them). Every version is kept for ever.
"""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from services.contracts.events.base import Fact, FactSheet, Label, Moment, Text, Version

MOST_DOCUMENT_BYTES = 8_000_000
"""Longest data of such a fact: the largest plan, unit list and rule set that are read (1, 5 and
1 MB) with what JSON adds."""

_DIGEST = "0123456789abcdef" * 4
Written = Annotated[str, StringConstraints(pattern=r"^[^\x00]+$", strip_whitespace=False)]
"""A document as it was written, to its last line break: its digest is that of these bytes."""
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class CampaignFact(Fact):
    """A fact about a campaign as a whole. `version` grows over all types of them together."""

    key_field: ClassVar[str] = "campaign"
    aggregate_field: ClassVar[str] = "campaign"
    most_bytes: ClassVar[int] = MOST_DOCUMENT_BYTES

    version: Version


class CampaignAnnounced(CampaignFact):
    """The Board announced a campaign, or amended it: the plan and the units from now on."""

    event: ClassVar[str] = "campaign-announced"
    moment_field: ClassVar[str] = "announced_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the Board announced a campaign (version 1) or amended it (later ones)",
        key="campaign",
        content="plan.yaml and units.csv as written, with their digests; in version 1 also"
        " rules.yaml, where the table was announced with the campaign",
        never="what was changed: compare it with the version before",
        example={
            "campaign": "hanoi-2020",
            "version": 1,
            "plan": "campaign: hanoi-2020\n",
            "units": "code,name,kind,level,parent,cluster,gso_code\n",
            "rules": "rule_set: hanoi-2020-sample\n",
            "plan_digest": _DIGEST,
            "units_digest": _DIGEST,
            "rules_digest": _DIGEST,
            "document": "251/BTĐ-NV2, 05/6/2020",
            "reason": None,
            "announced_at": "2020-06-05T08:00:00+07:00",
        },
    )

    plan: Written = Field(description="plan.yaml.")
    units: Written = Field(description="units.csv: the unit tree.")
    rules: Written | None = Field(
        default=None, description="rules.yaml: the first rule set, which scoring then adopts."
    )
    plan_digest: _Sha256 = Field(description="SHA-256 of `plan` in UTF-8.")
    units_digest: _Sha256 = Field(description="SHA-256 of `units` in UTF-8.")
    rules_digest: _Sha256 | None = Field(
        default=None, description="SHA-256 of `rules` in UTF-8, where it is there."
    )
    document: Text = Field(description="Number and date of the document behind it.")
    reason: Text | None = Field(default=None, description="Of an amendment: why.")
    announced_at: Moment = Field(description="When it was announced; it holds from then on.")


class CampaignWithdrawn(CampaignFact):
    """The Board took a campaign back before it opened. Nobody owes anything by it."""

    event: ClassVar[str] = "campaign-withdrawn"
    moment_field: ClassVar[str] = "withdrawn_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="submissions",
        when="the Board withdrew a campaign that had not opened",
        key="campaign",
        content="number of the document and reason",
        never="the plan: it is in campaign-announced",
        example={
            "campaign": "hanoi-2021",
            "version": 2,
            "document": "12/BTĐ-NV2, 10/01/2021",
            "reason": "Dời sang năm sau",
            "withdrawn_at": "2021-01-10T08:00:00+07:00",
        },
    )

    document: Text = Field(description="Number and date of the document behind it.")
    reason: Text = Field(description="Why.")
    withdrawn_at: Moment = Field(description="When it was withdrawn.")


class RuleSetAdopted(Fact):
    """The Board adopted a rule set for a campaign: points are counted by it from a moment on."""

    event: ClassVar[str] = "rule-set-adopted"
    key_field: ClassVar[str] = "campaign"
    aggregate_field: ClassVar[str] = "campaign"
    moment_field: ClassVar[str] = "adopted_at"
    most_bytes: ClassVar[int] = MOST_DOCUMENT_BYTES
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="scoring",
        when="the Board adopted a rule set, with the campaign or later",
        key="campaign",
        content="rules.yaml as written, its digests, the moment from which it holds",
        never="what it changes: ask what-if before, compare standings after",
        example={
            "campaign": "hanoi-2020",
            "version": 1,
            "rule_set": "hanoi-2020-sample",
            "sample": True,
            "rules": "rule_set: hanoi-2020-sample\n",
            "document_digest": _DIGEST,
            "rules_digest": _DIGEST,
            "in_force_since": "2020-01-01T00:00:00+07:00",
            "document": "251/BTĐ-NV2, 05/6/2020",
            "reason": None,
            "adopted_at": "2020-06-05T08:00:00+07:00",
        },
    )

    version: Version
    rule_set: Label = Field(description="Id of the rule set.")
    sample: bool = Field(description="True where it is a sample and nobody's official table.")
    rules: Written = Field(description="rules.yaml.")
    document_digest: _Sha256 = Field(description="SHA-256 of `rules` in UTF-8.")
    rules_digest: _Sha256 = Field(
        description="Digest of what the rule set says, as publications name it."
    )
    in_force_since: Moment = Field(description="Points of this moment and later count by it.")
    document: Text = Field(description="Number and date of the document behind it.")
    reason: Text | None = Field(default=None, description="Of a later one: why.")
    adopted_at: Moment = Field(description="When the Board adopted it.")

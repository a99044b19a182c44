"""A level that was forced down can be defended: by its law, its condition and the facts."""

from pathlib import Path
from shutil import copytree

from infra.local.issuer import Issuer
from services.chassis.storage.database import Database
from services.contracts.rules.loader import load_with_rules
from services.scoring.campaign_snapshot import CampaignTimeline
from tests.scoring.campaign import DIRECTORY, sample_campaign
from tests.scoring.facts import essay, event, fulfilled, missed
from tests.scoring.running import recompute_due, take
from tests.scoring.served_scoring import settings_of, standing

STRUCK = """    knock_outs:
      - id: K1
        title: {vi: "Không báo cáo hội nghị", en: "No report of the conference"}
        legal_source: "Mẫu"
        when: {measure: conference, is: missed}
        level: not-done
    levels:
      - {level: excellent"""


async def test_who_was_knocked_out_learns_why(
    scoring_url: str, issuer: Issuer, tmp_path: Path
) -> None:
    copytree(DIRECTORY, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "rules.yaml"
    content = file.read_text()
    assert "  conference:\n" in content
    file.write_text(content.replace("    levels:\n      - {level: excellent", STRUCK, 1))
    settings = settings_of(scoring_url, issuer, campaign_dir=tmp_path)
    async with standing(settings, issuer) as stand:
        database: Database = stand.chassis.database
        snapshot = CampaignTimeline(*load_with_rules(tmp_path)).on(sample_campaign().plan.closes)
        gone = event(missed("SNV", "D2"))
        await take(
            database, snapshot, [gone, event(essay("SNV", "a")), event(fulfilled("STP", "D2"))]
        )
        await recompute_due(database, snapshot)
        struck, fine = [await stand.read(f"/v1/units/{unit}/points") for unit in ("SNV", "STP")]
    assert fine["knocked_out"] == []
    (one,) = struck["knocked_out"]
    assert (one["id"], one["level"], one["legal_source"]) == ("K1", "not-done", "Mẫu")
    assert one["title"]["en"] == "No report of the conference"
    assert one["rule"]["vi"] == "Hội nghị điển hình tiên tiến quá hạn"
    assert [fact["id"] for fact in one["facts"]] == [str(gone.id)]

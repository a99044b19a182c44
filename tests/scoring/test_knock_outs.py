"""A level that was forced down can be defended: by its law, its condition and the facts."""

from tests.scoring.campaign import SAMPLE_WRITTEN
from tests.scoring.facts import API, essay, event, fulfilled, missed
from tests.scoring.running import adopts, take
from tests.scoring.served_scoring import Stand

STRUCK = """    knock_outs:
      - id: K1
        title: {vi: "Không báo cáo hội nghị", en: "No report of the conference"}
        legal_source: "Mẫu"
        when: {measure: conference, is: missed}
        level: not-done
    levels:
      - {level: excellent"""


async def test_who_was_knocked_out_learns_why(stand: Stand) -> None:
    assert "  conference:\n" in SAMPLE_WRITTEN
    database = stand.chassis.database
    await adopts(
        database, SAMPLE_WRITTEN.replace("    levels:\n      - {level: excellent", STRUCK, 1)
    )
    gone = event(missed("SNV", "D2"))
    await take(database, [gone, event(essay("SNV", "a")), event(fulfilled("STP", "D2"))])
    await stand.hears()
    struck, fine = [await stand.read(f"{API}/units/{unit}/points") for unit in ("SNV", "STP")]
    assert fine["knocked_out"] == []
    (one,) = struck["knocked_out"]
    assert (one["id"], one["level"], one["legal_source"]) == ("K1", "not-done", "Mẫu")
    assert one["title"]["en"] == "No report of the conference"
    assert one["rule"]["vi"] == "Hội nghị điển hình tiên tiến quá hạn"
    assert [fact["id"] for fact in one["facts"]] == [str(gone.id)]

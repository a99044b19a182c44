"""Mails about what the Board published. A sample is named a sample wherever its numbers are."""

from services.contracts.events import PointsPublished, StandingsPublished
from services.contracts.wording import Bilingual, number, number_en, number_vi
from services.notifications.mail_texts.text import CampaignNames, Subject, Text, Texts, Words


def points_published(fact: PointsPublished, names: CampaignNames) -> Texts:
    """A unit's points, frozen."""
    unit, in_text = names.unit(fact.unit), names.unit_in_text(fact.unit)
    at, total, maximum = names.moment(fact.published_at), number(fact.total), number(fact.maximum)
    rank = f"{number_vi(fact.rank)}/{number_vi(fact.units_in_cluster)}"
    version = _version(fact.version)
    counted = Bilingual(number_vi(fact.facts_counted), number_en(fact.facts_counted))
    vi = [
        f"Kết quả thi đua của {in_text}: {total.vi}/{maximum.vi} điểm, xếp thứ {rank} trong cụm"
        " thi đua.",
        f"Công bố {version.vi}, lúc {at.vi}; tính từ {counted.vi} dữ liệu đã ghi nhận.",
        f"Mã kiểm tra (SHA-256): {fact.digest}",
    ]
    en = [
        f"Result of {unit}: {total.en} of {maximum.en} points, rank {rank} in its cluster.",
        f"Published as {version.en} at {at.en}; made from {counted.en} recorded facts.",
        f"Digest (SHA-256): {fact.digest}",
    ]
    if level := fact.level_title:
        vi.insert(1, f"Mức xếp loại: {level.vi}")
        en.insert(1, f"Level: {level.en}")
    if fact.flag_candidate:
        vi.insert(1, "Thuộc diện đề nghị tặng Cờ thi đua (dẫn đầu cụm thi đua).")
        en.insert(1, "Eligible to be proposed for the emulation flag (leads its cluster).")
    return Texts(
        Text(
            Subject("Kết quả thi đua", f"{total.vi}/{maximum.vi}, xếp thứ {rank}", in_text),
            tuple(vi),
        ),
        Text(Subject("Result", f"{total.en}/{maximum.en}, rank {rank}", unit), tuple(en)),
        sample=fact.sample,
    )


def standings_published(fact: StandingsPublished, names: CampaignNames) -> Texts:
    """The Board froze the standings."""
    at, version, campaign = names.moment(fact.published_at), _version(fact.version), names.campaign
    state_vi, state_en = "Công bố kết quả xếp hạng", "Standings published"
    if fact.version > 1:
        state_vi, state_en = "Công bố điều chỉnh kết quả xếp hạng", "Standings corrected"
    vi = [
        f"{state_vi} của {campaign.vi} ({version.vi}).",
        f"Công bố lúc {at.vi}.",
        f"Mã kiểm tra (SHA-256): {fact.digest}",
    ]
    en = [
        f"{state_en}: {campaign.en} ({version.en}).",
        f"Published at {at.en}.",
        f"Digest (SHA-256): {fact.digest}",
    ]
    if fact.reason:
        vi.insert(1, f"Lý do điều chỉnh: {fact.reason}")
        en.insert(1, f"Reason of the correction: {fact.reason}")
    return Texts(
        Text(Subject(state_vi, version.vi), tuple(vi)),
        Text(Subject(state_en, version.en), tuple(en)),
        names_campaign=True,
        sample=fact.sample,
    )


def _version(version: int) -> Bilingual:
    if version == 1:
        return Bilingual("lần 1", "version 1")
    return Bilingual(
        f"lần {version}, thay thế lần {version - 1}", f"version {version}, replacing {version - 1}"
    )


WORDS: Words = {
    PointsPublished: points_published,
    StandingsPublished: standings_published,
}

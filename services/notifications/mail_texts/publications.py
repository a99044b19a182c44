"""Words for what the Board published. A sample is named a sample wherever its numbers are."""

from services.contracts.events import PointsPublished, StandingsPublished
from services.notifications.mail_texts.text import Names, Text, Texts, number


def points_published(fact: PointsPublished, names: Names) -> Texts:
    """A unit's points, frozen."""
    unit, at = names.unit(fact.unit), names.moment(fact.published_at)
    total, maximum = number(fact.total), number(fact.maximum)
    vi = [
        f"Điểm thi đua được công bố của {unit}: {total.vi}/{maximum.vi} điểm.",
        f"Xếp thứ {fact.rank} trong {fact.units_in_cluster} đơn vị của cụm, khối.",
    ]
    en = [
        f"Published emulation points of {unit}: {total.en} of {maximum.en}.",
        f"Rank {fact.rank} of {fact.units_in_cluster} units in its cluster.",
    ]
    if fact.level:
        level = names.level(fact.level)
        vi.append(f"Mức xếp loại: {level.vi}")
        en.append(f"Level: {level.en}")
    if fact.flag:
        vi.append("Được cờ thi đua của cụm, khối.")
        en.append("It gets the emulation flag of its cluster.")
    vi += [
        f"Công bố lúc: {at.vi} (lần {fact.version}), trên {fact.facts_counted} sự kiện.",
        f"Mã kiểm tra (SHA-256): {fact.digest}",
    ]
    en += [
        f"Published: {at.en} (version {fact.version}), on {fact.facts_counted} facts.",
        f"Digest (SHA-256): {fact.digest}",
    ]
    return Texts(
        Text(f"{unit}: công bố {total.vi} điểm, xếp thứ {fact.rank}", tuple(vi)),
        Text(f"{unit}: {total.en} points published, rank {fact.rank}", tuple(en)),
        sample=fact.sample,
    )


def standings_published(fact: StandingsPublished, names: Names) -> Texts:
    """The Board froze the standings."""
    at = names.moment(fact.published_at)
    vi = [
        f"Kết quả xếp hạng của {names.campaign.vi} đã được công bố, lần {fact.version}.",
        f"Thời điểm công bố: {at.vi}",
        f"Mã kiểm tra (SHA-256): {fact.digest}",
    ]
    en = [
        f"The standings of {names.campaign.en} were published, version {fact.version}.",
        f"Published: {at.en}",
        f"Digest (SHA-256): {fact.digest}",
    ]
    if fact.reason:
        vi.append(f"Lý do điều chỉnh: {fact.reason}")
        en.append(f"Reason of the correction: {fact.reason}")
    return Texts(
        Text(f"Công bố kết quả xếp hạng, lần {fact.version}", tuple(vi)),
        Text(f"Standings published, version {fact.version}", tuple(en)),
        sample=fact.sample,
    )

"""Mails about reports of the kinds that the plan declares: sent, and returned."""

from services.contracts.events import ReportReturned, ReportSubmitted
from services.contracts.wording import Bilingual, day, period_title
from services.notifications.mail_texts.text import CampaignNames, Subject, Text, Texts, Words


def _about(fact: ReportSubmitted | ReportReturned, names: CampaignNames) -> Bilingual:
    """The report, with its period where it has one."""
    title = names.report(fact.kind)
    if fact.period is None:
        return title
    period = period_title(fact.period)
    return Bilingual(f"{title.vi}, {period.vi}", f"{title.en}, {period.en}")


def submitted(fact: ReportSubmitted, names: CampaignNames) -> Texts:
    """A unit sent a report. What it says is read where it was sent, not in mails."""
    unit, in_text = names.unit(fact.unit), names.unit_in_text(fact.unit)
    about, at, counted = _about(fact, names), names.moment(fact.reported_at), day(fact.counted_day)
    vi = [f"{unit} đã gửi báo cáo “{about.vi}”."]
    en = [f"{unit} sent the report “{about.en}”."]
    if fact.version > 1:
        vi = [f"{unit} đã gửi lại báo cáo “{about.vi}” (lần {fact.version})."]
        en = [f"{unit} sent the report “{about.en}” again (version {fact.version})."]
    vi += [f"Nơi nhận báo cáo: {names.unit_in_text(fact.receiver)}", f"Ngày ghi nhận: {counted.vi}"]
    en += [f"Reported to: {names.unit(fact.receiver)}", f"The day that counts: {counted.en}"]
    if fact.acted_on is not None:
        done = day(fact.acted_on)
        vi.append(f"Ngày thực hiện: {done.vi}")
        en.append(f"Done on: {done.en}")
    return Texts(
        Text(Subject("Báo cáo", about.vi, in_text), (*vi, f"Gửi lúc {at.vi}.")),
        Text(Subject("Reported", about.en, unit), (*en, f"Sent at {at.en}.")),
    )


def returned(fact: ReportReturned, names: CampaignNames) -> Texts:
    """The Board sent a report back."""
    unit, in_text = names.unit(fact.unit), names.unit_in_text(fact.unit)
    about, at = _about(fact, names), names.moment(fact.returned_at)
    return Texts(
        Text(
            Subject("Trả lại báo cáo", about.vi, in_text),
            (
                f"Báo cáo “{about.vi}” của {in_text} được trả lại để bổ sung, chỉnh sửa.",
                f"Văn bản: {fact.document}",
                f"Lý do: {fact.reason}",
                "Đề nghị đơn vị gửi lại báo cáo.",
                f"Trả lại lúc {at.vi}.",
            ),
        ),
        Text(
            Subject("Report returned", about.en, unit),
            (
                f"The report “{about.en}” of {unit} was returned, to be corrected.",
                f"Document: {fact.document}",
                f"Reason: {fact.reason}",
                "Send it again.",
                f"Returned at {at.en}.",
            ),
        ),
    )


WORDS: Words = {ReportSubmitted: submitted, ReportReturned: returned}

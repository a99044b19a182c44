"""The mail and webhook catchers receive for real, and refuse as they are told."""

from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import pytest

from infra.local.mail import MailCatcher
from infra.local.webhook import Answer, WebhookCatcher


def letter(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "thidua@example.vn"
    message["To"] = "so-noi-vu@example.vn"
    message["Subject"] = subject
    message.set_content("Còn 3 ngày đến hạn báo cáo.\n")
    return message


async def send(catcher: MailCatcher, message: EmailMessage) -> None:
    await aiosmtplib.send(message, hostname=catcher.host, port=catcher.port)


async def test_a_vietnamese_letter_arrives_as_it_was_written(mail_catcher: MailCatcher) -> None:
    await send(mail_catcher, letter("Sắp đến hạn: báo cáo 6 tháng"))
    [message] = await mail_catcher.wait_for(1)
    assert message["Subject"] == "Sắp đến hạn: báo cáo 6 tháng"
    assert message.get_content().strip() == "Còn 3 ngày đến hạn báo cáo."
    assert mail_catcher.mails[0].recipients == ("so-noi-vu@example.vn",)


async def test_a_mail_server_can_refuse_for_now_for_good_and_one_recipient(
    mail_catcher: MailCatcher,
) -> None:
    mail_catcher.answer_next("451 4.3.0 Try again later", "554 5.7.1 Refused")
    for code in (451, 554):
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await send(mail_catcher, letter("lần"))
        assert refused.value.code == code
    await send(mail_catcher, letter("lần ba"))
    assert (mail_catcher.count, mail_catcher.attempts) == (1, 3)

    mail_catcher.refuse_recipient("so-noi-vu@example.vn")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await send(mail_catcher, letter("lần bốn"))
    assert mail_catcher.count == 1


async def test_a_mail_server_that_was_down_comes_back_on_its_port(
    mail_catcher: MailCatcher,
) -> None:
    mail_catcher.stop()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await send(mail_catcher, letter("xuống"))
    mail_catcher.start()
    await send(mail_catcher, letter("lên"))
    assert mail_catcher.count == 1


async def test_letters_are_kept_on_disk_for_a_reader_after_the_end(tmp_path: Path) -> None:
    catcher = MailCatcher(tmp_path / "mail")
    catcher.start()
    try:
        await send(catcher, letter("lưu"))
    finally:
        catcher.stop()
    assert b"thidua@example.vn" in (tmp_path / "mail" / "0001.eml").read_bytes()


async def test_a_webhook_keeps_headers_and_the_exact_body(webhook_catcher: WebhookCatcher) -> None:
    body = '{"tên": "Sở Nội vụ" }'.encode()
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.post(
            webhook_catcher.url, content=body, headers={"Webhook-Id": "msg_1"}
        )
    assert response.status_code == 200
    [request] = await webhook_catcher.wait_for(1)
    assert (request.method, request.path, request.body) == ("POST", "/hook", body)
    assert request.headers["webhook-id"] == "msg_1"


async def test_a_webhook_answers_by_script_and_then_as_before(
    webhook_catcher: WebhookCatcher,
) -> None:
    webhook_catcher.answer_next(503, Answer(429, {"retry-after": "2"}))
    async with httpx.AsyncClient(trust_env=False) as client:
        answers = [await client.post(webhook_catcher.url) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 429, 200]
    assert answers[1].headers["retry-after"] == "2"
    assert len(webhook_catcher.requests) == 3
    assert len(webhook_catcher.accepted) == 1


async def test_a_webhook_receiver_that_is_down_refuses_the_connection(
    webhook_catcher: WebhookCatcher,
) -> None:
    webhook_catcher.stop()
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.ConnectError):
            await client.post(webhook_catcher.url)

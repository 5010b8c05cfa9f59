"""E-mail to officers: a small SMTP server hears what is sent, and refuses on order."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from bot.channels.email import Email
from bot.channels.protocol import DeliveryFailed
from bot.conversation.message import Reply


@dataclass
class MailServer:
    """As much of RFC 5321 as one mail needs. `refusals[verb]` are answered once instead of the usual."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line.partition(" ")[0].upper()
            if refusal := self.refusals.pop(verb, ""):
                writer.write(f"{refusal}\r\n".encode())
            elif verb == "DATA":
                writer.write(b"354 go on\r\n")
                raw = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
                self.mails.append(message_from_bytes(raw, policy=policy.default))
                writer.write(b"250 taken\r\n")
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 fine\r\n")
        writer.close()


@pytest.fixture
async def server(unused_tcp_port: int) -> AsyncIterator[MailServer]:
    server = MailServer(unused_tcp_port)
    async with await asyncio.start_server(server.talk, "127.0.0.1", unused_tcp_port):
        yield server


@pytest.fixture
def channel(settings, unused_tcp_port: int) -> Email:
    changes = {"smtp_url": f"smtp://127.0.0.1:{unused_tcp_port}", "smtp_from": "hoi-dap@example.vn"}
    return Email(settings.model_copy(update=changes))


async def test_a_digest_arrives_as_plain_text(server: MailServer, channel: Email) -> None:
    words = "Sáng nay: 1 câu quá hạn\n• K7MP-42QX: thứ Hai, 30/11/2026 http://x/admin/questions/1"
    identity = await channel.send("to-giam-ngheo@example.vn", Reply(words, "notice"))
    [mail] = server.mails
    assert mail["Subject"] == "Sáng nay: 1 câu quá hạn"
    assert (mail["To"], mail["From"]) == ("to-giam-ngheo@example.vn", "hoi-dap@example.vn")
    assert mail.get_content().replace("\r\n", "\n").strip() == words
    assert mail["Message-ID"] == identity


@pytest.mark.parametrize(
    ("verb", "answer", "permanent"),
    [("RCPT", "550 no such box", True), ("RCPT", "450 later", False), ("DATA", "451 later", False)],
)
async def test_refusals(server: MailServer, channel: Email, verb: str, answer: str, *, permanent: bool) -> None:
    server.refusals[verb] = answer
    with pytest.raises(DeliveryFailed) as caught:
        await channel.send("x@example.vn", Reply("Sáng nay", "notice"))
    assert caught.value.permanent == permanent
    assert server.mails == []


async def test_a_server_that_is_away_is_tried_later(channel: Email) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        await channel.send("x@example.vn", Reply("Sáng nay", "notice"))
    assert not caught.value.permanent
    assert not caught.value.in_doubt

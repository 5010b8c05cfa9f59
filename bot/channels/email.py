"""E-mail, for officers' digests only: through the outbox, so that nothing is lost while the mail server is away."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from bot.channels.protocol import Channel, DeliveryFailed, Health, Limits
from bot.conversation.message import Reply
from knowledge_base.settings import Settings

_PATIENCE_SECONDS = 20
_PERMANENT = range(500, 600)  # RFC 5321, 4.2.1: the server won't take it however often it is tried


class Email(Channel):
    """The channel; it only sends."""

    name = "email"
    limits = Limits(text=100_000, buttons=100)  # buttons don't exist there, and links are in the words

    def __init__(self, settings: Settings) -> None:
        self.health = Health.STARTING
        self._settings = settings

    async def start(self) -> None:
        """Nothing to reach before there is something to send."""

    async def run(self) -> None:
        """Nothing to receive."""
        await asyncio.Event().wait()

    async def send(self, address: str, reply: Reply) -> str | None:
        """Send a plain text; its first line is the subject."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self._settings.smtp_from, address
        mail["Subject"] = reply.text.partition("\n")[0][:150]
        mail["Date"], mail["Message-ID"] = formatdate(localtime=False), make_msgid(domain="hoi-dap")
        mail.set_content(reply.text)
        try:
            await asyncio.to_thread(self._hand_over, mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            raise DeliveryFailed("refused", permanent=all(code in _PERMANENT for code in codes)) from error
        except smtplib.SMTPResponseException as error:
            raise DeliveryFailed(f"SMTP {error.smtp_code}") from error
        except (smtplib.SMTPException, OSError) as error:
            cut = isinstance(error, smtplib.SMTPServerDisconnected)
            raise DeliveryFailed("the mail server can't be reached", in_doubt=cut, unreached=not cut) from error
        return str(mail["Message-ID"])

    def _hand_over(self, mail: EmailMessage) -> None:
        url = urlsplit(self._settings.smtp_url)
        host, context = url.hostname or "", ssl.create_default_context()
        connect = (
            smtplib.SMTP_SSL(host, url.port or 465, timeout=_PATIENCE_SECONDS, context=context)
            if url.scheme == "smtps"
            else smtplib.SMTP(host, url.port or 25, timeout=_PATIENCE_SECONDS)
        )
        with connect as server:
            server.ehlo()
            if url.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(mail)

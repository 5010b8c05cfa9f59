"""What a resident sent besides words; fetched only when a member of staff opens it."""

import asyncio
import logging
import re

from aiohttp import web

from admin.visit import Visit, visit_of
from admin.wire import id_of
from knowledge_base.errors import InvalidInput, NotFound, Unavailable
from knowledge_base.questions.question import Question
from knowledge_base.storage import event_store, question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

_LOG = logging.getLogger(__name__)
_MOST = 10 * 1024 * 1024
_SECONDS = 30
# Anything else (SVG and HTML can carry scripts) is handed out as bytes without a kind.
_KINDS = re.compile(r"(?:image/(?:jpeg|png|gif|webp|heic)|audio/[\w.+-]+|video/[\w.+-]+|application/pdf)", re.ASCII)
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
    "application/pdf": "pdf",
}


def _reference(tx: Transaction, path: str, question_id: int, message_id: int) -> tuple[Question, str]:
    question = question_store.question_within(tx, path, question_id, read=True)
    message = question_store.message_of(tx, question_id, message_id)
    if message is None or not message.media_ref:
        raise NotFound("media")
    return question, message.media_ref


def _opened(tx: Transaction, member: StaffMember, question_id: int, message_id: int) -> None:
    event_store.record(tx, member.username, "media_opened", question_id=question_id, message=message_id)


async def _fetch(visit: Visit, channel: str, ref: str) -> tuple[bytes, str]:
    fetch = visit.console.fetch_media
    if fetch is None:
        raise Unavailable("media_unavailable")
    try:
        async with asyncio.timeout(_SECONDS):
            data, kind = await fetch(channel, ref)
    except Exception as error:
        # A channel's own errors are its own; the officer needs to know only that it didn't work.
        _LOG.warning("media could not be fetched: %s", error.__class__.__name__)
        raise Unavailable("media_unavailable") from error
    if len(data) > _MOST:
        raise InvalidInput("media_too_big")
    return data, kind


async def download(request: web.Request) -> web.Response:
    """A file, to be saved: never shown inside the console."""
    visit, question_id, message_id = visit_of(request), id_of(request), id_of(request, "message")
    question, ref = await visit.read(_reference, visit.member.unit_path, question_id, message_id)
    data, kind = await _fetch(visit, question.channel, ref)
    await visit.write(_opened, question_id, message_id)
    kind = kind.split(";")[0].strip().lower()
    kind = kind if _KINDS.fullmatch(kind) else "application/octet-stream"
    name = f"{question.reference}-{message_id}.{_ENDINGS.get(kind, 'bin')}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=data, content_type=kind, headers=headers)

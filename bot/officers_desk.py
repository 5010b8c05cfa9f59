"""Officers' words from a messenger: linking it to an account, taking a question. Who says so is checked every time."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.conversation import intent, replies
from bot.conversation.message import Incoming, Reply
from bot.conversation.voice import Voice
from bot.intake import Accepted
from knowledge_base import officer_queue
from knowledge_base.audit import Deed
from knowledge_base.errors import Conflict, KnowledgeBaseError
from knowledge_base.questions.reference import read_reference
from knowledge_base.storage import (
    audit_store,
    contact_store,
    conversation_store,
    outbox_store,
    question_store,
    staff_link_store,
)
from knowledge_base.storage.conversation_store import Received
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import Outgoing
from knowledge_base.storage.staff_store import StaffMember
from translations.loader import mark as _

_CHANNELS = ("telegram", "zalo_bot")  # where officers are told; elsewhere a sender is too easily pretended
_LINK = re.compile(r"/lienket ([0-9a-z\s-]{8,10})")
_TAKE = re.compile(r"(?:nhan|take) ([0-9a-z]{4} [0-9a-z]{4}|[0-9a-z]{8})")

LINKED = _("This messenger now acts for the account %(account)s.")
CODE_NO_GOOD = _("That code is not good (any more). The console shows a new one under “Messengers”.")
NOT_LINKED = _("Only officers can do that. Link your messenger first: the console shows how, under “Messengers”.")
TAKEN = _("Question %(reference)s is now with %(account)s.")
TAKEN_BEFORE = _("Question %(reference)s is with somebody already.")
NOT_OPEN = _("Question %(reference)s can't be taken any more.")


@dataclass(frozen=True, slots=True)
class Said:
    """What an officer wants: to link this messenger with a code, to take a question, or the group has moved."""

    verb: Literal["link", "claim", "moved"]
    what: str


def said(incoming: Incoming) -> Said | None:
    """What a message means here; None when it is a resident's."""
    if incoming.channel not in _CHANNELS:
        return None
    if incoming.kind == "moved":
        return Said("moved", incoming.text)
    if incoming.kind == "option" and incoming.option.startswith("claim:"):
        return Said("claim", incoming.option.removeprefix("claim:"))
    if incoming.kind != "text" or len(incoming.text) > 40:  # noqa: PLR2004 - longer than any of these
        return None
    words = intent.plain(incoming.text)
    for pattern, verb in ((_LINK, "link"), (_TAKE, "claim")):
        found = pattern.fullmatch(words)
        code = read_reference(found.group(1)) if found else None
        if code:
            return Said("link" if verb == "link" else "claim", code)
    return None


def perform(tx: Transaction, incoming: Incoming, wish: Said, voice: Voice) -> Accepted | None:
    """Do it and say so, once however often it comes. None: a resident typed words that only look like an officer's."""
    who = incoming.presser or incoming.address
    member = staff_link_store.linked_member(tx, incoming.channel, who)
    if member is None and wish.verb == "claim" and incoming.kind == "text":
        return None
    ref = contact_store.ensure_contact(tx, incoming.channel, incoming.address)
    contact_store.lock_contacts(tx, [ref])
    row = Received(incoming.channel, incoming.external_id, ref, incoming.kind, {"desk": wish.verb})
    known = conversation_store.incoming_ids(tx, [row])
    if known:
        return Accepted(ref, known[row.key], outcome="duplicate")
    inbox_id = conversation_store.add_incoming(tx, [row])[row.key]
    reply = _act(tx, incoming, wish, member, voice, ref)
    if reply:
        said = Outgoing(f"reply:{inbox_id}:0", ref, incoming.channel, reply.as_json(), inbox_id=inbox_id)
        outbox_store.enqueue_all(tx, [said])
    return Accepted(ref, inbox_id, (reply,) if reply else ())


def _act(
    tx: Transaction, incoming: Incoming, wish: Said, member: StaffMember | None, voice: Voice, ref: str
) -> Reply | None:
    if wish.verb == "moved":
        contact_store.set_address(tx, ref, wish.what)
        return None
    if wish.verb == "link":
        linked = staff_link_store.link(tx, wish.what, incoming.channel, incoming.address)
        return replies.notice(voice, LINKED, account=linked.username) if linked else replies.notice(voice, CODE_NO_GOOD)
    return _claim(tx, wish.what, member, voice, incoming.channel)


def _claim(tx: Transaction, reference: str, member: StaffMember | None, voice: Voice, channel: str) -> Reply:
    if member is None:
        return replies.notice(voice, NOT_LINKED)
    question = question_store.question_by_reference(tx, reference)
    try:
        if question is None:
            return replies.notice(voice, NOT_OPEN, reference)
        officer_queue.claim(tx, member, question.id)
        deed = Deed(member.username, str(member.role), member.unit_code, channel, "claim", f"id:{question.id}")
        audit_store.append(tx, deed)
    except Conflict as error:
        mine = error.data.get("by") == member.id
        if not mine:
            return replies.notice(voice, TAKEN_BEFORE, reference)
    except KnowledgeBaseError:
        return replies.notice(voice, NOT_OPEN, reference)
    return replies.notice(voice, TAKEN, reference, account=member.username)

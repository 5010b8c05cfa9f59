"""A resident's copy of his data, in plain values: the same as JSON and on the page. Staff are told of by role."""

from datetime import datetime
from typing import Any

from knowledge_base.clock import VIETNAM
from knowledge_base.storage.copy_store import Kept

_OURS = ("resident", "bot", "clock")


def _at(moment: datetime | None) -> str | None:
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M") if moment else None


def as_values(kept: Kept) -> dict[str, Any]:
    """Everything in `kept` that says something; times as people read them, in Viet Nam."""
    contact = kept.contact
    return {
        "channel": contact.channel,
        "since": _at(contact.created_at),
        "notices_stopped": _at(contact.stopped_at),
        "commune": kept.conversation.get("commune"),
        "unit": kept.conversation.get("unit"),
        "waits_for_consent": _pending(kept.conversation),
        "way_back_made": _at(kept.return_code_made),
        "questions": [_question(one) for one in kept.questions],
        "written": [{"at": _at(row.received_at), "words": _words(row.body, row.kind)} for row in kept.heard],
        "told": [{"at": _at(row.created_at), "state": row.state, "words": _told(row.body)} for row in kept.told],
    }


def _pending(conversation: dict[str, Any]) -> list[str]:
    acts = (conversation.get("pending") or {}).get("acts", ())
    return [one["text"] for one in acts if one.get("text")]


def _words(body: dict[str, Any], kind: str) -> str:
    said = body.get("text") or body.get("option") or ""
    media = body.get("media_kind")
    return f"{said} [{media}]".strip() if media else said or f"[{kind}]"


def _told(body: dict[str, Any]) -> str:
    """What was said, also where the words are made when it is sent."""
    answer = body.get("answer") or {}
    parts = (
        body.get("text"),
        body.get("words"),
        answer.get("short_answer"),
        answer.get("details"),
        body.get("reference"),
    )
    return "\n".join(part for part in parts if part)


def _question(found: dict[str, Any]) -> dict[str, Any]:
    one = found["question"]
    return {
        "code": one.reference,
        "received": _at(one.received_at),
        "words": one.text,
        "commune": one.commune,
        "unit": one.unit_code,
        "topic": one.topic,
        "state": str(one.state),
        "promised": one.due_on.strftime("%d/%m/%Y") if one.due_on else None,
        "closed_because": one.close_reason,
        "entry": one.entry_key,
        "published": str(one.disposition) == "own_page",
        "messages": [
            {"at": _at(said.at), "from": said.sender, "words": said.text, "file": said.media_kind}
            for said in found["messages"]
        ],
        "answers": [
            {"at": _at(answer.signed_off_at), "from": "officer", "words": _told({"answer": answer.content})}
            for answer in found["answers"]
        ],
        "notes": [{"at": _at(note.at), "from": "officer", "words": note.text} for note in found["notes"]],
        "answer_being_written": found["draft"],
        "opinions": [{"at": _at(given.at), "opinion": given.verdict} for given in found["feedback"]],
        "happened": [
            {"at": _at(event.at), "by": event.actor if event.actor in _OURS else "officer", "what": event.action}
            for event in found["events"]
        ],
    }

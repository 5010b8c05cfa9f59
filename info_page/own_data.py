"""`/du-lieu`: a resident's copy of his data, by the number he was given in the chat; it opens once."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from info_page.face import FACE, language_of, once
from info_page.forms import read_form
from info_page.render import Page
from info_page.throttle import visitor
from info_page.words import Words
from knowledge_base.own_data import as_values
from knowledge_base.storage import copy_store
from translations.loader import mark as _

PATH = "/du-lieu"
_LONGEST_CODE = 40
# What happened to a question, as its asker reads it; what moved between offices only is in the file.
_HAPPENED = {
    "ask": _("you asked"),
    "offer": _("answers were offered to choose from"),
    "answer_by_bot": _("an approved answer was sent at once"),
    "queue": _("handed to the officers"),
    "transfer": _("passed to the unit responsible"),
    "escalate": _("passed to the unit above"),
    "claim": _("an officer began to work on it"),
    "ask_back": _("an officer asked you something"),
    "note": _("an officer wrote a note"),
    "answer": _("an officer answered"),
    "answer_together": _("an officer answered"),
    "correction": _("a correction was sent"),
    "promise_renewed": _("a new date was promised"),
    "publish": _("the answer was published without your data"),
    "reopen": _("opened again"),
    "close": _("closed"),
}
_OPINIONS = {
    "useful": _("useful"),
    "clear": _("clear"),
    "not_useful": _("not useful"),
    "unclear": _("not clear"),
    "notmine": _("not my case"),
}
_FROM = {"resident": _("you"), "officer": _("an officer"), "bot": _("automatic reply")}
_CHANNELS = {
    "web_chat": _("chat on this website"),
    "telegram": "Telegram",
    "zalo_oa": "Zalo",
    "zalo_bot": "Zalo",
    "sms": _("text messages"),
    "email": _("e-mail"),
}
_FILE = _("a file")
_FILES = {
    "photo": _("a picture"),
    "voice": _("a voice message"),
    "audio": _("a voice message"),
    "video": _("a video"),
    "video_note": _("a video"),
    "location": _("a place on the map"),
    "contact": _("a contact"),
    "link": _("a link"),
}


async def form(request: web.Request) -> web.Response:
    """The form. Opening it uses nothing up: messengers look at links before people do."""
    return once(request, _page())


async def show(request: web.Request) -> web.Response:
    """The copy, on this page and as a file in it. A POST, so that the number stands in no address."""
    face = request.app[FACE]
    typed = (await read_form(request)).get("so", "").strip()[:_LONGEST_CODE]
    if not face.copies.allows(visitor(request), face.clock.now()):
        return once(request, _page(fault="too_often", status=429))
    kept = await face.database.write(copy_store.use_code, typed)
    if kept is None:
        return once(request, _page(fault="refused"))
    values = as_values(kept)
    packed = base64.b64encode(json.dumps(values, ensure_ascii=False, indent=1).encode()).decode()
    shown = _shown(values, Words(language_of(request)).gettext)
    return once(request, _page(copy=shown, file=f"data:application/json;base64,{packed}"))


def _shown(values: dict[str, Any], say: Callable[[str], str]) -> dict[str, Any]:
    """The copy in the reader's language; lists as (heading, [(when, words)]), empty ones left out."""
    channel = values["channel"]
    told = [
        (say(_("What you wrote")), _lines(values["written"])),
        (say(_("What you were told")), _lines(values["told"])),
    ]
    return {
        **values,
        "channel": say(_CHANNELS.get(channel, channel)),
        "questions": [{**one, "lists": _lists(one, say)} for one in values["questions"]],
        "lists": [(title, lines) for title, lines in told if lines],
    }


def _lists(one: dict[str, Any], say: Callable[[str], str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """All that belongs to a question."""
    said = [
        (entry["at"], f"{say(_FROM[entry['from']])}: {entry['words'] or say(_FILES.get(entry['file'], _FILE))}")
        for entry in one["messages"]
        if entry["words"] or entry["file"]
    ]
    found = [
        (say(_("Added")), said),
        (say(_("Answers")), _lines(one["answers"])),
        (say(_("Officers' notes")), _lines(one["notes"])),
        (say(_("Your opinion")), _named(one["opinions"], "opinion", _OPINIONS, say)),
        (say(_("What happened")), _named(one["happened"], "what", _HAPPENED, say)),
    ]
    return [(title, lines) for title, lines in found if lines]


def _lines(said: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(one["at"], one["words"]) for one in said if one["words"]]


def _named(
    found: Sequence[Mapping[str, Any]], field: str, names: Mapping[str, str], say: Callable[[str], str]
) -> list[tuple[str, str]]:
    return [(one["at"], say(names[one[field]])) for one in found if one[field] in names]


def _page(status: int = 200, **shows: object) -> Page:
    return Page("own_data.html", PATH, {"copy": None, "file": "", "fault": None, **shows}, status=status)

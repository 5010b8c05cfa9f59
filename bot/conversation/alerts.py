"""What officers read in their own messenger. No word of a resident is in it: the messenger isn't ours."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.conversation.message import Option, Reply
from bot.conversation.voice import Voice
from translations.loader import mark as _

_MOST_BUTTONS = 5


def for_officers(voice: Voice, body: Mapping[str, Any]) -> Reply:
    """A new question, or the morning's digest, with a button to take each question that nobody has."""
    if body["alert"] == "new":
        head = _("URGENT: new question %(reference)s.") if body["urgent"] else _("New question %(reference)s.")
        lines = [voice.say(head, reference=body["reference"])]
        if body["due_on"]:
            lines.append(voice.say(_("Promised by the end of %(day)s."), day=_day(voice, body["due_on"])))
        return Reply("\n".join([*lines, body["url"]]), "notice", (_claim(voice, body["reference"]),), first_number=0)
    if body["alert"] == "reminder":
        return _reminder(voice, body)
    if body["alert"] == "unit":
        return _unit(voice, body)
    lines = [
        voice.say(
            _("This morning: %(late)s overdue, %(soon)s due by the next working day, %(open)s open in all."),
            late=body["late"],
            soon=body["soon"],
            open=body["open"],
        ),
        *_missed(voice, body.get("missed", 0)),
        *(_line(voice, line) for line in body["lines"]),
        body["url"],
    ]
    free = [line["reference"] for line in body["lines"] if not line["taken"]][:_MOST_BUTTONS]
    return Reply("\n".join(lines), "notice", tuple(_claim(voice, reference) for reference in free), first_number=0)


def _missed(voice: Voice, count: int) -> list[str]:
    """A line on promises that were missed since the last working day, if there are any."""
    return [voice.say(_("Missed since the last working day: %(count)s."), count=count)] if count else []


def _reminder(voice: Voice, body: Mapping[str, Any]) -> Reply:
    """An officer's own questions: missed, and due on the next working day."""
    lines = []
    for name, head in (
        ("missed", _("Missed promises of yours: %(count)s. Please answer these first.")),
        ("soon", _("Yours that are due on the next working day: %(count)s.")),
    ):
        if body[name]:
            lines += [voice.say(head, count=body[name]), *(_line(voice, line) for line in body[f"{name}_lines"])]
    return Reply("\n".join([*lines, body["url"]]), "notice", first_number=0)


def _unit(voice: Voice, body: Mapping[str, Any]) -> Reply:
    """How a unit stands, for whoever heads it."""
    lines = [
        voice.say(_("%(unit)s this morning:"), unit=body["unit"]),
        voice.say(_("• open: %(open)s, of these due today: %(today)s, late: %(late)s"), **_counts(body)),
        voice.say(_("• waiting for residents: %(waiting)s"), **_counts(body)),
        voice.say(_("• answered since %(day)s: %(answered)s"), day=_day(voice, body["since"]), **_counts(body)),
    ]
    return Reply("\n".join([*lines, body["url"]]), "notice", first_number=0)


def _counts(body: Mapping[str, Any]) -> dict[str, int]:
    return {name: body[name] for name in ("open", "today", "late", "waiting", "answered")}


def _line(voice: Voice, line: Mapping[str, Any]) -> str:
    words = voice.say(_("• %(reference)s: %(day)s"), reference=line["reference"], day=_day(voice, line["due_on"]))
    return f"{words} {line['url']}"


def _day(voice: Voice, day: str) -> str:
    return voice.day(date.fromisoformat(day))


def _claim(voice: Voice, reference: str) -> Option:
    """A button; its words, typed, mean the same where there are no buttons."""
    return Option(f"claim:{reference}", voice.say(_("Take %(reference)s"), reference=reference))

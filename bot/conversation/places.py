"""Where a resident lives: what his words mean, and what is said when they may mean several places."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.conversation.message import Option, Reply
from bot.conversation.replies import COMMUNE_SAVED, notice
from bot.conversation.voice import Voice
from knowledge_base.units.gazetteer import Certainty, Gazetteer, Place
from translations.loader import mark as _

_MOST_CHOICES = 6
_WHICH_PROVINCE = _(
    "There are several places of that name. Which province is it in? The former district helps too. "
    "(You may skip this.)"
)
_WHICH_COMMUNE = _("Which commune or ward is that? There are several there. (You may skip this.)")


@dataclass(frozen=True, slots=True)
class Understood:
    """What words about a place come to: the place; some to choose from; a question that would tell; or nothing."""

    place: Place | None = None
    choices: tuple[Place, ...] = ()
    ask: Literal["", "province", "commune"] = ""


def understand(gazetteer: Gazetteer, words: str, before: str | None) -> Understood:
    """What a resident means by `words`, or by them and what he said `before`; he is asked for more only once."""
    found = gazetteer.resolve(f"{words}, {before}" if before else words)
    if before and found.certainty == Certainty.UNKNOWN:
        found = gazetteer.resolve(words)
    if found.certainty != Certainty.CHOICES:
        return Understood(found.place)
    if len(found.places) <= _MOST_CHOICES:
        return Understood(choices=found.places)
    if before:
        return Understood()
    return Understood(ask="province" if len({place.province for place in found.places}) > 1 else "commune")


def linked(gazetteer: Gazetteer, key: str | None) -> Place | None:
    """The place that a link names, as in `/start x12345`: by the code of a unit, or of one that went into one other."""
    if not key or key[0] != "x":
        return None
    today = gazetteer.today_of(key[1:])
    place = gazetteer.place(today[0]) if len(today) == 1 else None
    return place if place and place.code in gazetteer.places else None


@dataclass(frozen=True, slots=True)
class Linked:
    """A place whose link or code was followed: its token, its name, and its unit of today where that is one."""

    token: str
    label: str
    words: str
    place: Place | None


def by_token(gazetteer: Gazetteer, token: str, label: str, unit: str) -> Linked:
    """A place's link, read today: a unit that went into one other leads there; a divided one, above all its parts."""
    today = [place for code in gazetteer.today_of(unit) if (place := gazetteer.place(code))]
    if not today:
        known = gazetteer.units.get(unit)
        return Linked(token, label, ", ".join(part for part in (label, known.name if known else "") if part), None)
    if len(today) == 1:
        return Linked(token, label, f"{label}, {today[0].name}", today[0])
    above = gazetteer.place(today[0].province)
    shared = above if all(place.province == today[0].province for place in today) else None
    was = gazetteer.full_name(gazetteer.units[unit])
    return Linked(token, label, f"{label}, {was}", shared)


def from_place(voice: Voice, came_by: Linked) -> Reply:
    """Somebody came by a place's own link or code."""
    return notice(voice, _("You came from %(place)s: your questions go there."), place=came_by.words)


def which(voice: Voice, understood: Understood, reference: str) -> Reply:
    """The places to choose from, or the question that would tell."""
    skip = Option(f"skip:{reference}", voice.say(_("Skip")))
    if not understood.choices:
        asked = voice.say(_WHICH_PROVINCE if understood.ask == "province" else _WHICH_COMMUNE)
        return Reply(asked, "notice", (skip,), reference=reference)
    options = [Option(f"place:{reference}:{place.code}", named(voice, place)) for place in understood.choices]
    return Reply(_listed(voice, [*options, skip]), "suggest", (*options, skip), reference=reference)


def _listed(voice: Voice, options: Sequence[Option]) -> str:
    asked = voice.say(_("Which of these places is it? Press a button or type its number:"))
    return "\n".join([asked, *(f"{number}. {option.label}" for number, option in enumerate(options, 1))])


def named(voice: Voice, place: Place) -> str:
    """A place as it is called today, with the name that people may know it by."""
    return voice.say(_("%(place)s (before: %(was)s)"), place=place.name, was=place.was) if place.was else place.name


def saved(voice: Voice, place: Place) -> Reply:
    """The place is noted."""
    return notice(voice, COMMUNE_SAVED, commune=named(voice, place))


def from_link(voice: Voice, place: Place) -> Reply:
    """Somebody came by a unit's own link."""
    return notice(voice, _("This link belongs to %(place)s: your questions go there."), place=place.name)

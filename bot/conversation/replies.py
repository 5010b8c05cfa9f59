"""What the bot says. Every sentence goes through the catalog; an entry's words are sent exactly as approved."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.conversation import alerts
from bot.conversation.message import Option, Reply
from bot.conversation.reckoning import STANDS, how_counted
from bot.conversation.voice import Voice
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.faq.revision import Revision
from knowledge_base.faq.translation import Translation
from translations.loader import LANGUAGES, name_of
from translations.loader import mark as _

_HEADING = re.compile(r"^#+\s*(.+)$", re.MULTILINE)
_BULLET = re.compile(r"^\s*[-*]\s+", re.MULTILINE)


AUTOMATIC = _("Automatic answer from the approved questions and answers.")  # pages draw what begins so quietly


def plain_text(markdown: str) -> str:
    """The small Markdown of answers as chat text: headings on lines of their own, bullets as dots."""
    text = _HEADING.sub(lambda found: f"▪ {found.group(1).strip()}", markdown)
    return re.sub(r"\n{3,}", "\n\n", _BULLET.sub("• ", text)).strip()


def _basis_lines(voice: Voice, basis: Sequence[tuple[str, str]], documents: Mapping[str, LegalDocument]) -> list[str]:
    lines = []
    for number, article in basis:
        document = documents.get(number)
        kind = document.kind if document and document.kind and not number.startswith(document.kind) else ""
        name = f"{kind} {number}".strip()
        lines.append(f"• {article}, {name}" if article else f"• {name}")
    return [voice.say(_("Legal basis:")), *lines] if lines else []


def _window_line(voice: Voice, first: date | None, last: date | None) -> str:
    if first and last:
        return voice.say(
            _("Applies from %(first)s to the end of %(last)s."), first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}"
        )
    if first:
        return voice.say(_("Applies from %(first)s."), first=f"{first:%d/%m/%Y}")
    if last:
        return voice.say(_("Applies until the end of %(last)s."), last=f"{last:%d/%m/%Y}")
    return ""


def _facts(
    voice: Voice,
    basis: Sequence[tuple[str, str]],
    window: tuple[date | None, date | None],
    documents: Mapping[str, LegalDocument],
) -> str:
    facts = [*_basis_lines(voice, basis, documents), _window_line(voice, *window)]
    return "\n".join(line for line in facts if line)


def _answer_text(
    voice: Voice,
    short_answer: str,
    details: str,
    basis: Sequence[tuple[str, str]],
    window: tuple[date | None, date | None],
    documents: Mapping[str, LegalDocument],
) -> str:
    blocks = [short_answer.strip(), plain_text(details), _facts(voice, basis, window, documents)]
    return "\n\n".join(block for block in blocks if block)


def _stands_on(entry: FaqEntry) -> tuple[list[tuple[str, str]], tuple[date | None, date | None]]:
    """An entry's legal basis and window, as they are said."""
    basis = [(item.document, item.article) for item in entry.legal_basis]
    return basis, (entry.in_force.from_day, entry.in_force.to_day)


def entry_text(voice: Voice, entry: FaqEntry, documents: Mapping[str, LegalDocument]) -> str:
    """An entry's answer as the resident reads it: the approved words, legal basis, dates."""
    return _answer_text(voice, entry.short_answer, entry.details, *_stands_on(entry), documents)


def _answered_options(voice: Voice, reference: str) -> tuple[Option, ...]:
    return (
        Option(f"clear:{reference}", voice.say(_("Clear, thanks"))),
        Option(f"unclear:{reference}", voice.say(_("Not clear yet"))),
        Option(f"notmine:{reference}", voice.say(_("Not my situation"))),
    )


def officer_answered_options(voice: Voice, reference: str) -> tuple[Option, ...]:
    """What is asked under an officer's answer."""
    return _answered_options(voice, reference)[:2]


VIETNAMESE_ONLY = _(
    "No approved translation of this answer exists (or it is being renewed). "
    "Here it is in Vietnamese, word for word as approved:"
)
VIETNAMESE_WORDS = _("The answer is in Vietnamese, as it was written:")
LANGUAGE_CHOSEN = _(
    "From now on I reply in %(language)s. Answers without an approved translation come in Vietnamese, and I say so. "
    "To change it again: /ngonngu."
)


def languages(voice: Voice, codes: Sequence[str]) -> Reply:
    """Which language do you want to be answered in?"""
    options = tuple(Option(f"lang:{code}", name_of(code)) for code in codes)
    lines = [f"{option.label}: /{code}" for option, code in zip(options, codes, strict=True)]
    return Reply("\n".join([voice.say(_("Which language shall I reply in?")), *lines]), "chat", options, first_number=0)


def language_chosen(voice: Voice) -> Reply:
    """From now on in this language."""
    return Reply(voice.say(LANGUAGE_CHOSEN, language=name_of(voice.language)), "notice")


def marked(said: Sequence[Reply], voice: Voice) -> list[Reply]:
    """Replies with the language they speak, where it isn't Vietnamese."""
    return [replace(one, language=voice.language) if voice.language != "vi" else one for one in said]


def _blocks(*texts: str) -> int:
    return sum(text.count("\n\n") + 1 for text in texts if text)


def automatic_answer(
    voice: Voice,
    revision: Revision,
    documents: Mapping[str, LegalDocument],
    reference: str,
    translation: Translation | None = None,
) -> Reply:
    """A confident answer: the entry word for word, labelled as automatic, with the question whether it fits.

    In another language: the words that somebody vouches for, else the Vietnamese ones, and a sentence that says so.
    """
    entry = revision.entry
    opening, vietnamese = [], None
    if translation is not None:
        entry = translation.worded(entry)
    elif voice.language != "vi":
        opening = [voice.say(VIETNAMESE_ONLY)]
    about, words = voice.say(_("About: %(question)s"), question=entry.question), entry_text(voice, entry, documents)
    if opening:  # the words and details; what comes after them (basis, dates) is said in the resident's language
        first = _blocks(about, *opening)
        vietnamese = (first, first + _blocks(entry.short_answer.strip(), plain_text(entry.details)))
    blocks = [about, *opening, words, _label(voice, revision), voice.say(_("Is this what %(you)s meant?"))]
    options = _answered_options(voice, reference)
    if entry.easy_read and translation is None:  # the plain words are Vietnamese, too
        options += (Option(f"easier:{reference}:{revision.id}", voice.say(EASIER)),)
    return Reply(
        "\n\n".join(blocks),
        "confident",
        options,
        entry=entry.key,
        reference=reference,
        revision_id=revision.id,
        vietnamese=vietnamese,
    )


def _label(voice: Voice, revision: Revision) -> str:
    """That an answer is automatic, when it was checked, whether it is on trial."""
    label, checked_on = voice.say(AUTOMATIC), revision.entry.checked_on
    if checked_on:
        label += " " + voice.say(_("Last checked: %(day)s."), day=f"{checked_on:%d/%m/%Y}")
    if revision.on_trial:
        label += " " + voice.say(_("Trial version, not yet reviewed by the authority."))
    return label


EASIER = _("Say it more simply")
EASIER_NOW = _("The answer has been renewed since %(you)s read it. In plain words it now says:")
ANSWER_MOVED = _(
    "The answer that %(you)s read has changed, or does not hold any more. Please type your question again."
)
CLEAR_NOW = _("Is it clear now? If not, answer “chưa” and say what is missing.")


def plain_words(
    voice: Voice, revision: Revision, documents: Mapping[str, LegalDocument], reference: str, shown: str, *, asks: bool
) -> Reply:
    """An entry's plain words as approved, with what they stand on. `shown`: the id of the text that was read before.

    `asks`: whether the question under the answer is still open.
    """
    entry = revision.entry
    about = voice.say(_("About: %(question)s"), question=entry.question)
    renewed = shown != str(revision.id)
    head = [voice.say(EASIER_NOW if renewed else _("In plain words:")), *_in_vietnamese(voice)]
    words = plain_text(entry.easy_read)
    foot = [_facts(voice, *_stands_on(entry), documents), _label(voice, revision), voice.say(CLEAR_NOW) if asks else ""]
    first = _blocks(about, *head)
    return Reply(
        "\n\n".join(block for block in (about, *head, words, *foot) if block),
        "confident",
        _answered_options(voice, reference) if asks else (),
        entry=entry.key,
        reference=reference,
        revision_id=revision.id,
        vietnamese=None if voice.language == "vi" else (first, first + _blocks(words)),
        first_number=0,
    )


def choices(
    voice: Voice,
    revisions: Sequence[Revision],
    reference: str,
    translations: Mapping[str, Translation] | None = None,
) -> Reply:
    """Two or three entries may fit: which one? (A single one is offered the same way.)."""
    worded = {key: one.words["question"] for key, one in (translations or {}).items()}
    options = [Option(f"pick:{reference}:{item.key}", worded.get(item.key, item.entry.question)) for item in revisions]
    options.append(Option(f"none:{reference}", voice.say(_("None of these"))))
    text = voice.say(_("Did %(you)s mean one of these? Press a button or type its number:"))
    return _numbered(text, options, reference)


def choose_again(voice: Voice, options: Sequence[Option], reference: str) -> Reply:
    """The same choices once more, to somebody whose answer was none of them."""
    text = voice.say(_("Please choose one of these first. Press a button or type its number:"))
    return _numbered(text, options, reference)


def _numbered(text: str, options: Sequence[Option], reference: str) -> Reply:
    lines = [f"{number}. {option.label}" for number, option in enumerate(options, 1)]
    return Reply("\n".join([text, *lines]), "suggest", tuple(options), reference=reference)


def handed_over(voice: Voice, reference: str, due_on: date, *, certain: bool, ask_commune: bool) -> Reply:
    """The question goes to an officer: a code, a day, and (once) the question where the resident lives."""
    blocks = []
    if not certain:
        blocks.append(voice.say(_("I am not sure of the answer, so I won't guess.")))
    blocks.append(
        voice.say(
            _(
                "Your question is now with an officer of %(unit)s.\nCode: %(reference)s\n"
                "You will be answered by the end of %(day)s. To look the answer up: type XEM %(reference)s."
            ),
            unit=voice.unit_name,
            reference=reference,
            day=voice.day(due_on),
        )
    )
    options: tuple[Option, ...] = ()
    if ask_commune:
        blocks.append(voice.say(_("Which commune or ward do %(you)s live in? (You may skip this.)")))
        options = (Option(f"skip:{reference}", voice.say(_("Skip"))),)
    return Reply("\n\n".join(blocks), "receipt" if certain else "unknown", options, reference=reference)


def first_notice(voice: Voice) -> Reply:
    """The line under the first answer: what this is, what it isn't for, what is kept and how long."""
    text = voice.say(
        _(
            "ℹ️ Automatic replies of %(unit)s. Not the place for complaints or personal files; please send no "
            "identity numbers. Your messages are kept for up to %(months)s months so that you can be answered; "
            "questions are published only with names and numbers taken out. %(link)s says what is kept and what your "
            "rights are, or type /riengtu. To stop notices: /dung."
        ),
        unit=voice.unit_name,
        link=f"{voice.site}/rieng-tu",
        months=voice.retention_months,
    )
    return Reply(text, "notice")


def welcome(voice: Voice) -> Reply:
    """Greeting, how to ask, and how to be answered in another language."""
    text = voice.say(
        _(
            "Hello! Type %(your)s question about poverty-reduction policy: poor-household recognition, health "
            "insurance, schooling, loans, housing, electricity, social assistance…\n"
            "For example: “Is the health insurance card free for poor households?”\n"
            "To reach an officer type: gặp cán bộ."
        ),
        your=voice.salutation if voice.language == "vi" else voice.translate(_("your")),
    )
    others = " · ".join(f"{name_of(code)}: /{code}" for code in LANGUAGES if code != voice.language)
    return Reply(f"{text}\n{others}", "chat")


def chat(voice: Voice, sentence: str) -> Reply:
    """A short human word that answers no question."""
    return Reply(voice.say(sentence), "chat")


def contact(voice: Voice) -> Reply:
    """Where and when the unit can be reached, as far as it is set."""
    lines = [voice.unit_name]
    if voice.unit_contact:
        lines.append(voice.say(_("Contact: %(contact)s"), contact=voice.unit_contact))
    if voice.unit_hours:
        lines.append(voice.say(_("Office hours: %(hours)s"), hours=voice.unit_hours))
    return Reply("\n".join(lines), "chat")


def notice(voice: Voice, sentence: str, reference: str | None = None, **values: Any) -> Reply:
    """A short word about the state of things."""
    if reference is not None:
        values["reference"] = reference
    return Reply(voice.say(sentence, **values), "notice", reference=reference)


ON_POLICY = _("I am asking about policy")


def danger(voice: Voice, reference: str, words: str) -> Reply:
    """To somebody in distress: the administrator's words; none are invented here."""
    words = words or voice.danger_text
    if not words:
        words = voice.say(
            _(
                "If somebody is in danger now, call for help at once: the nearest people, the village head, "
                "the commune's police or people's committee."
            )
        )
        if voice.unit_contact:
            words += "\n" + voice.say(_("Contact: %(contact)s"), contact=voice.unit_contact)
    told = voice.say(_("Your message was put first in the officers' queue. Code: %(reference)s."), reference=reference)
    if_not = voice.say(_("If nobody is in danger, press “%(button)s” or type it."), button=voice.say(ON_POLICY))
    options = (Option(f"policy:{reference}", voice.say(ON_POLICY)),)
    return Reply(f"{words}\n\n{told}\n\n{if_not}", "notice", options, reference=reference)


# Small words, so that the dialogue reads as a list of what happens.
THANKS = _("You are welcome. Type whenever you have another question.")
GREETING = _("Hello! Which question on poverty-reduction policy can I help %(you)s with?")
CALM = _(
    "I am sorry that you are upset. Please type your question, or “gặp cán bộ” to reach an officer; complaints are "
    "received at the commune's people's committee."
)
UNREADABLE = _("I could not read that. Please type your question in Vietnamese words, or “gặp cán bộ” for an officer.")
WHO = _(
    "These are automatic replies, taken from the approved questions and answers; what is not certain goes to an "
    "officer. What would %(you)s like to ask?"
)
GO_ON = _("Please type in one sentence what %(you)s would like to ask, or “gặp cán bộ” to reach an officer.")
SAY_WHAT = _("Please also type what the matter is, so that the officer can prepare the answer.")
HOW_TO_LOOK_UP = _(
    "To look an answer up, type XEM and the 8 letters and digits of its code, for example: XEM K7MP-42QX."
)
STICKER = _("Thank you! Please type your question in words and I will answer.")
EMPTY = _("Your message arrived empty. Please type your question.")
STOPPED = _(
    "Done: from now on I only reply to what you write. Answers of officers can be looked up with XEM and your code. "
    "To receive them again: /tieptuc."
)
RESUMED = _("Done: you will receive answers and notices again.")
SETTLED = _("Glad it is clear. Type whenever you have another question.")
WITHDRAWN = _("All right. Type whenever you have a question.")
TAKEN_BACK = _("Your question %(reference)s is withdrawn. Type whenever you have another question.")
TELL_MORE = _("If you can, tell the officer in a few words what is not clear or how your situation differs.")
ADDED = _("I passed this on to the officer, with your question %(reference)s.")
ANSWERED_BACK = _("Thank you. I passed your reply on to the officer (question %(reference)s).")
AWAITS_YOU = _("The officer has asked you something about your question %(reference)s and waits for your reply.")
MEDIA_ADDED = _("I passed what you sent on to the officer, with your question %(reference)s.")
MEDIA_QUEUED = _("I can't read pictures, recordings or files, but an officer can.")
COMMUNE_SAVED = _("Noted: %(commune)s. The officer will see it.")
COMMUNE_SKIPPED = _("All right. Please keep the code %(reference)s.")
WAITING = _("The officers have your question %(reference)s. The answer is promised by the end of %(day)s.")
REOPENED = _(
    "I gave it back to the officer. Code: %(reference)s. You will be answered by the end of %(day)s. "
    "If you can, write what is still missing."
)
TOO_LONG = _("Your message was very long; I kept its first %(limit)s characters.")
TOO_FAST = _(
    "Many messages came at once. I kept this one, but did not read it. "
    "Please wait a minute, then write your question in one message."
)
UNKNOWN_CODE = _("I found no question with the code %(reference)s. Please check the code.")
OLD_BUTTON = _("That choice is no longer open. Please type your question again.")
ALSO_ASKED = _("You asked several things; here is one answer for each.")
ONE_BY_ONE = _("You asked several things; this is about one of them. Please ask the others one by one.")
ASKED_FOR_YOU = _(
    "A member of the community team asked a question for you, as you agreed. Code: %(reference)s. The answer of "
    "%(unit)s comes to this number."
)
OPENED_ELSEWHERE = _(
    "This conversation was opened on another device with its secret number. If that was neither you nor somebody you "
    "trust, press “Begin again” before you write anything personal. On a shared device, press “Begin again” when done."
)
ERASED_WORDS = _("Question %(reference)s was erased on %(day)s at its asker's request.")
WITH_SLIP = _(
    "Question %(reference)s is answered. The answer is its asker's own: it can be read on our page with the secret "
    "number on the slip, and the commune's office reads it out."
)
CLOSED_WORDS = _("This question was closed.")


def looked_up(voice: Voice, found: Mapping[str, Any], documents: Mapping[str, LegalDocument]) -> Reply:
    """What is known of a code: the answer, or where the question stands."""
    reference = found["reference"]
    if found.get("erased_on"):
        return notice(voice, ERASED_WORDS, reference, day=f"{found['erased_on']:%d/%m/%Y}")
    if found["answer"]:
        head = voice.say(_("Answer to question %(reference)s:"), reference=reference)
        blocks = [head, *_in_vietnamese(voice), answer_words(voice, found["answer"], documents)]
        if found.get("waiting"):  # it was asked again
            blocks += _waiting(voice, found)
        return Reply("\n\n".join(blocks), "notice", reference=reference)
    if found.get("with_slip"):
        return notice(voice, WITH_SLIP, reference)
    if found["due_on"] and not found["closed"]:
        return Reply("\n\n".join(_waiting(voice, found)), "notice", reference=reference)
    return notice(voice, CLOSED_WORDS, reference)


def _in_vietnamese(voice: Voice) -> list[str]:
    """Said before an officer's words to somebody who chose another language."""
    return [] if voice.language == "vi" else [voice.say(VIETNAMESE_WORDS)]


def _waiting(voice: Voice, found: Mapping[str, Any]) -> list[str]:
    """Until when an answer is promised, and how that day came about."""
    reference, since = found["reference"], found.get("stands_since")
    if since is not None:
        return [voice.say(STANDS, reference=reference, day=voice.day(since))]
    said = [voice.say(WAITING, reference=reference, day=voice.day(found["due_on"]))]
    return [*said, how_counted(voice, found["clock"])] if found.get("clock") else said


def answer_words(voice: Voice, content: Mapping[str, Any], documents: Mapping[str, LegalDocument]) -> str:
    """A stored answer (of an officer or an entry) as the resident reads it."""
    basis = [(item["document"], item["article"]) for item in content["legal_basis"]]
    window = content.get("in_force") or {}
    days = tuple(date.fromisoformat(value) if (value := window.get(end)) else None for end in ("from", "to"))
    return _answer_text(voice, content["short_answer"], content["details"], basis, (days[0], days[1]), documents)


def from_core(voice: Voice, body: Mapping[str, Any], documents: Mapping[str, LegalDocument]) -> Reply:
    """A message that the core put in the outbox (an officer's answer, a new promise) in the bot's words."""
    if "notice" not in body:
        return Reply.from_json(dict(body))
    if body["notice"] == "officers":
        return alerts.for_officers(voice, body)
    reference: str = body["reference"]
    kind = body["notice"]
    if kind in ("officer_answer", "correction"):
        opening = {
            "officer_answer": _("An officer of %(unit)s answered your question %(reference)s:"),
            "correction": _("Correction from %(unit)s: the answer to your question %(reference)s now reads:"),
        }[kind]
        head = voice.say(opening, unit=voice.unit_name, reference=reference)
        foot = voice.say(CLEAR_NOW)
        options = officer_answered_options(voice, reference)
        text = "\n\n".join([head, *_in_vietnamese(voice), answer_words(voice, body["answer"], documents), foot])
        # Unnumbered where there are no buttons: numbers belong to what the dialogue said last.
        return Reply(text, "notice", options, entry=body.get("entry"), reference=reference, first_number=0)
    if kind == "recall":
        head = voice.say(
            _("Correction from %(unit)s: what %(you)s were told about “%(about)s” has changed. %(note)s"),
            unit=voice.unit_name,
            about=body["about"],
            note=body["note"],
        )
        words = [head, *_in_vietnamese(voice), answer_words(voice, body["answer"], documents)]
        return Reply("\n\n".join(words), "notice", entry=body["entry"])
    if kind == "officer_words":
        head = voice.say(
            _("An officer of %(unit)s on your question %(reference)s:"), unit=voice.unit_name, reference=reference
        )
        return Reply(f"{head}\n\n{body['words']}", "notice", reference=reference)
    if kind == "ask_back":
        head = voice.say(
            _("An officer of %(unit)s needs something from %(you)s to answer question %(reference)s:"),
            unit=voice.unit_name,
            reference=reference,
        )
        foot = voice.say(_("Please reply here. The promised day moves by the days that your reply takes."))
        return Reply(f"{head}\n\n{body['words']}\n\n{foot}", "notice", reference=reference)
    if kind == "split":
        head = voice.say(
            _("Your message %(reference)s holds several questions. Each is answered under a code of its own:"),
            reference=reference,
        )
        lines = [f"• {part['reference']}: {part['text']}" for part in body["parts"]]
        foot = voice.say(_("The promised day stays: %(day)s."), day=voice.day(date.fromisoformat(body["due_on"])))
        return Reply("\n".join([head, "", *lines, "", foot]), "notice", reference=reference)
    if kind == "asked_for_you":
        return notice(voice, ASKED_FOR_YOU, reference, unit=voice.unit_name)
    if kind == "opened_elsewhere":
        return notice(voice, OPENED_ELSEWHERE, reference)
    day = voice.day(date.fromisoformat(body["due_on"]))
    sentence = {
        "queued": _(
            "Nobody chose an answer for your question %(reference)s, so it went to an officer. "
            "You will be answered by the end of %(day)s."
        ),
        "promise_renewed": _(
            "We are sorry: the answer to your question %(reference)s takes longer than promised. "
            "The new day is %(day)s."
        ),
        "passed_on": _(
            "Your question %(reference)s is now with %(office)s, which can answer it. The promised day stays: %(day)s."
        ),
        "promise_moved": _(
            "The working days of the office have changed, so the answer to your question %(reference)s is now promised "
            "by the end of %(day)s."
        ),
    }[kind]
    return notice(voice, sentence, reference, day=day, office=body.get("office", ""))

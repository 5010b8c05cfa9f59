"""Words for values: states, roles, reasons, channels, events. Every face has its own; these are the console's."""

from datetime import date
from typing import Any, Protocol


class Speaks(Protocol):
    """Whatever can translate a sentence."""

    def gettext(self, message: str, **data: Any) -> str:
        """A sentence in the visitor's language, filled."""
        ...


def N_(message: str) -> str:  # noqa: N802 - the name by which sentences in tables are found for the catalogs
    """Mark a sentence for translation; it is translated where it is shown."""
    return message


_STATES = {
    "received": N_("just arrived"),
    "offered": N_("choices offered"),
    "answered_by_bot": N_("answered automatically"),
    "queued": N_("waiting"),
    "assigned": N_("being answered"),
    "waiting_for_resident": N_("waiting for the resident"),
    "answered": N_("answered"),
    "closed": N_("closed"),
}
_REVISION_STATES = {
    "draft": N_("draft"),
    "in_review": N_("in review"),
    "amends_needed": N_("returned"),
    "approved": N_("approved"),
    "approved_by_bypass": N_("approved by one alone"),
    "published": N_("live"),
    "superseded": N_("superseded"),
    "withdrawn": N_("withdrawn"),
}
# The columns of the editors' sheet.
COLUMNS = {
    "base": N_("Exported from"),
    "key": N_("Key"),
    "act": N_("To do"),
    "kind": N_("Answer or referral"),
    "topic": N_("Topic"),
    "question": N_("Public question"),
    "short_answer": N_("Short answer"),
    "details": N_("Details"),
    "easy_read": N_("In plain words"),
    "audience": N_("Who it is for"),
    "phrasings": N_("Phrasings"),
    "legal_basis": N_("Legal basis"),
    "in_force.from": N_("In force from"),
    "in_force.to": N_("In force until"),
    "sources": N_("Links"),
    "checked_on": N_("Checked on"),
}
_REASONS = {
    "settled": N_("settled"),
    "out_of_scope": N_("not about poverty policy"),
    "personal_case": N_("personal case, never public"),
    "abuse": N_("abuse"),
    "withdrawn": N_("withdrawn by the resident"),
    "erased": N_("the resident had his data erased"),
    "duplicate": N_("asked before"),
    "no_choice": N_("none of the choices was taken"),
    "unknown": N_("no entry fits"),
    "asked": N_("the resident asked for an officer"),
    "unclear": N_("the answer wasn't clear"),
    "notmine": N_("the answer was about another case"),
    "danger": N_("danger"),
    "asked_for_officer": N_("the resident asked for an officer"),
    "none_of_these": N_("none of the choices fits"),
    "media": N_("a picture or a voice message"),
    "meeting": N_("asked at a village meeting"),
    "unmatched": N_("no entry fits"),
    "resident": N_("the answer wasn't clear"),
    "own_unit": N_("where the resident lives"),
    "unit_above": N_("nobody answers yet where the resident lives"),
    "top": N_("nobody answers yet where the resident lives, nor above"),
}
# Why the matcher decided as it did.
_MATCHER = {
    "above_high": N_("sure enough to answer"),
    "margin": N_("two entries are too close"),
    "below_high": N_("not sure enough to answer alone"),
    "below_low": N_("probably no entry fits"),
    "unheard_word": N_("holds a word that no entry knows"),
    "too_short": N_("too few words"),
    "nothing_shared": N_("no word in common with any entry"),
    "nothing_in_force": N_("no entry is in force"),
    "exact": N_("the same words as an entry"),
    "empty": N_("no words"),
}
# What speaks for and against an entry, as the matcher saw it (`matching/why.py`).
_GROUNDS = {
    "same_meaning": N_("means the same as this phrasing"),
    "same_words": N_("the entry knows nearly all its words"),
    "whole_phrasing": N_("holds the whole phrasing"),
    "ahead_of_others": N_("clearly closer than the other entries"),
    "other_household": N_("about another kind of household (poor, near-poor, no longer poor)"),
    "other_matter": N_("about another matter (for instance repaying, not borrowing)"),
    "denied": N_("denies something that the entry takes for granted"),
    "unheard_word": N_("holds a word that no entry knows"),
    "asks_else": N_("asks for something else (when, where, how much, …)"),
    "asks_more": N_("asks for more than this"),
    "words_left_over": N_("has words that this entry doesn't know"),
    "other_marks": N_("has the same words with other marks"),
    "like_out_of_scope": N_("as close to questions that no entry settles"),
    "close_to_another": N_("another entry is as close"),
}
_TABLES: dict[str, dict[str, str]] = {
    "state": _STATES | _REVISION_STATES,
    "role": {
        "officer": N_("officer"),
        "editor": N_("editor"),
        "administrator": N_("administrator"),
        "auditor": N_("auditor"),
        "collaborator": N_("collaborator"),
    },
    "channel": {
        "telegram": "Telegram",
        "web_chat": N_("web chat"),
        "zalo_oa": "Zalo OA",
        "zalo_bot": "Zalo Bot",
        "sms": "SMS",
        "paper": N_("slip of paper"),
        "page": N_("information page"),
        "email": N_("e-mail"),
        "terminal": N_("terminal"),
    },
    "consent": {
        "oral": N_("in words, before the helper"),
        "signed": N_("signed on paper"),
        "meeting": N_("at the meeting, before its chair"),
    },
    "erase_why": {
        "in_person": N_("the asker came himself"),
        "in_writing": N_("the asker wrote a request"),
        "by_proxy": N_("somebody came with the asker's written authority"),
    },
    "told": {
        "read_out": N_("Read out to the asker"),
        "printed": N_("Handed over on paper"),
        "notice_board": N_("Code put on the notice board"),
    },
    "place_kind": {
        "hamlet": N_("hamlet"),
        "speaker": N_("speaker pole"),
        "poster": N_("poster"),
        "office": N_("office"),
    },
    "paper": {"a4": N_("poster A4"), "a3": N_("poster A3"), "stickers": N_("stickers, 12 on an A4")},
    "sheet_fault": {
        "column_missing": N_("the column is missing"),
        "column_unknown": N_("a column that is not known"),
        "cell_empty": N_("must not be empty"),
        "cell_long": N_("too long"),
        "unit_unknown": N_("no unit of yours has this code or name"),
        "phone_shape": N_("not a telephone number of ten digits"),
        "twice": N_("stands in the sheet twice"),
        "line_unknown": N_("the form has no such line or code"),
        "no_rows": N_("no row stands under the header"),
        "too_many_rows": N_("too many rows; split the sheet"),
        "not_text": N_("not a text that can be read; save it as .xlsx or as CSV (UTF-8)"),
    },
    "kind": {"answer": N_("answer"), "referral": N_("referral")},
    "reason": _MATCHER | _REASONS,
    "matcher": _MATCHER,
    "ground": _GROUNDS,
    "disposition": {
        "pending": N_("no decision yet"),
        "own_page": N_("has a page of its own"),
        "linked": N_("settled by an entry"),
        "excluded": N_("not public"),
    },
    "delivery": {
        "pending": N_("to be sent"),
        "sending": N_("being sent"),
        "retry_at": N_("will be tried again"),
        "held": N_("waits for the resident's next word"),
        "sent": N_("sent"),
        "in_doubt": N_("perhaps sent"),
        "failed": N_("not delivered"),
        "cancelled": N_("not sent: the resident had his data erased"),
    },
    "media": {
        "photo": N_("picture"),
        "image": N_("picture"),
        "voice": N_("voice message"),
        "audio": N_("sound"),
        "video": N_("video"),
        "document": N_("file"),
        "file": N_("file"),
        "sticker": N_("sticker"),
        "location": N_("place"),
        "contact": N_("contact card"),
    },
    "actor": {
        "bot": N_("automatic reply"),
        "clock": N_("the clock"),
        "resident": N_("resident"),
        "officer": N_("officer"),
        "import": N_("import"),
        "project": N_("shipped text"),
    },
    "notice": {
        "officer_answer": N_("Answer"),
        "officer_words": N_("Message"),
        "queued": N_("Receipt"),
        "promise_renewed": N_("New date"),
        "promise_moved": N_("New date"),
        "correction": N_("Correction"),
        "ask_back": N_("Question to the resident"),
        "passed_on": N_("Where the question is"),
        "split": N_("Codes of the parts"),
    },
    "event": {
        "ask": N_("asked"),
        "offer": N_("was offered choices"),
        "answer_by_bot": N_("sent an entry's words"),
        "queue": N_("handed to the officers"),
        "claim": N_("took the question"),
        "release": N_("gave the question back"),
        "answer": N_("signed an answer off"),
        "close": N_("closed the question"),
        "reopen": N_("reopened the question"),
        "ask_back": N_("asked the resident something"),
        "erase": N_("had all data erased: no words are left, and nothing more is to be done"),
        "resume": N_("let the clock run again"),
        "transfer": N_("passed the question on"),
        "escalate": N_("passed the question up"),
        "split": N_("split the message"),
        "split_off": N_("made a question of a part"),
        "gather": N_("put it together with like questions"),
        "take_out": N_("took it out of its cluster"),
        "answer_together": N_("sent the cluster's answer"),
        "note": N_("wrote a note"),
        "commune": N_("named the commune"),
        "message": N_("added a message"),
        "promise_renewed": N_("announced a new date"),
        "delivery_withheld": N_("sent nothing: the resident asked for silence"),
        "media_opened": N_("opened a file"),
        "propose": N_("proposed a text"),
        "return": N_("returned the text"),
        "publish": N_("published"),
        "withdraw": N_("withdrew"),
        "schedule": N_("approved for a later day"),
        "bypass": N_("published without a second person"),
        "bypass_checked": N_("looked at what went live without a second person"),
        "spelling": N_("mended the spelling"),
        "link": N_("settled by an entry"),
        "propose_phrasings": N_("proposed phrasings"),
        "take_phrasings": N_("took the phrasings"),
        "refuse_phrasings": N_("refused the phrasings"),
        "exclude": N_("decided: not public"),
        "confirm": N_("confirmed the text"),
        "check": N_("checked a point of the shipped text"),
        "feedback_handled": N_("dealt with what people thought"),
        "learn": N_("made a question's wording a phrasing"),
        "open_again": N_("put the trial label back: a confirmed point has changed"),
        "redact": N_("decided about personal data"),
        "correction": N_("sent a correction"),
        "recall": N_("sent the correction to everybody who had a former text"),
        "import": N_("imported"),
        "message_again": N_("had a message sent again"),
        "message_arrived": N_("counted a message as arrived"),
        "message_retry": N_("had a failed message tried again"),
        "quarantine_opened": N_("opened an unreadable message"),
        "translate": N_("handed in a translation"),
        "translation_approved": N_("vouched for a translation"),
        "translation_returned": N_("returned a translation"),
        "translation_withdrawn": N_("took a translation off"),
        "law_add": N_("registered a legal document"),
        "law_change": N_("changed a legal document"),
        "law_repeal": N_("ended a document that this entry cites"),
        "to_be_told": N_("put it on the list of what is to be told"),
        "told": N_("told the asker"),
        "erase_for_asker": N_("erased it at the asker's request"),
        "receipt_printed": N_("printed a receipt"),
        "routed": N_("sent the question to a unit"),
        "calendar_changed": N_("moved the promised day: the working days changed"),
        "calendar_day_set": N_("changed the working days"),
        "calendar_day_removed": N_("took a day out of the working days"),
        "distress_words_set": N_("changed the words in distress"),
    },
    "distress": {
        "any": N_("before every other"),
        "self_harm": N_("self-harm, suicide"),
        "violence": N_("violence at home"),
        "child": N_("a child abused or left alone"),
        "trafficking": N_("trafficking, held captive"),
        "hunger": N_("nothing to eat"),
        "medical": N_("a medical emergency"),
        "disaster": N_("flood, fire, landslide"),
        "eviction": N_("no shelter tonight"),
        "lenders": N_("threatened by lenders"),
        "elder": N_("an old or helpless person left alone"),
    },
    "off": {
        "weekend": N_("week-end"),
        "holiday": N_("public holiday"),
        "office": N_("day off, set here"),
        "worked": N_("worked, set here"),
    },
    "channel_state": {
        "up": N_("up"),
        "down": N_("down"),
        "no_consent": N_("consent has ended"),
        "starting": N_("starting"),
        "off": N_("off"),
    },
    "unit_kind": {
        "top": N_("the unit above all"),
        "ministry": N_("ministry"),
        "province": N_("province"),
        "district": N_("district"),
        "commune": N_("commune"),
    },
    "hit": {
        "name": N_("a name"),
        "phone": N_("a phone number"),
        "citizen_id": N_("an identity number"),
        "health_card": N_("a health card"),
        "insurance": N_("an insurance number"),
        "bank_account": N_("a bank account"),
        "number": N_("a long number"),
        "plate": N_("a plate"),
        "email": N_("an e-mail address"),
        "profile": N_("somebody's own page"),
        "birth_date": N_("a date of birth"),
        "address": N_("an address"),
        "hidden": N_("masked by itself"),
    },
    "point": {
        "text": N_("Text"),
        "figures": N_("Figures"),
        "basis": N_("Legal basis"),
        "window": N_("In force"),
        "phrasings": N_("Phrasings"),
    },
    "finding": {"right": N_("right"), "wrong": N_("wrong")},
    "opinion": {
        "unclear": N_("Not clear"),
        "notmine": N_("Not my case"),
        "not_useful": N_("Votes: not useful"),
        "useful": N_("Votes: useful"),
    },
    "part": {
        "kind": N_("answer or referral"),
        "figures": N_("amounts and figures"),
        "basis": N_("legal basis"),
        "window": N_("days between which it holds"),
        "wording": N_("wording"),
    },
    "effect": {
        "won": N_("Won: nobody answered these before"),
        "stolen": N_("Taken from other entries"),
        "lost": N_("Lost: the entry led before, and doesn't now"),
        "firmer": N_("Firmer: offered before, answered at once now"),
        "weaker": N_("Weaker: answered at once before, only offered now"),
        "beside": N_("Changed between other entries"),
    },
    "decision": {
        "confident": N_("answered at once"),
        "suggest": N_("offered"),
        "unknown": N_("left to officers"),
    },
    "flaw": {
        "same-words": N_("Another entry asks this word for word: neither can be answered."),
        "another-wins": N_("Another entry would be answered instead."),
        "unreached": N_("None of the phrasings would lead to this entry."),
        "near-duplicate": N_("Hardly differs from a phrasing of another entry."),
        "overlap": N_("Another entry is ahead in many of the phrasings."),
        "others-offered": N_("Other entries would be offered, not this one."),
        "seldom-reached": N_("Less than half of the phrasings would lead to this entry."),
        "repeated": N_("The same as another phrasing of this entry."),
        "few-phrasings": N_(
            "Few ways of asking are known; with five or more, residents are understood much more often."
        ),
    },
    "verdict": {"masked": N_("will be masked"), "kept": N_("stays")},
    "field": {
        "question": N_("Public question"),
        "short_answer": N_("Short answer"),
        "details": N_("Details"),
        "easy_read": N_("In plain words"),
        "phrasings": N_("Phrasings"),
    },
    "column": COLUMNS,
    "document_status": {
        "in_force": N_("in force"),
        "unknown": N_("status not known"),
        "expired": N_("expired"),
        "repealed": N_("repealed"),
        "not_yet": N_("not in force yet"),
    },
}
# Said beside an answer that holds personal data.
PERSONAL = N_(
    "This looks like personal data: %(words)s. The asker may read what is his; an editor decides what becomes public."
)
# What was just done, said at the top of the next page.
DONE = {
    "claimed": N_("The question is yours. The draft is saved while you type."),
    "released": N_("The question is back in the queue; your draft stays with it."),
    "draft": N_("The draft is saved."),
    "answered": N_("The answer is signed off and on its way to the resident. An editor decides about the public text."),
    "already": N_("This was done already; here is how things stand."),
    "closed": N_("The question is closed."),
    "reopened": N_("The question is back in the queue, with a new date."),
    "published": N_("The text is live: on the info page and in the automatic answers."),
    "redacted": N_("Noted. The text itself isn't changed; what is masked goes out when it is published."),
    "returned": N_("The text went back to its author with your note."),
    "linked": N_("The entry settles the question."),
    "phrasing_proposed": N_("The phrasings wait for another editor; until then the bot doesn't know them."),
    "phrasing_taken": N_("The bot knows the phrasings now, and the entry settles the question."),
    "phrasing_refused": N_("The phrasings were not taken."),
    "excluded": N_("The question stays out of public view."),
    "proposed": N_("The text is with the editors."),
    "withdrawn": N_("The entry is off the info page and gives no answers any more."),
    "confirmed": N_("Confirmed: the trial label is gone. Here is the next open entry."),
    "handled": N_("Noted. The entry comes back when something new is said."),
    "learned": N_("The wording is a phrasing now; whoever asks so is led there."),
    "checked": N_("Kept. Here is the next open entry."),
    "found_wrong": N_("Kept; the text goes to amends with your words. Here is the next open entry."),
    "message_again": N_("The message is on its way again."),
    "message_arrived": N_("The message counts as arrived."),
    "unlinked": N_("That messenger acts for your account no more."),
    "password": N_("The password is changed; other browsers are signed out."),
    "already_so": N_("The day was so already."),
    "calendar_changed": N_("The calendar is changed. Promised days follow within a minute or two."),
    "calendar_removed": N_("The day is as the public holidays have it. Promised days follow within a minute or two."),
    "signed_out": N_("You are signed out."),
    "disabled": N_("The account is disabled; its sessions have ended."),
    "enabled": N_("The account may sign in again."),
    "duties": N_("The duties are changed; the account signs in anew."),
    "totp": N_("From now on this account asks for a code besides the password."),
    "totp_forgotten": N_("The former codes no longer count."),
    "passed_on": N_("The question is with the other unit; its promise to the resident stays."),
    "split": N_("Each part is a question with a code of its own now."),
    "noted": N_("The note is kept."),
    "asked_back": N_("The resident is asked; the promised day waits for the reply."),
    "gone_on": N_("The clock runs again."),
    "gathered": N_("These questions will get one answer."),
    "taken_out": N_("The question is out of the cluster and won't be suggested for it again."),
    "saved": N_("Saved."),
    "told": N_("Noted that the asker was told."),
    "erased": N_("Erased. Nothing of it is left to be read."),
    "meeting_entered": N_("The questions are entered. Print the receipts."),
    "nothing_entered": N_("Nothing was entered yet."),
    "nobody_to_invite": N_("Everybody has linked a messenger, or rests."),
    "recalled": N_("The correction is on its way to everybody who had a former text."),
    "scheduled": N_("Approved; the text goes live by itself on its day."),
    "bypassed": N_("The text is live. All editors are told until another one has looked at it."),
    "bypass_checked": N_("Noted that you have looked at it."),
    "spelling": N_("The spelling is mended; the text is live."),
    "removed": N_("Removed."),
    "unit_added": N_("The unit is in the register."),
    "unit_renamed": N_("The unit has its new name."),
    "unit_merged": N_("The merger is in the register."),
    "owner_added": N_("New questions on the topic are for this officer."),
    "law_added": N_("The document is in the register."),
    "law_changed": N_("The document is changed; answers follow its dates."),
    "law_repealed": N_("The end is in the register. Entries that cite the document are to be reviewed."),
    "sheet_sent": N_("The changes are with the editors, one text an entry. What could not go is below."),
    "sheet_nothing": N_("Nothing was sent. Look at what is left below."),
    "sheet_dropped": N_("The sheet is put away."),
    "translation_put": N_("The words are with the editors."),
    "translation_approved": N_("The translation is public."),
    "translation_withdrawn": N_("The translation is taken off."),
    "owner_removed": N_("New questions on the topic are no longer for this officer."),
}  # fmt: skip


def word(speaker: Speaks, kind: str, value: object) -> str:
    """The word for a value; an unknown one is shown as it is."""
    text = str(value) if value is not None else ""
    known = _TABLES[kind].get(text)
    return speaker.gettext(known) if known else text


def values(kind: str) -> tuple[str, ...]:
    """The values that have a word, in the table's order."""
    return tuple(_TABLES[kind])


def done(speaker: Speaks, name: str) -> str:
    """The sentence for what was just done; nothing for names we don't know."""
    sentence = DONE.get(name)
    return speaker.gettext(sentence) if sentence else ""


def happened(speaker: Speaks, data: dict[str, Any]) -> str:
    """What an event's data adds to its name: a reason, words, a changed text."""
    parts = []
    if data.get("point"):
        parts.append(f"{word(speaker, 'point', data['point'])}: {word(speaker, 'finding', data['finding'])}")
    if data.get("reason"):
        parts.append(word(speaker, "reason", data["reason"]))
    parts += [
        f"“{data[name]}”"
        for name in ("document", "unit", "commune", "language", "note", "words", "wording")
        if data.get(name)
    ]
    parts += [f"{_day(data['old'])} → {_day(data['due_on'])}"] if data.get("old") and data.get("due_on") else []
    return " · ".join(parts)


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"

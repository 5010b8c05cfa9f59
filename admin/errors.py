"""Errors of the core, turned into sentences that say what to do next. The only place for both."""
# ruff: noqa: E501 - one sentence a line reads better than sentences broken by the width of a page

import logging
from collections import defaultdict
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from admin import labels
from admin.csrf import same_origin
from admin.labels import N_
from admin.visit import Visit, new_visit
from admin.wire import field_of, form_of, wants_json
from knowledge_base.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    KnowledgeBaseError,
    NotFound,
    Unavailable,
)
from knowledge_base.storage import staff_store
from translations.loader import pick_language

_LOG = logging.getLogger(__name__)

SENTENCES: dict[str, str] = {
    # signing in and forms
    "signed_out": N_("You are signed out. Sign in again in another tab; what you typed is kept below to copy."),
    "forged_form": N_("This form is out of date or was not sent from this page. Nothing was changed: open the page again and repeat."),
    "no_policy": N_("This page is not open to anybody. Tell the administrator."),
    "role_needed": N_("Your account (%(role)s) may not do this. Ask somebody whose account may, or the administrator."),
    "form_unreadable": N_("The form could not be read. Nothing was changed: open the page again and repeat."),
    "too_long": N_("A field is too long: at most %(most)s characters. Shorten it and send again."),
    # passwords and accounts
    "password_short": N_("The new password is too short: use at least %(least)s characters."),
    "password_long": N_("The new password is too long: use at most %(most)s characters."),
    "password_is_name": N_("The new password may not be the account's name. Choose another one."),
    "password_common": N_("Many people use this password, so it is easily guessed. Choose another one."),
    "password_differs": N_("The two new passwords differ. Type the same one twice."),
    "password_wrong": N_("The present password is not right. Type it again."),
    "password_same": N_("The new password is the present one. Choose another one."),
    "username_shape": N_("The name of an account has 3 to 64 letters without marks, digits, dots or hyphens. Choose another one."),
    "username_taken": N_("There is an account named “%(username)s” already. Choose another name."),
    "role_unknown": N_("There is no role “%(role)s”. Choose one from the list."),
    "unit": N_("There is no unit “%(code)s”. Choose one from the list."),
    "account": N_("There is no such account. Open the list of accounts again."),
    "own_account": N_("Nobody changes his own account here. Ask another administrator."),
    # questions
    "question": N_("There is no such question. Look for it in the queue by its code."),
    "already_claimed": N_("%(by)s has already taken this question. Choose another one from the queue."),
    "question_erased": N_("The asker of %(reference)s had his data erased. Nothing can be done or written about it any more."),
    "not_yours": N_("You don't hold this question (held by: %(by)s). Take it first, or choose another one."),
    "question_changed": N_("Somebody changed this question a moment ago. Look at it as it stands now and repeat if needed."),
    "question_state": N_("This can't be done now: the question is “%(state)s”. Look at it as it stands and choose one of the buttons offered."),
    "question_role": N_("Your role (%(role)s) may not do this with a question."),
    "draft_changed": N_("Somebody else saved another text meanwhile. Both are shown: put together what you need, then save again."),
    "answer_empty": N_("The short answer is empty. Write it in one or two sentences and send again."),
    "close_needs_answer": N_("A question is settled by an answer. Write one, or choose another reason to close."),
    "reason_missing": N_("Choose a reason from the list."),
    "media": N_("There is no such file with this question."),
    "media_unavailable": N_("The file can't be fetched from the channel now. Try later, or ask the resident to send it again."),
    "media_too_big": N_("The file is larger than 10 MB and was not fetched. Ask the resident for a smaller one."),
    # helpers, places, meetings
    "team": N_("There is no such team. Open the list of teams again."),
    "helper": N_("There is no such member. Open the list of teams again."),
    "place": N_("There is no such place. Open the list of places again."),
    "meeting": N_("There is no such meeting. Open the list of meetings again."),
    "slip": N_("This question has no slip. Print a receipt first."),
    "name_shape": N_("A name is missing or longer than %(most)s characters. Correct it and send again."),
    "phone_shape": N_("That is not a telephone number of ten digits. Correct it, or leave it empty."),
    "sheet_missing": N_("Choose a sheet first."),
    "slips_number": N_("Choose a number from 1 to %(most)s."),
    "slip_used": N_("The code %(reference)s has a question already. Take that line out and send again."),
    "line_unknown": N_("The form has no line %(line)s, or it stands there twice. Correct it and send again."),
    "consent_missing": N_("Tick that the chair read out what is kept and everybody agreed."),
    "code_shape": N_("A code has eight letters and digits, like K7MP-42QX. Look at the slip again."),
    "erase_why": N_("Choose how the asker asked for it."),
    "erase_unsure": N_("Nothing is erased yet. Confirm that you have checked it."),
    "told_how": N_("Choose how the asker was told."),
    "not_asked_for": N_("The asker of %(reference)s wrote himself; the answer goes to him where he asked."),
    "nothing_to_tell": N_("There is nothing to tell about %(reference)s yet."),
    "place_kind": N_("Choose what kind of place it is."),
    "place_labels": N_("Write the names of the places, one a line: at most %(most)s, none longer than 120 characters."),
    "places_none": N_("There is no place to print for. Add places first."),
    # the working days
    "calendar_kind": N_("Choose what the day is: off, worked, or exchanged for another."),
    "calendar_name_missing": N_("Give the day a name, so that residents and officers can read why."),
    "calendar_swap": N_("An exchange needs two days: the one that is off and the one that is worked instead."),
    "calendar_range": N_("%(value)s is too far away: days from a month ago to two years ahead can be set."),
    "calendar_same": N_("%(value)s is so already. Choose another day."),
    "calendar_day": N_("Nothing is set for that day. Look at the calendar as it stands."),
    # words in distress
    "distress_kind": N_("There is no such kind of distress. Look at the list as it stands."),
    "distress_long": N_("The words are too long: at most %(most)s characters."),
    # repair
    "message": N_("There is no such message. Look at the list as it stands now."),
    "message_moved": N_("The message is not where it was any more: somebody else dealt with it, or it went out. Look at the list as it stands now."),
    "quarantined": N_("The words of this message are gone, or were sealed with another key."),
    "busy": N_("Too much is going on at once. Nothing was changed: wait a few seconds and try again."),
    # publishing
    "revision": N_("There is no such text. Open the editors' desk again."),
    "revision_state": N_("This can't be done now: the text is “%(state)s”. Look at it as it stands."),
    "revision_open": N_("A text of this entry by %(by)s is waiting for an editor already. Finish that one first."),
    "author_is_approver": N_("Nobody approves his own text (%(author)s). Ask another editor."),
    "editor_only": N_("Only editors may do this. Ask one."),
    "administrator_only": N_("Only administrators may do this. Ask one."),
    "question_excluded": N_("This question is kept out of public view. Nothing of it comes into the FAQ."),
    "question_has_page": N_("This question has a public page already (%(entry)s). Propose a new text there."),
    "phrasing_open": N_("Phrasings from this question wait for an editor already. Decide about those first."),
    "phrasing_decided": N_("Somebody has decided about these phrasings already. Look at the desk as it stands now."),
    "wording_missing": N_("There is no new wording. Write at least one that the entry doesn't have yet."),
    "too_many_wordings": N_("At most %(most)s wordings at a time. Leave the best ones."),
    "note_missing": N_("Say why in the note, so that the author knows what to do."),
    "withdraw_first": N_("The public page of this question (%(entry)s) is live. Withdraw it first, with a note."),
    "legal_basis_missing": N_("An answer needs at least one legal basis. Choose a document, or make the text a referral without figures."),
    "legal_basis_unknown": N_("These documents are not in the register: %(documents)s. Choose the number from the list."),
    "legal_basis_expired": N_("None of the documents is in force (or known to be) on the answer's first day. Choose one that is."),
    "basis_without_document": N_("An article stands without its document. Choose the document's number."),
    "topic_unknown": N_("Choose a topic from the list."),
    "not_shipped": N_("%(entry)s did not come with the program; there is nothing to confirm."),
    "part_changed": N_("Somebody changed this entry a moment ago; the page shows it as it is now. Read it, then say what you found."),
    "handled_reason": N_("Say what was done, or why nothing is to be done."),
    "wording_empty": N_("The wording is empty. Write how residents ask this."),
    "finding_missing": N_("There is a remark without “right” or “wrong”. Choose one beside it."),
    "remark_missing": N_("Say in the remark what is wrong, so that somebody can amend it."),
    "nothing_checked": N_("Nothing is said yet. Choose “right” or “wrong” at a point, or go on to the next entry."),
    "public_note_missing": N_("Figures, legal basis, days or the kind of answer change. Say in one sentence what has changed: readers of the former text are told so on the page."),
    "note_personal": N_("What readers are told holds personal data: %(words)s. Say it without."),
    "bypass_reason": N_("Say in at least %(least)s letters why it can't wait for another person."),
    "spelling_nothing": N_("Nothing is changed yet. Mend a word, or go back."),
    "spelling_more": N_("This is more than a slip of the pen: %(words)s. Propose a new text instead; another person approves it."),
    "top_unit_only": N_("This concerns every unit: only an account of the unit above all may do it. Ask its administrator."),
    "note_empty": N_("The note is empty. Write something, or leave it."),
    "words_empty": N_("There are no words yet. Write what is to be sent."),
    "nothing_chosen": N_("Nothing is ticked. Tick the questions that want the same answer."),
    "no_cluster": N_("The question is in no cluster any more."),
    "nothing_above": N_("There is no unit above this one. Pass the question on to another unit instead."),
    "same_unit": N_("The question is with %(unit)s already. Choose another unit."),
    "unit_unstaffed": N_("No unit with officers is called “%(unit)s”. Choose one from the list."),
    "days_wrong": N_("Write a number of working days from 1 to %(most)s."),
    "parts_missing": N_("Write at least one further question, one a line, at most %(most)s."),
    "answer": N_("The question %(reference)s has no officer's answer. Open it and look."),
    "template": N_("That text is gone, or it is another unit's. Load the page again."),
    "template_name": N_("A text needs a name of at most %(most)s characters."),
    "totp_wrong": N_("That code is not the one the telephone shows now. Wait for the next one and type it."),
    "format_unknown": N_("A file can be CSV or XLSX. Choose one of the two."),
    "redaction_undecided": N_("Personal data would become public: %(words)s. Decide about each place (mask or keep) or reword it, then publish again."),
    "redaction_gone": N_("The text doesn't hold this place any more. Look at the places as they are now."),
    "redaction_original": N_("What stood in this place can't be told any more. Write it into the question yourself, if it may be public."),
    "date_wrong": N_("“%(value)s” is no date. Write it as 31/12/2026."),
    "window_reversed": N_("The text would end before it begins. Correct the two dates."),
    "easy_read_figures": N_("The plain words say what the answer doesn't: %(words)s. Take it out, or write it into the answer first."),
    "easy_read_long": N_("The plain words are longer than %(most)s characters. Shorten them: they are for people who read with difficulty."),
    "question_empty": N_("The public question is empty. Write it as a resident would ask it."),
    "entry": N_("There is no live entry “%(key)s” that holds today. Choose another one."),
    # sheets
    "file_missing": N_("No file was chosen. Choose one and send again."),
    "file_too_large": N_("The file is larger than %(most)s MB. Split it, or take pictures out of it."),
    "sheet_replaced": N_("Another sheet was brought meanwhile, or this one is a day old. Look at what is there now."),
    "sheet_cell_long": N_("The entry %(entry)s has a text of more than %(most)s characters, which fits no cell. Use the command line's YAML."),
    # translations
    "translation": N_("There is no such translation. Load the page again."),
    "translation_language": N_("There is no language “%(language)s” to translate into. Choose one from the list."),
    "translation_open": N_("Words for %(entry)s by %(by)s wait for an editor already."),
    "translation_stale": N_("The Vietnamese of %(entry)s has changed since these words were made. They can't be published; the translator makes them new."),
    "translation_missing": N_("Not translated. Every field of an entry is needed."),
    "translation_extra": N_("There is nothing to translate in this field. Leave it empty."),
    "translation_long": N_("The translation is longer than %(most)s characters. Shorten it."),
    "translation_figures": N_("These are missing in the translation: %(words)s. Every figure, date and document number must stand in it."),
    "translation_personal": N_("The translation holds what looks like personal data: %(words)s. Take it out."),
    "translation_source_moved": N_("The Vietnamese has changed since the file was taken out. Take it out again."),
    "translation_unknown": N_("There is no live entry and field of this name."),
    "po_unreadable": N_("This is no PO file that can be read. Save it again as PO, in UTF-8."),
    "po_large": N_("The file is larger than %(most)s MB. Split it."),
    # units
    "unit_code_shape": N_("The code of a unit begins with a letter and has 2 to 20 small letters, digits or hyphens. Choose another one."),
    "unit_code_taken": N_("There is a unit with the code “%(code)s” already. Choose another one."),
    "unit_name_shape": N_("A unit needs a name of at most %(most)s characters."),
    "unit_is_top": N_("The unit above all has its name from the settings (UNIT_NAME) and does not end."),
    "unit_ended": N_("%(name)s has ended already. Look at what it went into."),
    "unit_has_units": N_("There are units below %(name)s. Merge those first, or wait for the new list of units."),
    "unit_successors": N_("A unit goes into other units of its own kind that exist on that day. Choose such ones."),
    "unit_unclear": N_("It is not clear which unit this is: %(words)s. Type its code, or its name with the province's."),
    "merge_day": N_("The unit has existed since %(day)s only. Choose a later day."),
    "owner_elsewhere": N_("A topic is answered by an officer or editor of this very unit. Choose one from the list."),
    "owner": N_("Nobody has that topic any more. Look at the list as it stands now."),
    "units_file": N_("The list of units %(file)s could not be read. The former one stays."),
    # the law
    "law_field_missing": N_("A document needs its number, kind and title. Fill in the field that is marked."),
    "law_number_taken": N_("%(number)s is in the register already. Open it there and change it."),
    "law_link": N_("The link must be an address beginning with https:// or http://."),
    "law_status": N_("Choose how the document stands from the list."),
    "law_window_reversed": N_("The document would end before it comes into force. Correct the two dates."),
    "law_end_missing": N_("A document that has ended needs its last day, for answers go by it."),
    "law_successor_self": N_("A document does not replace itself. Choose another number."),
    "law_successor_unknown": N_("%(number)s is not in the register. Add that document first, then name it here."),
    "law_document": N_("There is no document %(number)s in the register. Look for it in the list."),
    "law_changed": N_("Somebody changed %(number)s a moment ago; the page shows it as it is now. Compare it with what you typed, then save again."),
    "law_repeal_day": N_("A document ends after its first day (%(day)s). Choose a later day."),
    "law_ended": N_("The document has ended already, on %(day)s. Change its dates if that is wrong."),
    # parts of the house
    "sheet_faults": N_("The sheet has %(count)s faults and was not taken over. Correct them and import again."),
    "database": N_("The store doesn't answer at the moment. What you typed was not saved: wait a little and send it again."),
    "faq_file": N_("The file %(file)s could not be read as a FAQ. Correct it and try again."),
    "match_index_outdated": N_("The FAQ's index is being built anew. Wait a few seconds and open the page again."),
    "match_index_unreadable": N_("The FAQ's index is being built anew. Wait a few seconds and open the page again."),
    "match_index_unbuilt": N_("The index could not be built. The former one stays in use; it is tried again."),
    "schema_newer": N_("The store was made by a newer program. Tell the administrator: this one must be updated."),
    "index": N_("The FAQ is still being loaded. Wait a few seconds and open the page again."),
}  # fmt: skip
_UNKNOWN = N_("This did not work (%(key)s). Nothing was changed; tell the administrator if it happens again.")
_STATUS: dict[type[KnowledgeBaseError], int] = {
    InvalidInput: 400,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Unavailable: 503,
}
_HTTP = {
    404: N_("There is no such page. Go back to the queue and look from there."),
    405: N_("This page can't be used that way. Go back and use its buttons."),
    413: N_("That was too much at once. Shorten it and send again."),
}
_BROKEN = N_("Something broke on our side, and it was noted. Go back and try again; what you typed may not be saved.")
# Fields worth giving back when a form had to be refused.
_TYPED = (
    "public_note",
    "question",
    "short_answer",
    "details",
    "easy_read",
    "phrasings",
    "words",
    "wording",
    "note",
    "reason",
)


def status_of(error: KnowledgeBaseError) -> int:
    """The HTTP number of an error's kind."""
    return next((number for kind, number in _STATUS.items() if isinstance(error, kind)), 500)


async def explain(visit: Visit, error: KnowledgeBaseError) -> str:
    """The sentence for an error of the core, with names for numbers."""
    data: dict[str, Any] = defaultdict(str, {**error.data, "key": error.data.get("key", error.key)})
    by = data["by"]
    if isinstance(by, int):
        data["by"] = (await visit.console.database.read(staff_store.usernames)).get(by, str(by))
    elif not by:
        data["by"] = visit.gettext("nobody")
    for name in ("state", "role"):
        data[name] = labels.word(visit, name, data[name])
    for name in ("words", "documents"):
        data[name] = ", ".join(f"“{part}”" for part in data[name])
    return visit.gettext(SENTENCES.get(error.key, _UNKNOWN)) % data


async def _typed(visit: Visit) -> list[str]:
    """What a refused form held, to be copied; only for our own pages' forms."""
    request = visit.request
    if request.method != "POST" or wants_json(request) or not same_origin(request, visit.console.settings):
        return []
    try:
        form = await form_of(request)
        return [text for name in _TYPED if (text := field_of(form, name)).strip()]
    except (InvalidInput, web.HTTPException):
        return []


async def _problem(visit: Visit, status: int, sentence: str, key: str) -> web.Response:
    if wants_json(visit.request):
        return web.json_response({"error": {"code": key, "message": sentence}}, status=status)
    return visit.page("problem.html", status, sentence=sentence, typed=await _typed(visit))


@web.middleware
async def in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong becomes a page with a sentence."""
    visit = new_visit(request, pick_language(request.query.get("lang")))
    try:
        return await handler(request)
    except KnowledgeBaseError as error:
        return await _problem(visit, status_of(error), await explain(visit, error), error.key)
    except web.HTTPError as error:
        message = _HTTP.get(error.status, _BROKEN)
        return await _problem(visit, error.status, visit.gettext(message), f"http_{error.status}")
    except web.HTTPException:
        raise
    except Exception:  # noqa: BLE001 - the visitor gets a page, the log the rest
        _LOG.exception("console: %s %s", request.method, request.match_info.route.name)
        return await _problem(visit, 500, visit.gettext(_BROKEN), "broken")

"""One text in review: the resident's question beside the public wording."""

from dataclasses import dataclass, replace

from aiohttp import web

from admin.errors import explain, status_of
from admin.forms import AnswerForm, read_day
from admin.personal import Personal
from admin.trial import Shown, is_trial, try_edit
from admin.views.publication import EXCLUSIONS
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of
from admin.worklists import live_entries
from knowledge_base import editorial, publishing, redacting
from knowledge_base.errors import Conflict, KnowledgeBaseError, NotFound
from knowledge_base.faq.correction import LONGEST_NOTE, changed_parts
from knowledge_base.faq.easy_read import may_disagree, strange_figures
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.revision import Revision
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import Question
from knowledge_base.redaction.decisions import Verdict, undecided
from knowledge_base.redaction.find import mask_personal_data
from knowledge_base.storage import faq_store, question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.question_store import QuestionMessage
from knowledge_base.storage.staff_store import StaffMember


@dataclass(frozen=True, slots=True)
class Review:
    """A revision with the question it came from and the text it would replace."""

    revision: Revision
    question: Question | None
    messages: list[QuestionMessage]
    live: Revision | None
    topics: list[Topic]
    documents: dict[str, LegalDocument]


def review(tx: Transaction, member: StaffMember, revision_id: int) -> Review:
    """Read it in one go; the text of another unit's question is none of the member's."""
    revision = faq_store.revision(tx, revision_id)
    if revision is None:
        raise NotFound("revision", id=revision_id)
    origin = revision.origin_question_id
    return Review(
        revision,
        question_store.question_within(tx, member.unit_path, origin, read=True) if origin is not None else None,
        question_store.messages_of(tx, origin) if origin is not None else [],
        faq_store.published_of(tx, revision.key),
        faq_store.all_topics(tx),
        faq_store.documents(tx),
    )


async def _page(
    visit: Visit,
    revision_id: int,
    *,
    form: AnswerForm | None = None,
    error: KnowledgeBaseError | None = None,
    note: str = "",
    public_note: str = "",
    shown: Shown | None = None,
) -> web.Response:
    found = await visit.read(review, visit.member, revision_id)
    revision, member = found.revision, visit.member
    in_review = revision.state == RevisionState.IN_REVIEW
    form = form or AnswerForm.from_entry(revision.entry)
    typed, asked = form.worded(revision.entry), revision.origin_question_id is not None
    personal = Personal.of(*await visit.read(redacting.redaction_of, typed, from_resident=asked))
    return visit.page(
        "revision_show.html",
        status_of(error) if error else 200,
        found=found,
        entries=live_entries(visit) if found.question else [],
        revision=revision,
        form=form,
        personal=personal,
        may_decide=in_review and member.role == Role.EDITOR and member.username != revision.author,
        undecided=in_review,
        may_bypass=in_review and member.role == Role.EDITOR,
        may_check=_may_check(revision, member),
        today=visit.console.faq.today(),
        masked=mask_personal_data,
        reasons=EXCLUSIONS,
        problem=await explain(visit, error) if error else "",
        faulty=str(error.data.get("field", "")) if error else "",
        note=note,
        public_note=public_note,
        strange=strange_figures(typed) if in_review else [],
        disagrees=in_review and found.live is not None and may_disagree(found.live.entry, typed),
        changes=changed_parts(found.live.entry, revision.entry) if found.live and found.live.id != revision.id else (),
        shown=shown,
    )


def _may_check(revision: Revision, member: StaffMember) -> bool:
    """Whether this editor may be the second pair of eyes on a text that went live without one."""
    unseen = revision.bypass_reason is not None and revision.bypass_checked_by is None
    return unseen and member.role == Role.EDITOR and member.username not in (revision.author, revision.approved_by)


async def show(request: web.Request) -> web.Response:
    """The page; for its author and officers without buttons."""
    return await _page(visit_of(request), id_of(request))


async def _try(visit: Visit, revision_id: int, form: AnswerForm) -> web.StreamResponse:
    base = (await visit.read(review, visit.member, revision_id)).revision.entry
    try:
        tried = form.as_tried(base)
        return await try_edit(visit, tried, lambda shown: _page(visit, revision_id, form=form, shown=shown))
    except KnowledgeBaseError as error:
        return await _page(visit, revision_id, form=form, error=error)


async def _published_already(visit: Visit, revision_id: int) -> bool:
    found = await visit.read(faq_store.revision, revision_id)
    return found is not None and found.state == RevisionState.PUBLISHED and found.approved_by == visit.member.username


async def publish(request: web.Request) -> web.StreamResponse:
    """Approve the text, with the wording as edited, and make it live; or only try it."""
    visit, revision_id, posted = visit_of(request), id_of(request), await form_of(request)
    form = AnswerForm.from_post(posted)
    if is_trial(posted):
        return await _try(visit, revision_id, form)
    correct = field_of(posted, "correct_askers", 5) == "yes"
    told = field_of(posted, "public_note", LONGEST_NOTE)
    try:
        found = await visit.read(review, visit.member, revision_id)
        public = form.as_entry(found.revision.entry, {topic.slug for topic in found.topics})
        day = read_day(field_of(posted, "publish_on", 20), "publish_on")
        if day is not None:
            visit.tell_trail(publish_on=day)
        await visit.write(
            editorial.approve_and_publish,
            revision_id,
            public,
            correct_askers=correct,
            publish_on=day,
            public_note=told,
        )
    except KnowledgeBaseError as error:
        if error.key == "revision_state" and await _published_already(visit, revision_id):
            raise visit.to("entry", "already", key=found.revision.key) from error
        return await _page(visit, revision_id, form=form, error=error, public_note=told)
    later = day is not None and day > visit.console.faq.today()
    raise visit.to("entry", "scheduled" if later else "published", key=found.revision.key)


async def bypass(request: web.Request) -> web.StreamResponse:
    """In an emergency: live without a second person, with the reason on record."""
    visit, revision_id, posted = visit_of(request), id_of(request), await form_of(request)
    form, reason = AnswerForm.from_post(posted), field_of(posted, "reason", 1_000)
    told = field_of(posted, "public_note", LONGEST_NOTE)
    try:
        found = await visit.read(review, visit.member, revision_id)
        public = form.as_entry(found.revision.entry, {topic.slug for topic in found.topics})
        await visit.write(publishing.publish_by_bypass, revision_id, public, reason, told)
    except KnowledgeBaseError as error:
        return await _page(visit, revision_id, form=form, error=error, public_note=told)
    raise visit.to("entry", "bypassed", key=found.revision.key)


async def check_bypass(request: web.Request) -> web.StreamResponse:
    """A second editor has looked at it."""
    visit, revision_id = visit_of(request), id_of(request)
    try:
        await visit.write(publishing.check_bypass, revision_id)
    except KnowledgeBaseError as error:
        return await _page(visit, revision_id, error=error)
    raise visit.to("bypasses", "bypass_checked")


async def bypasses(request: web.Request) -> web.Response:
    """Everything that went live without a second person: who, when, why, and who looked at it since."""
    visit = visit_of(request)
    return visit.page("bypasses.html", revisions=await visit.read(faq_store.bypasses))


async def redact(request: web.Request) -> web.StreamResponse:
    """Mask or keep what looks like personal data, in the wording as typed so far; `look` only looks again.

    What was typed stays in the form: it is saved by publishing alone.
    """
    visit, revision_id, posted = visit_of(request), id_of(request), await form_of(request)
    form, act = AnswerForm.from_post(posted), field_of(posted, "redact", 80)
    told = field_of(posted, "public_note", LONGEST_NOTE)
    try:
        revision = (await visit.read(review, visit.member, revision_id)).revision
        if act != "look":
            form = await _decided(visit, revision, form, act)
    except KnowledgeBaseError as error:
        return await _page(visit, revision_id, form=form, error=error, public_note=told)
    if act != "look" and not told and form == AnswerForm.from_entry(revision.entry):
        raise visit.to("revision", "redacted", id=revision_id)
    return await _page(visit, revision_id, form=form, public_note=told)


async def _decided(visit: Visit, revision: Revision, form: AnswerForm, act: str) -> AnswerForm:
    """Carry out `masked:…` or `kept:…`; `all` stands for every hit that is left. Returns the form as it is then."""
    said, _, which = act.partition(":")
    if said not in set(Verdict):
        raise Conflict("redaction_gone")
    typed, asked = form.worded(revision.entry), revision.origin_question_id is not None
    ids = [which]
    if which == "all":
        ids = [mark.id for mark in undecided(*await visit.read(redacting.redaction_of, typed, from_resident=asked))]
    now = await visit.write(redacting.decide_redaction, revision.id, typed, ids, Verdict(said))
    return replace(form, question=now.question) if now.question != typed.question else form


async def send_back(request: web.Request) -> web.StreamResponse:
    """Return the text to its author, with a note."""
    visit, revision_id, posted = visit_of(request), id_of(request), await form_of(request)
    note = field_of(posted, "note", 2_000)
    try:
        await visit.write(editorial.return_with_note, revision_id, note)
    except KnowledgeBaseError as error:
        return await _page(visit, revision_id, form=AnswerForm.from_post(posted), error=error, note=note)
    raise visit.to("desk", "returned")

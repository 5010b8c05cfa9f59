"""What an erased resident's questions left in the FAQ: texts nobody published go, public ones lose what is his."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Text, cast, delete, func, select, update

from knowledge_base.faq.publication import RevisionState
from knowledge_base.redaction.find import MASK, find_personal_data
from knowledge_base.storage import event_store, faq_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import (
    answers,
    entries,
    entry_translations,
    events,
    outbox,
    phrasings,
    publications,
    question_messages,
    questions,
    redactions,
    revisions,
)
from knowledge_base.text.fold import fold

ERASE = "erase"  # what a publication is called that takes wordings out
_TEXTS = ("question", "short_answer", "details", "easy_read")
_BESIDE = ("note", "bypass_reason")  # what people wrote about a text
_SHORTEST = 4  # letters and digits: less of a text says nothing of anybody
_NOT_SAID = re.compile(r"[^a-z0-9]+")
_UNDECIDED = (
    RevisionState.DRAFT,
    RevisionState.IN_REVIEW,
    RevisionState.AMENDS_NEEDED,
    RevisionState.APPROVED,
    RevisionState.APPROVED_BY_BYPASS,
)


def forget_wordings(tx: Transaction, ids: Sequence[int]) -> None:
    """Withdraw the wordings that came from the questions, and what is his in the entries that were made from them.

    Call before the questions' own words go: by them is told what of a public text is the resident's.
    """
    if not ids:
        return
    said = _said(tx, ids)
    own = _made_from(tx, ids)
    wordings = select(phrasings.c.id, phrasings.c.entry_key, phrasings.c.text).where(phrasings.c.question_id.in_(ids))
    his = tx.execute(wordings).all()
    if not own and not his:
        return
    faq_store.lock_changes(tx)
    tx.execute(delete(phrasings).where(phrasings.c.id.in_([row.id for row in his])))
    _forget_matches(tx, [row.text for row in his])
    keys = {row.entry_key for row in his}
    _forget_scheduled(tx, keys, {row.text for row in his})
    _forget_proposed(tx, keys | set(own), {row.text for row in his}, said)
    for key in own:
        _forget_entry(tx, key, said)
    event_store.forget_words(tx, events.c.entry_key.in_(own))
    for key in sorted(keys | set(own)):  # also of what was never public: the console holds it in memory
        faq_store.record_publication(tx, "resident", ERASE, key)


def forget_unpublished(tx: Transaction, ids: Sequence[int]) -> None:
    """Of entries made from questions: texts that never became public and that nobody is still to decide about.

    Where no text of the entry is public, those, too: its question's time is over.
    """
    for key in _made_from(tx, ids):
        texts = revisions.c.entry_key == key
        public = tx.execute(select(revisions.c.id).where(texts, revisions.c.published_at.is_not(None)).limit(1)).first()
        over = texts & revisions.c.published_at.is_(None)
        for row in tx.execute(select(revisions).where(over & revisions.c.state.not_in(_UNDECIDED) if public else over)):
            _blank(tx, row)
        if not public:
            _forget_name(tx, key)
            event_store.forget_words(tx, events.c.entry_key == key)
            faq_store.record_publication(tx, "clock", ERASE, key)


def newest_erasure(tx: Transaction) -> int:
    """The number of the last publication that took wordings out; 0 where there was none."""
    erased = select(func.coalesce(func.max(publications.c.number), 0)).where(publications.c.what == ERASE)
    return tx.execute(erased).scalar_one()


def _made_from(tx: Transaction, ids: Sequence[int]) -> list[str]:
    found = select(entries.c.key).where(entries.c.origin_question_id.in_(ids))
    return list(tx.execute(found.order_by(entries.c.key)).scalars())


def _said(tx: Transaction, ids: Sequence[int]) -> str:
    """All that the resident wrote, bare of marks and blanks."""
    texts = list(tx.execute(select(questions.c.text).where(questions.c.id.in_(ids))).scalars())
    added = question_messages.c.question_id.in_(ids) & (question_messages.c.sender == "resident")
    texts += tx.execute(select(question_messages.c.text).where(added)).scalars()
    return "\n".join(_bare(text) for text in texts)


def _bare(text: str) -> str:
    return _NOT_SAID.sub("", fold(text))


def _forget_matches(tx: Transaction, wordings: Sequence[str]) -> None:
    """Questions of others keep which entry they looked like, not in whose words."""
    for wording in {one for one in wordings if one}:
        like = cast(questions.c.candidates, Text).contains(wording.replace("\\", "\\\\").replace('"', '\\"'))
        for row in tx.execute(select(questions.c.id, questions.c.candidates).where(like)).all():
            bare = [{**one, "phrasing": ""} if one.get("phrasing") == wording else one for one in row.candidates]
            tx.execute(update(questions).where(questions.c.id == row.id).values(candidates=bare))


def _forget_entry(tx: Transaction, key: str, said: str) -> None:
    """An entry made from his question: what was never public is blanked; in what was, his personal data are masked."""
    rows = tx.execute(select(revisions).where(revisions.c.entry_key == key).order_by(revisions.c.id)).all()
    public = [row for row in rows if row.published_at is not None]
    for row in rows:
        if row.published_at is None:
            _blank(tx, row)
        else:
            _mask(tx, row, said)
    if not public:
        _forget_name(tx, key)
        return
    for row in tx.execute(select(phrasings.c.id, phrasings.c.text).where(phrasings.c.entry_key == key)).all():
        if _without_his(row.text, said) != row.text:
            tx.execute(delete(phrasings).where(phrasings.c.id == row.id))
            _forget_matches(tx, [row.text])
    faq_store.rename_after(tx, key, _masked(public[-1].content, said)["question"])


def _blank(tx: Transaction, row: Row[Any]) -> None:
    """A text that was never public."""
    blank = {**row.content, **dict.fromkeys(_TEXTS, ""), "audience": [], "sources": []}
    values: dict[str, Any] = {"content": blank, **dict.fromkeys(_BESIDE), "correction": None, "publish_on": None}
    values["phrasings"] = None
    if row.state in _UNDECIDED:
        values["state"] = RevisionState.SUPERSEDED
    tx.execute(update(revisions).where(revisions.c.id == row.id).values(**values, scheduled=None))


def _forget_name(tx: Transaction, key: str) -> None:
    """What leads to an entry of which nothing was ever public."""
    tx.execute(update(entries).where(entries.c.key == key).values(slug=f"da-xoa-{key.lower()}"))
    tx.execute(delete(phrasings).where(phrasings.c.entry_key == key))
    tx.execute(delete(entry_translations).where(entry_translations.c.entry_key == key))
    tx.execute(delete(redactions).where(redactions.c.entry_key == key))


def _mask(tx: Transaction, row: Row[Any], said: str) -> None:
    """A text that is public, or was: his personal data go from it, from its notes and from what others were sent."""
    values: dict[str, Any] = {name: _without_his(getattr(row, name) or "", said) or None for name in _BESIDE}
    if row.correction:
        values["correction"] = {**row.correction, "note": _without_his(row.correction["note"] or "", said)}
    masked = _masked(row.content, said)
    tx.execute(update(revisions).where(revisions.c.id == row.id).values(content=masked, **values))
    if masked == row.content:
        return
    # Made from the words that are masked now: stale, and they hold them.
    tx.execute(delete(entry_translations).where(entry_translations.c.entry_key == row.entry_key))
    _forget_matches(tx, [row.content["question"]] if masked["question"] != row.content["question"] else [])
    for copy in tx.execute(select(answers.c.id, answers.c.content).where(answers.c.revision_id == row.id)).all():
        tx.execute(update(answers).where(answers.c.id == copy.id).values(content=_masked(copy.content, said)))
    for sent in tx.execute(select(outbox.c.id, outbox.c.body).where(outbox.c.revision_id == row.id)).all():
        tx.execute(update(outbox).where(outbox.c.id == sent.id).values(body=_masked_deep(sent.body, said)))


def _masked_deep(value: Any, said: str) -> Any:
    """A message's body with all its words masked."""
    if isinstance(value, dict):
        return {name: _masked_deep(one, said) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked_deep(one, said) for one in value]
    return _without_his(value, said) if isinstance(value, str) else value


def _forget_scheduled(tx: Transaction, keys: set[str], wordings: set[str]) -> None:
    """Texts that go live on a later day must not bring his wordings back."""
    waiting = revisions.c.entry_key.in_(keys) & revisions.c.publish_on.is_not(None)
    for row in tx.execute(select(revisions.c.id, revisions.c.scheduled).where(waiting)).all():
        kept = [text for text in (row.scheduled or {}).get("phrasings", ()) if text not in wordings]
        scheduled = {**(row.scheduled or {}), "phrasings": kept}
        tx.execute(update(revisions).where(revisions.c.id == row.id).values(scheduled=scheduled))


def _forget_proposed(tx: Transaction, keys: set[str], wordings: set[str], said: str) -> None:
    """Phrasings that a text brings with it, until it is live."""
    brings = revisions.c.entry_key.in_(keys) & revisions.c.phrasings.is_not(None)
    for row in tx.execute(select(revisions.c.id, revisions.c.phrasings).where(brings)).all():
        kept = [text for text in row.phrasings or () if text not in wordings and _without_his(text, said) == text]
        tx.execute(update(revisions).where(revisions.c.id == row.id).values(phrasings=kept))


def _masked(content: Mapping[str, Any], said: str) -> dict[str, Any]:
    return {**content, **{name: _without_his(content[name], said) for name in _TEXTS if content.get(name)}}


def _without_his(text: str, said: str) -> str:
    """A public text without the personal data that he wrote himself; an office's own number may stand in it."""
    for hit in reversed(find_personal_data(text)):
        bare = _bare(text[hit.start : hit.end])
        if len(bare) >= _SHORTEST and bare in said:
            text = text[: hit.start] + MASK + text[hit.end :]
    return text

"""What an erased resident's questions left in the FAQ: texts nobody published go, public ones lose what is his."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, cast, delete, select, update

from knowledge_base.faq.publication import RevisionState
from knowledge_base.redaction.find import MASK, find_personal_data
from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import entries, phrasings, question_messages, questions, redactions, revisions
from knowledge_base.text.fold import fold

_TEXTS = ("question", "short_answer", "details")
_SHORTEST = 4  # letters and digits: less of a text says nothing of anybody
_NOT_SAID = re.compile(r"[^a-z0-9]+")
_UNDECIDED = (
    RevisionState.DRAFT,
    RevisionState.IN_REVIEW,
    RevisionState.AMENDS_NEEDED,
    RevisionState.APPROVED,
    RevisionState.APPROVED_BY_BYPASS,
)


def forget_wordings(tx: Transaction, ids: Sequence[int]) -> list[str]:
    """Returns the entries that were made from the questions.

    Call before the questions' own words go: by them is told what of a public text is the resident's.
    """
    if not ids:
        return []
    said = _said(tx, ids)
    found = select(entries.c.key).where(entries.c.origin_question_id.in_(ids))
    own = list(tx.execute(found).scalars())
    wordings = select(phrasings.c.id, phrasings.c.entry_key, phrasings.c.text).where(phrasings.c.question_id.in_(ids))
    his = tx.execute(wordings).all()
    if not own and not his:
        return []
    faq_store.lock_changes(tx)
    tx.execute(delete(phrasings).where(phrasings.c.id.in_([row.id for row in his])))
    _forget_matches(tx, [row.text for row in his])
    for key in {row.entry_key for row in his} - set(own):
        faq_store.record_publication(tx, "resident", "erase", key)
    for key in own:
        _forget_entry(tx, key, said)
    return own


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
            blank = {**row.content, **dict.fromkeys(_TEXTS, ""), "audience": [], "sources": []}
            values: dict[str, Any] = {"content": blank, "note": None, "scheduled": None, "publish_on": None}
            if row.state in _UNDECIDED:
                values["state"] = RevisionState.SUPERSEDED
            tx.execute(update(revisions).where(revisions.c.id == row.id).values(**values))
        elif (masked := _masked(row.content, said)) != row.content:
            tx.execute(update(revisions).where(revisions.c.id == row.id).values(content=masked))
    if not public:
        tx.execute(update(entries).where(entries.c.key == key).values(slug=f"da-xoa-{key.lower()}"))
        tx.execute(delete(phrasings).where(phrasings.c.entry_key == key))
        tx.execute(delete(redactions).where(redactions.c.entry_key == key))
        return
    for row in tx.execute(select(phrasings.c.id, phrasings.c.text).where(phrasings.c.entry_key == key)).all():
        if _without_his(row.text, said) != row.text:
            tx.execute(delete(phrasings).where(phrasings.c.id == row.id))
            _forget_matches(tx, [row.text])
    faq_store.rename_after(tx, key, _masked(public[-1].content, said)["question"])
    faq_store.record_publication(tx, "resident", "erase", key)


def _masked(content: Mapping[str, Any], said: str) -> dict[str, Any]:
    return {**content, **{name: _without_his(content.get(name) or "", said) for name in _TEXTS}}


def _without_his(text: str, said: str) -> str:
    """A public text without the personal data that he wrote himself; an office's own number may stand in it."""
    for hit in reversed(find_personal_data(text)):
        bare = _bare(text[hit.start : hit.end])
        if len(bare) >= _SHORTEST and bare in said:
            text = text[: hit.start] + MASK + text[hit.end :]
    return text

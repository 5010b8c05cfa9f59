"""Administrators' verb on what is said at once to somebody in distress. Nothing is invented here, no number."""

from knowledge_base.distress.hear import KINDS
from knowledge_base.errors import Forbidden, InvalidInput, NotFound
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import distress_store, event_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember
from knowledge_base.text.clean import clean

ANY = "any"
ALL_KINDS = (ANY, *KINDS)
LANGUAGES = ("vi", "en")
LONGEST = 1_000


def put_words(tx: Transaction, member: StaffMember, kind: str, language: str, words: str) -> None:
    """Set the words of a kind in a language; empty ones remove them.

    Raises:
        Forbidden: `administrator_only`.
        NotFound: there is no such kind or language (`distress_kind`).
        InvalidInput: the words are longer than LONGEST characters (`distress_long`).
    """
    if member.role != Role.ADMINISTRATOR:
        raise Forbidden("administrator_only", role=str(member.role))
    if kind not in ALL_KINDS or language not in LANGUAGES:
        raise NotFound("distress_kind")
    said = clean(words, LONGEST + 1).strip()
    if len(said) > LONGEST:
        raise InvalidInput("distress_long", field="words", most=LONGEST)
    distress_store.put_words(tx, kind, language, said, member.username)
    event_store.record(tx, member.username, "distress_words_set", kind=kind, language=language, removed=not said)

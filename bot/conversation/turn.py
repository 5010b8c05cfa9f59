"""What goes into a turn of the dialogue besides the message, and what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.conversation.acts import Act
from bot.conversation.assisting import Aid
from bot.conversation.message import Reply
from bot.conversation.places import Linked
from bot.conversation.state import State
from bot.conversation.voice import Voice
from knowledge_base.distress.hear import Distress
from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.faq.revision import Revision
from knowledge_base.faq.translation import Translation
from knowledge_base.matching.decide import Match
from knowledge_base.questions.question import Question
from knowledge_base.units.gazetteer import EMPTY, Gazetteer


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy of the resident's data holds, and the code that opens it."""

    questions: int
    messages: int
    code: str
    until: str  # the time of day


@dataclass(frozen=True, slots=True)
class View:
    """What the dialogue may know: everything is loaded before, nothing is fetched during a turn."""

    voice: Voice
    revisions: Mapping[str, Revision]  # in force today
    documents: Mapping[str, LegalDocument]
    references: Sequence[str]  # fresh codes, enough for one message
    due_on: date
    match: Match | None = None
    parts: Sequence[tuple[str, Match]] = ()
    about: Question | None = None  # the resident's own question that the state or a button points at
    repeated: Question | None = None  # an open question of the resident with the same words
    looked_up: Mapping[str, Any] | None = None  # what is known of a code asked for; None: no such code
    gazetteer: Gazetteer = EMPTY  # the places there are
    asks_consent: bool = False  # nothing goes to officers before the resident has agreed
    today: date | None = None
    distress: Distress | None = None  # heard in the message
    distress_words: Mapping[tuple[str, str], str] = field(default_factory=dict)  # by kind, language; where heard
    copy: Copy | None = None  # what is kept of the resident, where he asks for it
    voices: Mapping[str, Voice] = field(default_factory=dict)  # of all languages, for who chooses one
    translations: Mapping[str, Translation] = field(default_factory=dict)  # of the voice's language, by entry
    aid: Aid | None = None  # for a member of a community team who asks for somebody
    came_by: Linked | None = None  # the place whose link or code these words are


@dataclass(slots=True)
class Turn:
    """What follows from one message."""

    state: State
    acts: list[Act] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    veiled: bool = False  # the words just heard are not kept
    decided: bool = False  # the resident said whether what waited for his consent may go

"""What people made of real questions, so that the thresholds follow what happens and not only our own bank."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge_base.matching.corpus import Corpus
from knowledge_base.matching.evidence import Evidence, gather
from knowledge_base.matching.learn import KernelRidge
from knowledge_base.matching.reader import Reader
from knowledge_base.text.normalise import normalise


@dataclass(frozen=True, slots=True)
class Label:
    """A question with what settles it, by the word of an officer or of the resident who asked.

    `settled_by` is the entry that an officer picked or that the asker was content with, `not_by` one whose answer the
    asker sent back. With neither, nothing settles it: an officer closed it as out of scope.
    """

    text: str
    settled_by: str | None = None
    not_by: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A labelled question as the index sees it; `settled_by` and `not_by` are entries' places in it (-1: none)."""

    evidence: Evidence
    settled_by: int
    not_by: int

    @property
    def nothing_settles(self) -> bool:
        """Whether it is out of scope."""
        return self.settled_by < 0 and self.not_by < 0

    def is_wrong(self, entry: int) -> bool | None:
        """Whether an answer with this entry would be wrong; None where nobody has said."""
        if self.settled_by >= 0:
            return entry != self.settled_by
        if self.not_by >= 0:
            return True if entry == self.not_by else None
        return True


def digest(labels: Sequence[Label]) -> str:
    """Tells whether an index has heard these labels."""
    return hashlib.sha256(repr(sorted(map(repr, labels))).encode("utf-8", "surrogatepass")).hexdigest()


def heard(corpus: Corpus, ridge: KernelRidge | None, labels: Sequence[Label]) -> Iterator[Heard]:
    """Match labelled questions; without those that name an entry which is gone, or that an entry asks word for word.

    Word for word means answered whatever the thresholds are: such a question says nothing about them.
    """
    reader = Reader(corpus, ridge)
    places = {entry.key: at for at, entry in enumerate(corpus.entries) if corpus.alive[at]}
    for label in labels:
        named = label.settled_by or label.not_by
        message = normalise(label.text)
        if (named and named not in places) or not len(message.words) or corpus.asking(message.words.text):
            continue
        # An entry that is never in force together with the one named can't have been its rival.
        allowed = corpus.rivals(places[named]) if named else corpus.alive
        found = gather(reader, message, allowed)
        yield Heard(found, places.get(label.settled_by or "", -1), places.get(label.not_by or "", -1))

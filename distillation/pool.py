"""The sentences that the table learns from: made of the project's own word lists, its FAQ and its legal documents.

No labelled question of `quality/` or from elsewhere takes part.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge_base.matching.meaning import is_untaught
from knowledge_base.text.fold import has_marks

HERE = Path(__file__).parent
DATA = HERE / "data"
ROOT = HERE.parent
FAQ = ROOT / "content" / "entries"
LAWS = ROOT / "content" / "legal_documents.yaml"
OUT_OF_SCOPE = ROOT / "knowledge_base" / "matching" / "data" / "out_of_scope.txt"
STORIES = ROOT / "knowledge_base" / "matching" / "data" / "story_filler.txt"
EVERYDAY = "everyday"
_MARKED = 0.2  # share of the words of any Vietnamese sentence, at least
_SUBJECTS = 3  # of a question that names one
_WORDINGS = {"objects": 3, "services": 2}  # of one sense, at most
_EVERYDAY_WORDINGS = 3  # of one sense of a thing that has everyday names


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its marks; sentences of one `sense` mean the same. `kind` says where it comes from.

    The teacher is not asked about those of kind EVERYDAY: they lie where their sense does.
    """

    text: str
    sense: str
    kind: str


def pool(seed: int) -> list[Sentence]:
    """Every sentence, each text once."""
    chance = random.Random(seed)
    found: dict[str, Sentence] = {}
    for sentence in (*_framed(chance), *_written(), *_faq(), *_strange()):
        if _readable(sentence.text):
            found.setdefault(sentence.text, sentence)
    # The wordings that the teacher was to read for a sense may all stand under another one.
    read = {sentence.sense for sentence in found.values() if sentence.kind != EVERYDAY}
    return [sentence for sentence in found.values() if sentence.sense in read]


def _readable(text: str) -> bool:
    """Whether the teacher can read it: what it makes of words without marks, or of chat spelling, is no meaning."""
    words = [word for word in text.split() if word.isalpha()]
    return sum(map(has_marks, words)) >= _MARKED * len(words)


def lines(path: Path) -> list[str]:
    """The lines of a data file without its comments."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and line[0] != "#"]


def _framed(chance: random.Random) -> Iterator[Sentence]:
    """Objects x questions x subjects; of each sense a few wordings."""
    subjects = [line.split("|") for line in lines(DATA / "subjects.tsv")]
    everyday = {first: names for first, *names in (line.split("|") for line in lines(DATA / "everyday.tsv"))}
    frames = [(kinds, asked.split("|")) for kinds, asked in (line.split("\t") for line in lines(DATA / "frames.tsv"))]
    for name in ("objects", "services"):
        for line in lines(DATA / f"{name}.tsv"):
            kind, names = line.split("\t")
            first, *others = names.split("|")
            thing = Thing(kind, (first, *others), tuple(everyday.get(first, ())), name)
            yield from _asked(thing, frames, subjects, chance)


@dataclass(frozen=True, slots=True)
class Thing:
    """What may be asked about: its kind, its names (the first is the sense), everyday names, the list it stands in."""

    kind: str
    names: tuple[str, ...]
    everyday: tuple[str, ...]
    source: str


def _asked(
    thing: Thing,
    frames: Sequence[tuple[str, list[str]]],
    subjects: Sequence[Sequence[str]],
    chance: random.Random,
) -> Iterator[Sentence]:
    """The names of a thing, and what is asked about it."""
    names = thing.names
    yield from (Sentence(name, names[0], thing.source) for name in names)
    yield from (Sentence(name, names[0], EVERYDAY) for name in thing.everyday)
    for number, (kinds, asked) in enumerate(frames):
        if thing.kind not in kinds:
            continue
        about = any("{s}" in one for one in asked)
        for subject in chance.sample(subjects, _SUBJECTS) if about else subjects[:1]:
            sense = f"{names[0]}/{number}/{subject[0] if about else ''}"
            yield from _wordings(asked, names, subject, chance, sense, thing.source, _WORDINGS[thing.source])
            if thing.everyday:
                # A stream of its own, so that a new everyday name leaves what the teacher has read as it was.
                apart = random.Random(sense)
                count = _EVERYDAY_WORDINGS
                yield from _wordings(asked, thing.everyday, subject, apart, sense, EVERYDAY, count)


def _wordings(
    asked: Sequence[str],
    names: Sequence[str],
    subject: Sequence[str],
    chance: random.Random,
    sense: str,
    kind: str,
    count: int,
) -> Iterator[Sentence]:
    for _ in range(count):
        text = chance.choice(asked).replace("{o}", chance.choice(names)).replace("{s}", chance.choice(subject))
        yield Sentence(text, sense, kind)


def _written() -> Iterator[Sentence]:
    for line in lines(DATA / "sentences.txt"):
        wordings = line.split("|")
        for text in wordings:
            yield Sentence(text, wordings[0], "sentences")


def _faq() -> Iterator[Sentence]:
    for path in sorted(FAQ.glob("*.yaml")):
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
        # The old and the new poverty line (T01, T01-2027) are asked for in the same words.
        sense = f"faq {entry['key'].split('-')[0]}"
        for text in (entry["question"], *entry["phrasings"]):
            if not is_untaught(text):
                yield Sentence(text, sense, "faq")
        answer = f"{entry['short_answer']}\n{entry.get('details') or ''}".replace(". ", ".\n")
        for line in answer.splitlines():
            text = line.strip("#- *").strip()
            if len(text.split()) > 3:  # noqa: PLR2004 - headings
                yield Sentence(text, text, "answer")
    register = yaml.safe_load(LAWS.read_text(encoding="utf-8"))
    for document in register:
        yield Sentence(document["title"], document["title"], "law")


def _strange() -> Iterator[Sentence]:
    for text in lines(OUT_OF_SCOPE):
        yield Sentence(text, text, "out_of_scope")

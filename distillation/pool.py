"""The sentences that the table learns from: made of the project's own word lists, its FAQ and its legal documents.

No labelled question of `quality/` or from elsewhere takes part.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent
DATA = HERE / "data"
ROOT = HERE.parent
FAQ = ROOT / "content" / "entries"
LAWS = ROOT / "content" / "legal_documents.yaml"
OUT_OF_SCOPE = ROOT / "knowledge_base" / "matching" / "data" / "out_of_scope.txt"
STORIES = ROOT / "knowledge_base" / "matching" / "data" / "story_filler.txt"
_SUBJECTS = 3  # of a question that names one
_WORDINGS = {"objects": 5, "services": 3}  # of one sense, at most


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its marks; sentences of one `sense` mean the same. `kind` says where it comes from."""

    text: str
    sense: str
    kind: str


def pool(seed: int) -> list[Sentence]:
    """Every sentence, each text once."""
    chance = random.Random(seed)
    found: dict[str, Sentence] = {}
    for sentence in (*_framed(chance), *_written(), *_faq(), *_strange()):
        found.setdefault(sentence.text, sentence)
    return list(found.values())


def lines(path: Path) -> list[str]:
    """The lines of a data file without its comments."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and line[0] != "#"]


def _framed(chance: random.Random) -> Iterator[Sentence]:
    """Objects x questions x subjects; of each sense a few wordings."""
    subjects = [line.split("|") for line in lines(DATA / "subjects.tsv")]
    frames = [(kinds, asked.split("|")) for kinds, asked in (line.split("\t") for line in lines(DATA / "frames.tsv"))]
    for name in ("objects", "services"):
        for line in lines(DATA / f"{name}.tsv"):
            kind, names = line.split("\t")
            yield from _asked(kind, names.split("|"), frames, subjects, chance, name)


def _asked(
    kind: str,
    names: Sequence[str],
    frames: Sequence[tuple[str, list[str]]],
    subjects: Sequence[Sequence[str]],
    chance: random.Random,
    source: str,
) -> Iterator[Sentence]:
    for name in names:
        yield Sentence(name, names[0], source)
    for number, (kinds, asked) in enumerate(frames):
        if kind not in kinds:
            continue
        about = any("{s}" in one for one in asked)
        for subject in chance.sample(subjects, _SUBJECTS) if about else subjects[:1]:
            sense = f"{names[0]}/{number}/{subject[0] if about else ''}"
            for _ in range(_WORDINGS[source]):
                text = chance.choice(asked).replace("{o}", chance.choice(names)).replace("{s}", chance.choice(subject))
                yield Sentence(text, sense, source)


def _written() -> Iterator[Sentence]:
    for line in lines(DATA / "sentences.txt"):
        wordings = line.split("|")
        for text in wordings:
            yield Sentence(text, wordings[0], "sentences")


def _faq() -> Iterator[Sentence]:
    for path in sorted(FAQ.glob("*.yaml")):
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
        for text in (entry["question"], *entry["phrasings"]):
            yield Sentence(text, f"faq {entry['key']}", "faq")
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

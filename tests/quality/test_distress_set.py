"""The line of hearing distress: what the held-back part is heard with, and that it is held back."""

from collections import Counter, defaultdict

import pytest

from quality.bench_distress import measure
from quality.distress_set import HARMLESS, frame, ordinary, read, talk, variants

_ALIKE = 0.5  # of the neighbouring words of the shorter message


def test_the_held_back_part_shares_no_frame_with_the_other() -> None:
    pairs: dict[tuple[str, str], list[int]] = defaultdict(list)  # of neighbouring words -> texts that have them
    tuned = [text for line in read("tuning") for text in variants(line.text, 6)] + list(talk("tuning"))
    for at, text in enumerate(tuned):
        for pair in frame(text):
            pairs[pair].append(at)
    for held in (*(line.text for line in read("held_back")), *talk("held_back")):
        own = frame(held)
        shared = Counter(at for pair in own for at in pairs[pair])
        for at, count in shared.most_common(1) if len(own) > 2 else ():
            assert count / len(own) <= _ALIKE, (held, tuned[at])


def test_every_kind_has_its_wordings() -> None:
    kinds = [line.kind for line in read("held_back")]
    assert all(kinds.count(kind) >= 100 for kind in set(kinds) - {HARMLESS})
    assert kinds.count(HARMLESS) >= 1000


@pytest.mark.parametrize(
    ("wordings", "recall", "near", "alarms"),
    [(("clean", "telex", "vni", "teencode"), 0.93, 0.07, 0.02), (("no_diacritics",), 0.9, 0.085, 0.025)],
    ids=["marked", "unmarked"],
)
def test_the_line_holds(wordings: tuple[str, ...], recall: float, near: float, alarms: float) -> None:
    report = measure(read("held_back"), ordinary(), wordings)
    for wording in wordings:
        assert report.recall[wording].share >= recall
        assert report.near[wording].share <= near
        assert report.ordinary[wording].share <= alarms

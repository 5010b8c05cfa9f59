"""The line of hearing distress: what the held-back part is heard with, and that it is held back."""

from collections import Counter, defaultdict

import pytest

from quality.bench_distress import measure
from quality.distress_set import HARMLESS, frame, read, variants

_ALIKE = 0.5  # of the neighbouring words of the shorter message


def test_the_held_back_part_shares_no_frame_with_the_other() -> None:
    pairs: dict[tuple[str, str], list[int]] = defaultdict(list)  # of neighbouring words -> texts that have them
    tuned = [text for line in read("tuning") for text in variants(line.text, 6)]
    for at, text in enumerate(tuned):
        for pair in frame(text):
            pairs[pair].append(at)
    for line in read("held_back"):
        own = frame(line.text)
        shared = Counter(at for pair in own for at in pairs[pair])
        for at, count in shared.most_common(1) if len(own) > 2 else ():
            assert count / len(own) <= _ALIKE, (line.text, tuned[at])


def test_every_kind_has_its_wordings() -> None:
    kinds = [line.kind for line in read("held_back")]
    assert all(kinds.count(kind) >= 14 for kind in set(kinds) - {HARMLESS})
    assert kinds.count(HARMLESS) > 100


@pytest.mark.parametrize(
    ("wordings", "recall", "alarms"),
    [(("clean", "telex", "vni", "teencode"), 0.9, 0.05), (("no_diacritics",), 0.9, 0.07)],
    ids=["marked", "unmarked"],
)
def test_the_line_holds(wordings: tuple[str, ...], recall: float, alarms: float) -> None:
    report = measure(read("held_back"), (), wordings)
    for wording in wordings:
        assert report.recall[wording].share >= recall
        assert report.near[wording].share <= alarms

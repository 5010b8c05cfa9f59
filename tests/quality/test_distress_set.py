"""The line of hearing distress: what the held-back part is heard with, and that it is held back."""

import pytest

from quality.bench_distress import measure
from quality.distress_set import HARMLESS, frame, read, variants

_ALIKE = 0.5  # of the neighbouring words of the shorter message


def test_the_held_back_part_shares_no_frame_with_the_other() -> None:
    tuned = [frame(text) for line in read("tuning") for text in variants(line.text, 6)]
    for line in read("held_back"):
        own = frame(line.text)
        if len(own) > 2:
            assert max(len(own & other) / len(own) for other in tuned) <= _ALIKE, line.text


def test_every_kind_has_its_wordings() -> None:
    kinds = [line.kind for line in read("held_back")]
    assert all(kinds.count(kind) >= 14 for kind in set(kinds) - {HARMLESS})
    assert kinds.count(HARMLESS) > 100


@pytest.mark.parametrize(("wordings", "recall", "alarms"), [(("clean", "no_diacritics", "telex", "vni"), 0.84, 0.06)])
def test_the_line_holds(wordings: tuple[str, ...], recall: float, alarms: float) -> None:
    report = measure(read("held_back"), ())
    for wording in wordings:
        assert report.recall[wording].share >= recall
        assert report.near[wording].share <= alarms

import math
from collections import Counter

import numpy as np
import pytest

from knowledge_base.matching.contrasts import HOUSEHOLD, sides
from knowledge_base.matching.corpus import Corpus, IndexedEntry
from knowledge_base.matching.decide import Candidate, Decision, Thresholds, decide
from knowledge_base.matching.evidence import spans
from knowledge_base.matching.examples import out_of_scope_questions
from knowledge_base.matching.learn import fit_logistic, fit_ridge, targets
from knowledge_base.matching.noise import KINDS, altered, beside, noisy
from knowledge_base.matching.profile import negated
from knowledge_base.matching.synonyms import concepts
from knowledge_base.matching.vectors import LETTERS, WORDS, Postings, letter_terms, word_terms
from knowledge_base.text.normalise import spell_out

THRESHOLDS = Thresholds(high=0.8, low=0.3, margin=0.1, offer=0.05)


def candidates(*confidences: float) -> tuple[Candidate, ...]:
    return tuple(Candidate(f"e{at}", confidence, "") for at, confidence in enumerate(confidences))


@pytest.mark.parametrize(
    ("confidences", "in_scope", "flags", "decision", "reason", "choices"),
    [
        ((0.9, 0.2), 0.9, {}, Decision.CONFIDENT, "above_high", 0),
        ((0.9, 0.2), 0.9, {"bare": True}, Decision.SUGGEST, "too_short", 2),
        ((0.88, 0.2), 0.9, {"short": True}, Decision.SUGGEST, "too_short", 2),
        ((0.95, 0.2), 0.9, {"short": True}, Decision.CONFIDENT, "above_high", 0),
        ((0.9, 0.85), 0.9, {}, Decision.SUGGEST, "margin", 2),
        ((0.9, 0.2), 0.9, {"unheard": True}, Decision.SUGGEST, "unheard_word", 2),
        ((0.6, 0.5, 0.4, 0.3), 0.5, {}, Decision.SUGGEST, "below_high", 3),
        ((0.6, 0.01), 0.5, {}, Decision.SUGGEST, "below_high", 1),
        ((0.9, 0.2), 0.2, {}, Decision.UNKNOWN, "below_low", 0),
        ((), 0.9, {}, Decision.UNKNOWN, "nothing_shared", 0),
    ],
)
def test_three_ways(confidences, in_scope, flags, decision, reason, choices):
    found = decide("x", candidates(*confidences), in_scope, THRESHOLDS, **flags)
    assert (found.decision, found.reason, len(found.choices)) == (decision, reason, choices)


def plain_cosine(left: tuple[str, ...], right: tuple[str, ...], postings: Postings) -> float:
    """The slow, obvious way."""

    def vector(terms: Counter[str]) -> dict[str, float]:
        found = {
            term: (1 + math.log(times))
            * (postings.idf[postings.columns[term]] if term in postings.columns else postings.unseen)
            * (1 if term[0] != "=" else 1.5 if term[1] == "~" else 0.8)
            for term, times in terms.items()
        }
        length = math.sqrt(sum(weight**2 for weight in found.values())) or 1
        return {term: weight / length for term, weight in found.items()}

    total = 0.0
    for terms, share in ((letter_terms, LETTERS), (word_terms, WORDS)):
        one, other = vector(terms(left)), vector(terms(right))
        total += share * sum(weight * other.get(term, 0) for term, weight in one.items())
    return total


def test_cosines_agree_with_the_obvious_way():
    texts = [spell_out(text).folded for text in ("hộ nghèo vay vốn", "thẻ bảo hiểm y tế", "vay tiền ngân hàng")]
    postings = Postings.build(texts, [0, 1, 2])
    asked = spell_out("muốn vay tiền mua máy cày").folded
    assert postings.cosines(asked) == pytest.approx([plain_cosine(asked, text, postings) for text in texts], abs=1e-5)
    assert np.diag(postings.kernel(np.arange(3, dtype=np.int32))) == pytest.approx([1, 1, 1], abs=1e-5)
    assert postings.cosines(()).tolist() == [0, 0, 0]


def test_leaving_out_equals_learning_without(entries: list[IndexedEntry]):
    corpus = Corpus.build(entries, out_of_scope_questions()[:20])
    folds = fit_ridge(corpus)
    wanted = targets(corpus, range(len(corpus.texts)))
    first, last = corpus.rows_of(2)
    kept = np.array([row for row in range(len(corpus.texts)) if not first <= row < last])
    kernel = corpus.postings.kernel(np.arange(len(corpus.texts), dtype=np.int32))
    weights = np.linalg.solve(kernel[np.ix_(kept, kept)] + 0.3 * np.eye(len(kept)), wanted[kept])
    left_out = folds.without(range(first, last)).weights
    assert left_out[kept] == pytest.approx(weights, abs=1e-3)
    assert left_out[first:last] == pytest.approx(0, abs=1e-3)


def test_entries_never_in_force_together_are_no_opposites(entries: list[IndexedEntry]):
    wanted = targets(Corpus.build(entries, ()), [0])[0]
    assert wanted[0] == 1
    assert 0 < wanted[1] < 1
    assert wanted[2] == 0


def test_weights_keep_their_signs():
    chance = np.random.default_rng(1)
    features = chance.normal(size=(400, 3))
    labels = (features[:, 0] - features[:, 1] + 0.3 * chance.normal(size=400) > 0).astype(float)
    fitted = fit_logistic(features, labels, [1, 1, 0])
    assert fitted.weights[0] > 0
    assert fitted.weights[1] == 0


def test_noise_is_the_same_every_time():
    words = spell_out("Hộ nghèo có được cấp thẻ bảo hiểm y tế miễn phí không?")
    for kind in KINDS:
        assert noisy(words, kind) == noisy(words, kind)
        noised, clauses = noisy(words, kind)
        assert len(noised.written) == len(noised.folded)
        assert clauses[-1][1] == len(noised)
    assert len(beside(words, spell_out("vay vốn ngân hàng chính sách"))[0]) > len(words)


def test_altered_questions_differ():
    words, other = spell_out("Hộ nghèo vay vốn được bao nhiêu?"), spell_out("kết quả xổ số miền bắc")
    mixed, clauses = altered(words, other)
    assert mixed.folded != words.folded
    assert clauses == ((0, len(mixed)),)


@pytest.mark.parametrize(
    ("text", "denies"),
    [
        ("không phải hộ nghèo thì sao", True),
        ("chưa trả được nợ", True),
        ("hộ nghèo có được vay không", False),
        ("được chưa ạ", False),
    ],
)
def test_denials(text: str, denies: bool):
    assert negated(spell_out(text).folded) is denies


def test_contrasts_take_the_longest_member():
    def household(text: str) -> set[int]:
        return {side for contrast, side in sides(spell_out(text).folded) if contrast == HOUSEHOLD}

    assert household("hộ nghèo") == {0}
    assert household("hộ cận nghèo") == household("sổ cận nghèo") == {1}
    assert household("hộ mới thoát nghèo") == {2}
    assert household("nghèo và cận nghèo") == {0, 1}
    assert household("chuẩn nghèo") == set()


def test_synonym_groups_meet():
    def groups(text: str) -> set[int]:
        return {group for _, _, group in concepts(spell_out(text).folded)}

    assert groups("sổ hộ nghèo") & groups("giấy chứng nhận hộ nghèo")
    assert groups("tiền lời") & groups("lãi suất")
    assert not groups("tiền điện") & groups("luật sư")


def test_views_are_the_last_clauses_and_the_last_words():
    assert spans(5, [(0, 5)]) == []
    assert spans(12, [(0, 5), (5, 12)]) == [(0, 5), (5, 12)]
    assert (29, 40) in spans(40, [(0, 40)])
    assert len(spans(90, [(at, at + 9) for at in range(0, 90, 9)])) <= 5


def test_out_of_scope_questions_are_there():
    assert len(out_of_scope_questions()) >= 300

import itertools
import math

import numpy as np
import pytest

from knowledge_base.matching.contrasts import HOUSEHOLD, sides
from knowledge_base.matching.corpus import Corpus, Grouped, IndexedEntry
from knowledge_base.matching.decide import Candidate, Decision, Thresholds, decide
from knowledge_base.matching.evidence import spans
from knowledge_base.matching.examples import out_of_scope_questions
from knowledge_base.matching.grams import mark_keys, pair_key, pair_keys, terms_of, word_key
from knowledge_base.matching.holdings import negated
from knowledge_base.matching.learn import fit_logistic, fit_ranker, fit_ridge, targets
from knowledge_base.matching.noise import KINDS, altered, beside, noisy
from knowledge_base.matching.reader import NO_KEYS, _best_mean
from knowledge_base.matching.reading import resolve
from knowledge_base.matching.spelling import Speller
from knowledge_base.matching.synonyms import concepts
from knowledge_base.matching.vectors import (
    GROUP_WEIGHT,
    LETTERS_SHARE,
    SIDE_WEIGHT,
    WORDS_SHARE,
    Postings,
    Weighed,
    _affordable,
    _highest,
    _places,
)
from knowledge_base.text.normalise import Words, normalise, spell_out

THRESHOLDS = Thresholds(high=0.8, low=0.3, margin=0.1, offer=0.05)


def candidates(*confidences: float) -> tuple[Candidate, ...]:
    return tuple(Candidate(f"e{at}", confidence, "") for at, confidence in enumerate(confidences))


@pytest.mark.parametrize(
    ("confidences", "in_scope", "flags", "decision", "reason", "choices"),
    [
        ((0.9, 0.2), 0.9, {}, Decision.CONFIDENT, "above_high", 0),
        ((0.9, 0.2), 0.9, {"bare": True}, Decision.SUGGEST, "too_short", 2),
        ((0.8, 0.2), 0.88, {"short": True}, Decision.SUGGEST, "too_short", 2),
        ((0.8, 0.2), 0.95, {"short": True}, Decision.CONFIDENT, "above_high", 0),
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


TEXTS = [spell_out(text) for text in ("hộ nghèo vay vốn", "thẻ bảo hiểm y tế", "vay tiền ngân hàng", "hộ cận nghèo")]


def indexed(texts: list[Words]) -> Postings:
    keys, rows = terms_of(texts, [mark_keys(words.folded) for words in texts])
    return Postings.build(keys, rows, np.arange(len(texts), dtype=np.int32), len(texts))


def weighed(postings: Postings, *views: Words) -> Weighed:
    keys, of = terms_of(views, [mark_keys(view.folded) for view in views])
    return postings.weigh(keys, of, len(views))


def plain_terms(words: Words) -> dict[str, list[str]]:
    line = f" {words.text} "
    letters = [line[at : at + size] for size in (3, 4) for at in range(len(line) - size + 1)]
    groups = [f"={group}" for _, _, group in concepts(words.folded)] + [f"~{side}" for side in sides(words.folded)]
    pairs = [" ".join(pair) for pair in itertools.pairwise(words.folded)]
    return {"letters": sorted(set(letters)), "words": sorted({*(f"/{word}" for word in words.folded), *pairs, *groups})}


def plain_cosine(left: Words, right: Words) -> float:
    """The slow, obvious way."""

    def weight(part: str, term: str) -> float:
        held = sum(term in plain_terms(text)[part] for text in TEXTS)
        kind = {"=": GROUP_WEIGHT, "~": SIDE_WEIGHT}.get(term[0], 1.0) if part == "words" else 1.0
        return (math.log((len(TEXTS) + 1) / (held + 1)) + 1) * kind

    total = 0.0
    for part, share in (("letters", LETTERS_SHARE), ("words", WORDS_SHARE)):
        one, other = plain_terms(left)[part], plain_terms(right)[part]
        both = sum(weight(part, term) ** 2 for term in one if term in other)
        lengths = [math.sqrt(sum(weight(part, term) ** 2 for term in terms)) or 1 for terms in (one, other)]
        total += share * both / (lengths[0] * lengths[1])
    return total


def test_cosines_agree_with_the_obvious_way():
    postings = indexed(TEXTS)
    asked = spell_out("hộ cận nghèo muốn vay tiền mua máy cày")
    wanted = [plain_cosine(asked, text) for text in TEXTS]
    assert postings.cosines(weighed(postings, asked))[0] == pytest.approx(wanted, abs=1e-5)
    some = np.array([1, 3])
    assert postings.cosines_with(weighed(postings, asked), some)[0] == pytest.approx([wanted[1], wanted[3]], abs=1e-5)
    assert np.diag(postings.kernel(np.arange(4))) == pytest.approx([1, 1, 1, 1], abs=1e-5)
    assert postings.cosines(weighed(postings, spell_out("")))[0].tolist() == [0, 0, 0, 0]


def test_rows_that_come_later_are_found_like_the_others():
    whole, asked = indexed(TEXTS), spell_out("vay tiền ngân hàng cho người cận nghèo")
    late = spell_out("quà Tết")
    keys, rows = terms_of([late], [mark_keys(late.folded)])
    grown = whole.extended(keys, rows, 1)
    assert grown.cosines(weighed(grown, asked))[0, :4] == pytest.approx(
        whole.cosines(weighed(whole, asked))[0], abs=1e-5
    )
    assert grown.cosines(weighed(grown, late))[0, 4] == pytest.approx(1, abs=1e-5)
    assert set(grown.promising(weighed(grown, asked)).tolist()) >= {2, 4}


def test_a_pair_has_one_key():
    left, right = word_key("ho"), word_key("ngheo")
    assert pair_keys(np.array([left]), np.array([right])).tolist() == [pair_key(left, right)]
    assert pair_key(left, right) != pair_key(right, left)


@pytest.mark.parametrize(
    ("typed", "meant"), [("ngehoo", ()), ("nghheo", ("ngheo",)), ("hiem", ()), ("hieem", ("hiem",)), ("xo", ())]
)
def test_words_one_slip_away(typed: str, meant: tuple[str, ...]):
    speller = Speller.build({"ngheo", "hiem", "so"})
    assert tuple(word for word in speller.near([typed])[0] if word != typed) == meant


def test_shorthand_is_read_as_the_faq_speaks(entries: list[IndexedEntry]):
    corpus = Corpus.build(entries, ())
    words, clauses = resolve(corpus, normalise("ho ngheo dk hs"), NO_KEYS)
    assert clauses == ((0, len(words)),)
    words, _ = resolve(corpus, normalise("vay ngan hafng chính sách"), NO_KEYS)
    assert words.text == "vay ngan hang chinh sach"


def test_leaving_out_equals_learning_without(entries: list[IndexedEntry]):
    corpus = Corpus.build(entries, out_of_scope_questions()[:20])
    folds = fit_ridge(corpus)
    count = corpus.postings.rows
    kernel = corpus.kernel(np.arange(count))
    wanted = targets(corpus, range(count), kernel)
    gone = corpus.rows_of(2)
    kept = np.setdiff1d(np.arange(count), gone)
    weights = np.linalg.solve(kernel[np.ix_(kept, kept)] + 0.3 * np.eye(len(kept)), wanted[kept])
    asked = kernel[:5].copy()
    asked[:, gone] = 0
    assert folds.without(gone.tolist()).scores(asked) == pytest.approx(asked[:, kept] @ weights, abs=1e-3)


def test_entries_never_in_force_together_are_no_opposites(entries: list[IndexedEntry]):
    corpus = Corpus.build(entries, ())
    wanted = targets(corpus, [0], corpus.kernel(np.array([0])))[0]
    assert wanted[0] == 1
    assert 0 < wanted[1] < 1
    assert wanted[2] == 0


def test_a_ranker_learns_which_comes_first():
    chance = np.random.default_rng(1)
    lists = [chance.normal(size=(4, 2)) for _ in range(200)]
    ranker = fit_ranker(lists, [int(np.argmax(found[:, 0])) for found in lists], [1, 1])
    right = [np.argmax(ranker.scores(found)) == np.argmax(found[:, 0]) for found in lists]
    assert np.mean(right) > 0.95
    assert ranker.weights[0] > 5 * ranker.weights[1]


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


def test_views_are_clauses_and_windows():
    assert spans(5, [(0, 5)]) == []
    assert spans(12, [(0, 5), (5, 12)])[:2] == [(0, 5), (5, 12)]
    assert (30, 40) in spans(40, [(0, 40)])
    assert len(spans(90, [(at, at + 9) for at in range(0, 90, 9)])) <= 11


def test_out_of_scope_questions_are_there():
    assert len(out_of_scope_questions()) >= 300


@pytest.mark.parametrize("count", [1, 3, 40, 100])
def test_the_highest_values_are_those_that_sorting_would_give(count: int):
    chance = np.random.default_rng(count)
    for values in (chance.integers(0, 6, 60) / 5, chance.random(60) ** 6, np.zeros(60), np.zeros(0)):
        wanted = [at for at in np.argsort(-values, kind="stable").tolist() if values[at] > 0][:count]
        assert sorted(_highest(values, count).tolist()) == sorted(wanted)


def test_places_number_distinct_documents():
    documents = np.array([7, 3, 7, 9, 3], dtype=np.int32)
    seen, place = _places(documents, 12)
    assert sorted(seen.tolist()) == [3, 7, 9]
    assert seen[place].tolist() == documents.tolist()


def test_rare_terms_are_looked_up_first_and_one_at_least():
    held = np.array([[True, True, True, False], [False, True, False, False], [True, False, False, True]])
    found = _affordable(held, np.array([2_000, 9_000, 900, 0]))
    assert found.tolist() == [[True, False, True, False], [False, True, False, False], [True, False, False, False]]


def test_an_entry_is_worth_the_mean_of_its_best_three():
    grouped = Grouped.of(np.arange(6), np.array([0, 0, 0, 0, 1, 1]))
    cosines = np.array([[0.1, 0.9, 0.3, 0.6, 0.4, -0.2], [0.0, 0.0, 0.0, 0.0, 0.3, 0.3]], dtype=np.float32)
    assert _best_mean(cosines, grouped) == pytest.approx(np.array([[0.6, 0.2 / 3], [0.0, 0.2]]), abs=1e-6)
    nothing = Grouped.of(np.arange(0), np.array([], dtype=np.int32))
    assert _best_mean(cosines[:, :0], nothing).shape == (2, 0)

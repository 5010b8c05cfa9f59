import time

import pytest

from quality.bench_matching import in_rounds, long_messages, ratios, spent
from quality.synthetic import MOST, PHRASINGS_AN_ENTRY, questions, synthetic_faq


def test_a_synthetic_faq_grows_and_repeats_nothing():
    small, large = synthetic_faq(200), synthetic_faq(3_000)
    assert large[: len(small)] == small
    texts = [text for entry in large for text in entry.texts]
    assert len(texts) == len(set(texts)) == len(large) * PHRASINGS_AN_ENTRY == 3_000
    assert len(synthetic_faq(100_000)) * PHRASINGS_AN_ENTRY == 100_000 < MOST
    assert questions(small, 30) == questions(small, 30)


def test_everybody_is_asked_in_one_round_and_the_slow_ones_less():
    heard: list[str] = []

    def ask(name: str, seconds: float):
        def answer(text: str, folded: str) -> None:
            heard.append(f"{name} {text}" if folded else "nothing folded")
            time.sleep(seconds)

        return answer

    asked = [f"hộ nghèo {at}" for at in range(20)]
    times = in_rounds({"quick": ask("quick", 0), "slow": ask("slow", 0.02)}, asked, budget=30)
    assert heard[:4] == [f"quick {asked[0]}", f"slow {asked[0]}", f"quick {asked[5]}", f"slow {asked[5]}"]
    assert [len(block) for block in times["quick"]] == [4] * 5
    assert [len(block) for block in times["slow"]] == [2] * 5
    assert ratios(times["slow"], times["quick"])["p50"][0] > 1


def test_times_are_summed_up():
    found = spent([(float(at), 1.0) for at in range(1, 201)])
    assert (found["asked"], found["p50_ms"], found["p99_ms"], found["cpu_p99_ms"]) == (200, 100.5, 199, 1)


def test_long_messages_are_long_and_end_in_the_question():
    messages = long_messages(["hộ nghèo vay vốn ở đâu", "thẻ bảo hiểm mất thì sao"] * 12)
    assert {len(message) for message in messages} == {4_096}
    assert messages[1].endswith("thẻ bảo hiểm mất thì sao")


@pytest.mark.parametrize("size", [10, 40])
def test_sizes_are_kept(size: int):
    assert sum(len(entry.texts) for entry in synthetic_faq(size)) == size

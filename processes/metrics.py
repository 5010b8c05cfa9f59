"""`/metrics` in Prometheus's text form. Numbers and fixed names only: no words, no ids, nothing of a resident."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from knowledge_base.figures import FIGURES, Spread
from knowledge_base.storage.status_store import StoreStatus

_HELP = {
    "write_seconds": "A write as its caller sees it: the pulse's, once a second",
    "commit_seconds": "One group of writes, from its first to its COMMIT (SQLite)",
    "commit_group": "Writes that shared a COMMIT (SQLite)",
    "match_seconds": "Matching one message",
    "intake_seconds": "One message, from being read to being kept",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen at one moment; `store` None: the database can't be read."""

    store: StoreStatus | None
    gauges: Mapping[str, tuple[str, float | None]]  # name -> (help, value)
    channels: Mapping[str, str]


class _Seen(Collector):
    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily]:
        """Everything there is to tell."""
        messages = CounterMetricFamily("hdgn_messages", "Messages that came, by outcome", labels=["outcome"])
        for outcome, number in FIGURES.messages().items():
            messages.add_metric([outcome], number)
        yield messages
        for name, spread in FIGURES.spreads().items():
            yield _histogram(f"hdgn_{name}", _HELP[name], spread)
        for name, (words, value) in self._seen.gauges.items():
            if value is not None:
                yield GaugeMetricFamily(f"hdgn_{name}", words, value=value)
        up = GaugeMetricFamily("hdgn_channel_up", "1: the channel works", labels=["channel"])
        for channel, state in self._seen.channels.items():
            up.add_metric([channel], float(state == "up"))
        yield up
        if self._seen.store:
            yield from _store(self._seen.store)


def _histogram(name: str, words: str, spread: Spread) -> HistogramMetricFamily:
    buckets, so_far = [], 0
    for step, number in zip((*map(str, spread.steps), "+Inf"), spread.fell, strict=True):
        so_far += number
        buckets.append((step, float(so_far)))
    return HistogramMetricFamily(name, words, buckets=buckets, sum_value=spread.total)


def _store(store: StoreStatus) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
    questions = GaugeMetricFamily("hdgn_questions", "Questions by state", labels=["state"])
    for state, number in store.questions.items():
        questions.add_metric([state], number)
    outbox = GaugeMetricFamily("hdgn_outbox", "Messages to residents by state", labels=["channel", "state"])
    for (channel, state), number in store.outbox.items():
        outbox.add_metric([channel, state], number)
    repeats = CounterMetricFamily("hdgn_repeats", "Times that a message may have arrived more than once")
    repeats.add_metric([], store.repeats)
    return questions, outbox, repeats


def exposition(seen: Seen) -> bytes:
    """The page."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)  # memory, CPU, open files of this process
    registry.register(_Seen(seen))
    return generate_latest(registry)

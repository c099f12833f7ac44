"""Figures for Prometheus: how much is asked, how long a match takes, what waits, what became of what was sent.

They are about nobody. Urgent questions have neither need nor language, rise in steps of three so that no single one
can be seen between two looks, and are left out of the match times, by whose number they could be told.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from bot.dialogue.talk import Outcome
from bot.outbox import ChatClosed, InDoubt, NotSent, NotTaken, OutboxRow, TryLater
from bot.store.measuring import Measures, Pending

URGENT_STEP: Final = 3
"""Fewer urgent questions than this are not shown, nor a rise by fewer."""
MATCH_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_OUTCOMES: Final = frozenset(get_args(Outcome))
_FEEDBACK: Final = ("helpful", "wrong", "none-of-these", "fact-wrong")
_RESULTS: Final[Mapping[type[Exception], str]] = {
    TryLater: "later", ChatClosed: "gone", NotTaken: "refused", NotSent: "not-sent", InDoubt: "in-doubt",
}  # fmt: skip

Send = Callable[[OutboxRow], Awaitable[int | None]]


class Metrics:
    """The figures of one bot, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._now: Final = _Now()
        self._registry.register(self._now)
        ProcessCollector(registry=self._registry)
        self._match = Histogram(
            "opas_match_seconds",
            "How long it took to match a text that was not urgent.",
            buckets=MATCH_BUCKETS_S,
            registry=self._registry,
        )
        self._sends = self._counter("opas_sends", "Tries to send a message, by what became of them.", "result")
        self._fits = self._counter(
            "opas_refits", "Languages, and what they have in common, learnt anew while running.", "result"
        )
        self._changes = self._counter("opas_content_changes", "Changes of the content folder.", "result")
        for result in ("sent", "failed", *_RESULTS.values()):
            self._sends.labels(result)
        for counter, results in ((self._fits, ("learnt", "failed")), (self._changes, ("taken", "refused"))):
            for result in results:
                counter.labels(result)

    def _counter(self, name: str, what: str, label: str) -> Counter:
        return Counter(name, what, [label], registry=self._registry)

    def matched(self, seconds: float, *, urgent: bool) -> None:
        """A text was matched."""
        if not urgent:
            self._match.observe(seconds)

    def learnt(self, well: bool) -> None:
        """A language, or what they have in common, was learnt anew, or could not be."""
        self._fits.labels("learnt" if well else "failed").inc()

    def content_changed(self, taken: bool) -> None:
        """The content folder was changed; ``taken``: it had no faults and is in use."""
        self._changes.labels("taken" if taken else "refused").inc()

    def counting(self, send: Send) -> Send:
        """The same ``send``, its results counted."""

        async def counted(row: OutboxRow) -> int | None:
            try:
                message_id = await send(row)
            except Exception as error:
                self._sends.labels(_RESULTS.get(type(error), "failed")).inc()
                raise
            self._sends.labels("sent").inc()
            return message_id

        return counted

    def page(self, measures: Measures | None, now: datetime, ready: Mapping[str, str], lag_s: float) -> bytes:
        """Everything in Prometheus' text format.

        ``measures``: None when the database cannot be read. ``ready``: part → why it is not ready, "" when it is.
        ``lag_s``: the longest that the event loop was late since the last look.
        """
        self._now.families = [*_queues(measures, now), *_states(ready, lag_s)]
        if measures is not None:
            self._now.families += _asked(measures.counted)
        return generate_latest(self._registry)


class _Now:
    """What is read at the moment of the look."""

    def __init__(self) -> None:
        self.families: list[Metric] = []

    def collect(self) -> Iterator[Metric]:
        yield from self.families


def _asked(counted: Mapping[tuple[str, str], int]) -> list[Metric]:
    questions = CounterMetricFamily(
        "opas_questions", "Questions by outcome and language.", labels=["outcome", "language"]
    )
    feedback = CounterMetricFamily("opas_feedback", "What people said of answers.", labels=["kind"])
    urgent = 0
    marks = dict.fromkeys(_FEEDBACK, 0)
    for (name, language), value in sorted(counted.items()):
        if name == "urgent":
            urgent += value
        elif name in _OUTCOMES:
            questions.add_metric([name, language], value)
        elif name in marks:
            marks[name] += value
    questions.add_metric(["urgent", ""], urgent - urgent % URGENT_STEP)
    for name, value in marks.items():
        feedback.add_metric([name], value)
    return [questions, feedback]


def _queues(measures: Measures | None, now: datetime) -> Iterator[Metric]:
    if measures is None:
        return
    for name, queue in (("inbox", measures.inbox), ("outbox", measures.outbox)):
        yield _gauge(f"opas_{name}_waiting", f"What waits in the {name}.", queue.waiting)
        yield _gauge(f"opas_{name}_oldest_seconds", f"How long the first in the {name} waits.", _age_s(queue, now))
    yield _gauge("opas_inbox_set_aside", "Updates of the last days that nobody could deal with.", measures.set_aside)


def _states(ready: Mapping[str, str], lag_s: float) -> Iterator[Metric]:
    parts = GaugeMetricFamily("opas_ready", "1: this part is ready.", labels=["part"])
    for part, complaint in ready.items():
        parts.add_metric([part], 0 if complaint else 1)
    yield parts
    yield _gauge("opas_loop_lag_seconds", "The longest that the event loop was late since the last look.", lag_s)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=value)


def _age_s(queue: Pending, now: datetime) -> float:
    return max(0.0, (now - queue.oldest_at).total_seconds()) if queue.oldest_at else 0.0

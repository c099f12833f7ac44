"""What each part of the matcher is worth: the questions judged with one part switched off at a time.

``python tests/bench/ablation.py QUESTIONS.jsonl …`` on the shipped content. Parts that act while questions are asked are
switched off in the fitted matcher; ``--refit LANG …`` also fits these languages anew without word pairs, n-grams or the
spelling in Latin letters (some 10 seconds a language and part) and judges their questions alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from bot.evaluation import Question, evaluate, read_questions
from bot.guide import Guide
from bot.matching import features, fitting, matcher, repair, scoring, thresholds
from bot.matching.hearing import Hearing
from bot.matching.matcher import Matcher
from bot.matching.names import Names
from bot.matching.repair import Repairer
from tests.bench.rig import learnt_guide

# Part → what is replaced while it is off: object, name, value.
SWITCHES: dict[str, list[tuple[Any, str, Any]]] = {
    "nothing": [],
    "word repair": [(Repairer, "text", lambda self, folded: folded)],
    "words spelt by ear": [(repair, "SHORTEST_HEARD", 10_000)],
    "slips in words of three letters": [(repair, "SHORTEST", 4)],
    "two words run together": [(repair, "PAIR", 10_000)],
    "how a slip was made": [(repair, name, 0.0) for name in ("SWAPPED", "REPLACED", "OTHER_BEGINNING")],
    "glued words come apart": [(repair, "GLUED", 10_000)],
    "parts of a message": [(matcher, "parts_of", lambda text: [])],
    "neighbouring parts together": [(Hearing, "neighbours", lambda self, message: [])],
    "the alarm": [(thresholds, "URGENT_ALARM", 0.0)],
    "doubt of brief parts": [(thresholds, "URGENT_BRIEF", 0.0)],
    "names": [(Names, "find", lambda self, folded: [])],
    "length in the confidence": [(thresholds, "LENGTH", 0.0)],
    "needs sharing the confidence": [(thresholds, "SHARPNESS", 0.0)],
    "other languages' heads": [(scoring, "OTHERS", 0.0)],
    "the head that languages share": [(scoring, "SHARED_WEIGHT", 0.0)],
    "choice of likely heads": [(scoring, "LIKELY", 100)],
    "ask-between": [(thresholds, "TIE", 2.0), (thresholds, "BETWEEN", 100.0)],
}
REFITS: dict[str, list[tuple[Any, str, Any]]] = {
    "nothing": [],
    "word pairs": [(features, "PAIR_REACH", 0)],
    "half weight of pairs": [(features, "PAIR_WEIGHT", 1.0)],
    "beginnings of words": [(features, "BEGINNING", 1000)],
    "n-grams of 3": [(features, "NGRAMS", (4,))],
    "n-grams of 4": [(features, "NGRAMS", (3,))],
    "names of needs": [(fitting, "NAMED_IN", "")],
    "the spelling in Latin letters": [(fitting, "in_both_spellings", lambda language, phrases: list(phrases))],
}


@contextmanager
def off(switches: list[tuple[Any, str, Any]]) -> Iterator[None]:
    with ExitStack() as stack:
        for place, name, value in switches:
            stack.enter_context(patch.object(place, name, value))
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--refit", nargs="*", default=[], metavar="LANG")
    given = parser.parse_args()
    questions = read_questions(given.questions)
    guide = learnt_guide()
    print(f"{'without':32}   right  right+off.  wrong   urgent  alarms  out: answered  p50 ms  p99 ms")
    for part, switches in SWITCHES.items():
        with off(switches):
            report(part, questions, guide, Matcher(*parts_of_guide(guide)).match)
    for language in given.refit:
        own = [question for question in questions if question.language == language]
        print(f"\n{language}, fitted anew")
        for part, switches in REFITS.items():
            with off(switches):
                phrases, _, catalogue, urgent_needs = parts_of_guide(guide)
                head = fitting.fit_head(language, phrases[language], urgent_needs)
                heads = [*(other for other in guide.heads if other.language != language), head]
                # The other heads keep their features; those that are off are simply unknown to the text.
                report(part, own, guide, Matcher(phrases, heads, catalogue, urgent_needs).match)


def parts_of_guide(guide: Guide) -> tuple[Any, ...]:
    intents = guide.content.intents
    return intents.phrases, guide.heads, guide.catalogue, intents.urgent


def report(part: str, questions: list[Question], guide: Guide, match: Callable[[str], Any]) -> None:
    times = []

    def timed(text: str) -> Any:
        started = time.perf_counter()
        found = match(text)
        times.append(1000 * (time.perf_counter() - started))
        return found

    needs = guide.catalogue.needs
    found = evaluate(
        questions, timed, lambda service, need: service in needs[need].services, guide.content.intents.urgent
    )
    inside, outside = found.in_scope["all"], found.out_of_scope["all"]
    caught = 1 - len(found.urgent_missed) / max(1, found.urgent_total)
    alarms = len(found.false_alarms) / max(1, found.not_urgent_total)
    print(
        f"{part:32}{100 * inside.share('right'):7.1f}%{100 * inside.share('right', 'offered'):10.1f}%"
        f"{100 * inside.share('wrong'):7.1f}%{100 * caught:8.1f}%{100 * alarms:7.1f}%"
        f"{100 * outside.share('answered'):13.1f}%{np.percentile(times, 50):9.1f}{np.percentile(times, 99):8.1f}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())

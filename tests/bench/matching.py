"""``make bench``: this matcher beside what one would write first, in one run on the same phrases and questions.

Accuracy on questions that were held out of the phrases (every fifth one), latency, start-up and memory at several sizes.
``--data DIR`` takes another folder <lang>/<topic>.yaml; ``--questions FILE…`` takes questions with known needs instead.
Figures depend on the machine; only those of one run may be compared.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC

from bot.catalogue.phrases import read_intents
from bot.evaluation import read_questions
from bot.matching.fitting import fit_head
from bot.matching.matcher import Matcher
from bot.model import Phrase
from bot.text import fold

ROOT = Path(__file__).parents[2]
Answer = Callable[[str], str]


def ours(language: str, phrases: list[Phrase]) -> Answer:
    matcher = Matcher({language: phrases}, [fit_head(language, phrases)])
    return lambda text: (matcher.match(text).ranked or [None])[0].need  # type: ignore[union-attr]


def nearest_phrase(scorer) -> Callable[[str, list[Phrase]], Answer]:
    def build(language: str, phrases: list[Phrase]) -> Answer:
        texts = [fold(phrase.text) for phrase in phrases]
        return lambda text: phrases[process.extractOne(fold(text), texts, scorer=scorer)[2]].label

    return build


def bm25(language: str, phrases: list[Phrase]) -> Answer:
    """Okapi BM25 (Robertson, Zaragoza 2009), k1 1.2, b 0.75, over the phrases."""
    texts = [fold(phrase.text).split() for phrase in phrases]
    average = sum(map(len, texts)) / len(texts)
    postings: dict[str, list[tuple[int, float]]] = {}
    for index, words in enumerate(texts):
        for word in set(words):
            frequency = words.count(word)
            norm = 1.2 * (1 - 0.75 + 0.75 * len(words) / average)
            postings.setdefault(word, []).append((index, frequency * 2.2 / (frequency + norm)))
    idf = {word: np.log(1 + (len(texts) - len(p) + 0.5) / (len(p) + 0.5)) for word, p in postings.items()}

    def answer(text: str) -> str:
        scores: dict[int, float] = {}
        for word in fold(text).split():
            for index, weight in postings.get(word, ()):
                scores[index] = scores.get(index, 0.0) + weight * idf[word]
        return phrases[max(scores, key=lambda index: scores[index])].label if scores else ""

    return answer


def linear_svc(language: str, phrases: list[Phrase]) -> Answer:
    vectors = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+"),
        TfidfVectorizer(analyzer="char", ngram_range=(2, 4), sublinear_tf=True),
    )
    model = LinearSVC(C=1.0).fit(vectors.fit_transform([fold(p.text) for p in phrases]), [p.label for p in phrases])
    return lambda text: str(model.predict(vectors.transform([fold(text)]))[0])


SYSTEMS: dict[str, Callable[[str, list[Phrase]], Answer]] = {
    "Opas": ours,
    "TF-IDF + LinearSVC": linear_svc,
    "BM25": bm25,
    "rapidfuzz token_sort": nearest_phrase(fuzz.token_sort_ratio),
    "rapidfuzz WRatio": nearest_phrase(fuzz.WRatio),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "intents")
    parser.add_argument("--language", default="en")
    parser.add_argument("--questions", type=Path, nargs="*", default=[])
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    given = parser.parse_args()
    phrases = list(read_intents(given.data, [], only=given.language).phrases[given.language])
    accuracy(given.language, phrases, given.questions)
    for size in given.sizes:
        latency(given.language, phrases, size)


def accuracy(language: str, phrases: list[Phrase], files: list[Path]) -> None:
    if files:
        asked = [(q.text, q.needs) for q in read_questions(files) if q.needs and q.language in {language, ""}]
        known = phrases
    else:
        order = [p for p in phrases if not p.is_word and ":" not in p.label]
        random.Random(0).shuffle(order)
        out = {p.text for p in order[::5]}
        asked = [(p.text, frozenset({p.label})) for p in order if p.text in out]
        known = [p for p in phrases if p.text not in out]
    print(f"\n{language}: {len(known)} phrases, {len(asked)} questions")
    for name, build in SYSTEMS.items():
        started = time.perf_counter()
        answer = build(language, known)
        fitted = time.perf_counter() - started
        sample = asked if name in {"Opas", "TF-IDF + LinearSVC", "BM25"} else asked[:300]
        right = sum(answer(text) in needs for text, needs in sample)
        print(f"  {name:22} {100 * right / len(sample):5.1f} % right   ready after {fitted:5.1f} s")


def latency(language: str, phrases: list[Phrase], size: int) -> None:
    rng = random.Random(1)
    many = list(phrases[:size])
    while len(many) < size:
        source = rng.choice(phrases)
        words = source.text.split()
        rng.shuffle(words)
        many.append(Phrase(" ".join([*words, f"w{rng.randrange(size)}"]), source.label, language))
    questions = [p.text[:60] for p in rng.sample(phrases, 300)]
    print(f"\n{size} phrases, questions up to 60 letters: p50 / p99 in ms")
    for name in ("Opas", "rapidfuzz WRatio"):
        answer = SYSTEMS[name](language, many)
        times = []
        for text in questions if name == "Opas" else questions[: max(20, 300_000 // size)]:
            started = time.perf_counter()
            answer(text)
            times.append(1000 * (time.perf_counter() - started))
        times.sort()
        print(f"  {name:22} {times[len(times) // 2]:8.2f} / {times[int(len(times) * 0.99)]:8.2f}")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  largest memory of this process so far {used:.0f} MB")


if __name__ == "__main__":
    sys.exit(main())

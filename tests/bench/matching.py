"""``make bench``: this matcher beside what one would write first, in one run on the same phrases and questions.

Accuracy on questions that were held out of the phrases (every fifth one), latency, start-up and memory at several sizes;
each system at each size in a process of its own. ``--data DIR`` takes another folder <lang>/<topic>.yaml; ``--questions
FILE…`` takes questions with known needs instead. Figures depend on the machine; only those of one run may be compared.
"""

from __future__ import annotations

import argparse
import pickle
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from bot.catalogue.phrases import read_intents
from bot.evaluation import read_questions
from bot.model import Phrase
from bot.text import fold

ROOT = Path(__file__).parents[2]
LONGEST = 60
"""Characters of a question."""
PATIENCE_S = 20.0
"""A slow system answers as many questions as it can in this time, thirty at least."""
Answer = Callable[[str], str]

# Each system learns into a folder once, in a process of its own, and is made ready from there, as at every later start.


def learn_nothing(phrases: list[Phrase], folder: Path) -> None:
    """What compares with the phrases themselves has nothing to learn."""


def learn_ours(phrases: list[Phrase], folder: Path) -> None:
    from bot.matching.fitting import fit_head, fit_shared

    language = phrases[0].language
    for name, head in (("own", fit_head(language, phrases)), ("shared", fit_shared({language: phrases}))):
        (folder / name).mkdir()
        head.save(folder / name)


def ours(phrases: list[Phrase], folder: Path) -> Answer:
    from bot.matching.head import Head
    from bot.matching.matcher import Matcher

    heads = [Head.load(folder / name) for name in ("own", "shared")]
    matcher = Matcher({phrases[0].language: phrases}, heads)
    return lambda text: (matcher.match(text).ranked or [None])[0].need  # type: ignore[union-attr]


def learn_linear_svc(phrases: list[Phrase], folder: Path) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    vectors = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+"),
        TfidfVectorizer(analyzer="char", ngram_range=(2, 4), sublinear_tf=True),
    )
    model = make_pipeline(vectors, LinearSVC(C=1.0, tol=0.01))
    model.fit([fold(p.text) for p in phrases], [p.label for p in phrases])
    (folder / "model").write_bytes(pickle.dumps(model))


def linear_svc(phrases: list[Phrase], folder: Path) -> Answer:
    model = pickle.loads((folder / "model").read_bytes())  # written by ``learn_linear_svc``
    return lambda text: str(model.predict([fold(text)])[0])


def bm25(phrases: list[Phrase], folder: Path) -> Answer:
    from rank_bm25 import BM25Okapi

    index = BM25Okapi([fold(phrase.text).split() for phrase in phrases])
    return lambda text: phrases[int(index.get_scores(fold(text).split()).argmax())].label


def nearest_phrase(name: str) -> Callable[[list[Phrase], Path], Answer]:
    def ready(phrases: list[Phrase], folder: Path) -> Answer:
        from rapidfuzz import fuzz, process

        texts = [fold(phrase.text) for phrase in phrases]
        scorer = getattr(fuzz, name)
        return lambda text: phrases[process.extractOne(fold(text), texts, scorer=scorer)[2]].label

    return ready


Learn = Callable[[list[Phrase], Path], None]
Ready = Callable[[list[Phrase], Path], Answer]
SYSTEMS: dict[str, tuple[Learn, Ready]] = {
    "Opas": (learn_ours, ours),
    "TF-IDF + LinearSVC": (learn_linear_svc, linear_svc),
    "BM25 (rank-bm25)": (learn_nothing, bm25),
    "rapidfuzz token_sort": (learn_nothing, nearest_phrase("token_sort_ratio")),
    "rapidfuzz WRatio": (learn_nothing, nearest_phrase("WRatio")),
}
Question = tuple[str, frozenset[str]]


def learn(name: str, phrases: list[Phrase], folder: Path) -> float:
    """Learn; seconds that it took."""
    started = time.perf_counter()
    SYSTEMS[name][0](phrases, folder)
    return time.perf_counter() - started


def ask(name: str, phrases: list[Phrase], folder: Path, questions: list[Question]) -> tuple[float, ...]:
    """Share right, p50 and p99 in ms, seconds of a start after the first one, MB that it adds, questions asked."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    answer = SYSTEMS[name][1](phrases, folder)
    ready = time.perf_counter() - started
    answer("how do i begin")
    times, right = [], 0
    begun = time.perf_counter()
    for text, needs in questions:
        if len(times) >= 30 and time.perf_counter() - begun > PATIENCE_S:
            break
        started = time.perf_counter()
        right += answer(text) in needs
        times.append(1000 * (time.perf_counter() - started))
    times.sort()
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return right / len(times), times[len(times) // 2], times[int(len(times) * 0.99)], ready, memory, len(times)


def grown(phrases: list[Phrase], size: int) -> list[Phrase]:
    """So many phrases: the first ones of a fixed shuffle, or these and copies in other words' order with a new word."""
    rng = random.Random(1)
    many = phrases[:]
    rng.shuffle(many)
    many = many[:size]
    while len(many) < size:
        source = rng.choice(phrases)
        words = source.text.split()
        rng.shuffle(words)
        many.append(Phrase(" ".join([*words, f"w{rng.randrange(size)}"]), source.label, source.language))
    return many


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "intents")
    parser.add_argument("--language", default="en")
    parser.add_argument("--questions", type=Path, nargs="*", default=[])
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    given = parser.parse_args()
    phrases = list(read_intents(given.data, [], only=given.language).phrases[given.language])
    known, asked = held_out(phrases, given.questions, given.language)
    print(f"{given.language}: {len(known)} phrases, {len(asked)} questions of up to {LONGEST} characters")
    for size in given.sizes:
        many = grown(known, size)
        print(f"\n{size:,} phrases{'':17}right    p50 ms    p99 ms   start s   learn s        MB   asked", flush=True)
        for name in SYSTEMS:
            with tempfile.TemporaryDirectory() as folder:
                context = get_context("spawn")
                with ProcessPoolExecutor(1, mp_context=context) as pool:
                    learnt = pool.submit(learn, name, many, Path(folder)).result()
                with ProcessPoolExecutor(1, mp_context=context) as pool:
                    found = pool.submit(ask, name, many, Path(folder), asked).result()
            right, p50, p99, start, memory, n = found
            figures = f"{100 * right:9.1f}%{p50:10.2f}{p99:10.2f}{start:10.2f}{learnt:10.1f}{memory:10.0f}{n:8.0f}"
            print(f"  {name:22}{figures}", flush=True)


def held_out(phrases: list[Phrase], files: list[Path], language: str) -> tuple[list[Phrase], list[Question]]:
    """The phrases to learn and the questions to ask: those of ``files``, else every fifth phrase."""
    if files:
        questions = [q for q in read_questions(files) if q.needs and q.language in {language, ""}]
        return phrases, [(q.text, q.needs) for q in questions if len(q.text) <= LONGEST]
    order = [p for p in phrases if not p.is_word and ":" not in p.label and len(p.text) <= LONGEST]
    random.Random(0).shuffle(order)
    out = {p.text for p in order[::5]}
    return [p for p in phrases if p.text not in out], [(p.text, frozenset({p.label})) for p in order[::5]]


if __name__ == "__main__":
    sys.exit(main())
